"""What the profiler tells, beside what torch's tells."""

import json
import threading

import pytest
import torch

import mini_autograd

LIBRARIES = [torch, mini_autograd]


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setenv("KINETO_LOG_LEVEL", "99")


def profiled(lib, run, **options):
    with lib.autograd.profiler.profile(**options) as profile:
        run(lib)
    return profile


def outline(profile):
    """The events without what is inside of ops and nodes, where the libraries go ways of their own."""
    lines = []
    for event in profile.function_events:
        outer = event.cpu_parent
        inner = outer is not None and (outer.scope == 1 or outer.name.startswith("aten::"))
        if not inner or event.scope != 0:
            lines.append((event.name, outer and outer.name, event.scope, event.is_user_annotation))
    return lines


def both(run, **options):
    return [profiled(lib, run, **options) for lib in LIBRARIES]


def tensors(lib):
    return [lib.tensor([1.0, 2.0, 3.0], requires_grad=True), lib.tensor([4.0, 5.0, 6.0], requires_grad=True)]


def test_calls_and_nodes_are_events():
    def run(lib):
        a, b = given[lib]
        (a * b + 1).exp().backward(ones[lib])

    given = {lib: tensors(lib) for lib in LIBRARIES}
    ones = {lib: lib.ones(3) for lib in LIBRARIES}
    expected, got = both(run)
    assert outline(got) == outline(expected)
    assert [event.name for event in got.function_events][:3] == ["aten::mul", "aten::add", "aten::exp"]


def test_ranges_of_the_users_nest():
    def run(lib):
        (a, b), record = given[lib], lib.autograd.profiler.record_function
        with record("outer", "and more"):
            a.sin()
            with record("inner"):
                a @ b
        record("as a decorator")(a.cos)()
        with record("twice"), record("twice"):
            b.cos()

    given = {lib: tensors(lib) for lib in LIBRARIES}
    expected, got = both(run)
    assert outline(got) == outline(expected)


def test_functions_and_hooks_are_seen():
    def run(lib):
        class Double(lib.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x + x

            @staticmethod
            def backward(ctx, grad):
                return grad * 2

        y = Double.apply(given[lib][0])
        y.register_hook(lambda grad: grad.neg())
        y.backward(given[lib][1])

    given = {lib: tensors(lib) for lib in LIBRARIES}
    for lib in LIBRARIES:
        given[lib][1].requires_grad_(False)
    expected, got = both(run)
    assert outline(got) == outline(expected)
    children = {event.name: [one.name for one in event.cpu_children] for event in got.function_events}
    assert children["Double"] == ["aten::add"]
    assert children["DoubleBackward"] == ["aten::mul"]


def test_a_pass_from_several_roots_begins_at_one():
    def run(lib):
        a, b = given[lib]
        lib.autograd.backward([a * 2, b * 3], [ones[lib], ones[lib]])

    given = {lib: tensors(lib) for lib in LIBRARIES}
    ones = {lib: lib.ones(3) for lib in LIBRARIES}
    expected, got = both(run)
    assert outline(got) == outline(expected)


def test_numbers_tell_which_call_made_a_node():
    a, b = tensors(mini_autograd)
    with mini_autograd.autograd.profiler.profile() as profile:
        (a * b).backward(b.detach())
        with mini_autograd.no_grad():
            a * b
    numbers = [(event.name, event.sequence_nr) for event in profile.function_events if event.scope < 7]
    made = numbers[0][1]
    assert ("MulBackward0", made) in numbers
    assert ("torch::autograd::AccumulateGrad", -1) in numbers
    assert numbers[-1] == ("aten::mul", -1)


@pytest.mark.parametrize("lib", LIBRARIES, ids=["torch", "mini"])
class TestUse:
    def test_there_is_nothing_before_the_end(self, lib):
        profile = lib.autograd.profiler.profile()
        assert repr(profile) == str(profile) == "<unfinished torch.autograd.profile>"
        with profile:
            lib.ones(2)
            assert str(profile) == "<unfinished torch.autograd.profile>"
            assert list(profile.function_events) == []
        assert profile.function_events[0].name == "aten::ones"
        assert repr(profile).startswith("[<FunctionEvent id=")

    def test_it_is_for_one_block(self, lib):
        profile = profiled(lib, lambda lib: lib.ones(2))
        with pytest.raises(RuntimeError, match=r"^Profiler context manager is not reentrant$"), profile:
            pass

    def test_left_without_being_entered_it_has_seen_nothing(self, lib):
        profile = lib.autograd.profiler.profile()
        profile.__exit__(None, None, None)
        assert repr(profile) == "[]"

    def test_disabled_it_does_nothing(self, lib):
        with lib.autograd.profiler.profile(enabled=False) as profile:
            lib.ones(2)
        assert profile is None

    def test_ranges_are_called_by_text(self, lib):
        record = lib.autograd.profiler.record_function
        with pytest.raises(RuntimeError, match="type 'str' for argument 'name' but instead found type 'int'"):
            record(7).__enter__()
        with pytest.raises(RuntimeError, match=r"'Optional\[str\]' for argument 'args' .*type 'list'"):
            record("named", []).__enter__()
        with pytest.raises(AssertionError, match="Expected record to be set"):
            record("named").__exit__(None, None, None)

    def test_what_is_sorted_by_must_be_there(self, lib):
        profile = profiled(lib, lambda lib: lib.ones(2))
        for events in (profile, profile.key_averages()):
            with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
                events.table(sort_by="nothing")

    def test_without_events_the_table_is_empty(self, lib):
        profile = profiled(lib, lambda lib: None)
        assert str(profile) == profile.table() == ""
        assert profile.self_cpu_time_total == 0
        assert str(profile.total_average()) == (
            "<FunctionEventAvg key=Total self_cpu_time=0.000us cpu_time=0.000us  self_cuda_time=0.000us "
            "cuda_time=0.000us input_shapes=None cpu_memory_usage=0 cuda_memory_usage=0>"
        )

    def test_errors_end_what_is_open(self, lib):
        def run(lib):
            with pytest.raises(RuntimeError), lib.autograd.profiler.record_function("fails"):
                a @ lib.ones(5)
            a.sin()

        a, _ = tensors(lib)
        assert outline(profiled(lib, run))[-1][:2] == ("aten::sin", None)

    def test_other_threads_are_not_seen(self, lib):
        def run(lib):
            thread = threading.Thread(target=lambda: lib.ones(2))
            thread.start()
            thread.join()
            lib.zeros(2)

        names = [event.name for event in profiled(lib, run).function_events if event.cpu_parent is None]
        assert names == ["aten::zeros"]

    def test_a_table_has_torchs_layout(self, lib):
        profile = profiled(lib, lambda lib: (lib.zeros(2), lib.zeros(3)))
        table = profile.key_averages().table(
            sort_by="count", row_limit=1, header="what it took", top_level_events_only=True
        )
        lines = table.split("\n")
        assert lines[0] == lines[2] == "=" * len(lines[0])
        assert (lines[1], lines[3]) == ("what it took", "This report only display top-level ops statistics")
        assert lines[4] == lines[6] == lines[-3]
        assert lines[5].endswith(
            "  Self CPU %      Self CPU   CPU total %     CPU total  CPU time avg    # of Calls  "
        )
        assert lines[7].split()[0] == "aten::zeros"
        assert lines[7].split()[-1] == "2"
        assert lines[-2].startswith("Self CPU time total: ")
        assert lines[-1] == ""

    def test_shapes_are_noted_and_group(self, lib):
        def run(lib):
            for x in given:
                x + x

        given = [lib.ones(2, 3), lib.ones(4), lib.ones(4)]
        profile = profiled(lib, run, record_shapes=True)
        averages = profile.key_averages(group_by_input_shape=True)
        added = [one for one in averages if one.key == "aten::add"]
        assert [(one.count, one.input_shapes[:2]) for one in added] == [
            (1, [[2, 3], [2, 3]]),
            (2, [[4], [4]]),
        ]
        assert "Input Shapes" in averages.table()
        assert "Input Shapes" not in profile.key_averages().table()

    def test_a_trace_can_be_read(self, lib, tmp_path):
        def run(lib):
            with lib.autograd.profiler.record_function("mine"):
                lib.zeros(2)

        profile = profiled(lib, run)
        profile.export_chrome_trace(str(tmp_path / "trace.json"))
        trace = json.loads((tmp_path / "trace.json").read_text())
        told = {one["name"]: one["cat"] for one in trace["traceEvents"] if one["ph"] == "X"}
        assert told["mine"] == "user_annotation"
        assert told["aten::zeros"] == "cpu_op"

    def test_one_inside_of_another_ends_it(self, lib):
        with lib.autograd.profiler.profile() as outer:
            lib.ones(2)
            inner = profiled(lib, lambda lib: lib.zeros(2))
            lib.ones(2)
        assert list(outer.function_events) == []
        assert inner.function_events[0].name == "aten::zeros"


def test_what_is_not_there_is_refused():
    for option in ("use_cuda", "profile_memory", "with_flops", "use_kineto"):
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
            mini_autograd.autograd.profiler.profile(**{option: True})
    assert not hasattr(mini_autograd.autograd.profiler, "emit_nvtx")


def test_lines_of_the_users_code_are_noted():
    profile = profiled(mini_autograd, lambda lib: lib.ones(2), with_stack=True)
    (event,) = profile.function_events
    assert event.stack[0].endswith(": <lambda>")
    assert "test_profiler.py(" in event.stack[0]
    assert "Source Location" in profile.key_averages(group_by_stack_n=1).table()


def test_afterwards_nothing_is_asked():
    from mini_autograd.graph import modes

    detach_ = mini_autograd.Tensor.detach_
    with mini_autograd.autograd.profiler.profile():
        assert mini_autograd.Tensor.detach_ is not detach_
    assert mini_autograd.Tensor.detach_ is detach_
    assert modes.current().recorder is None


def test_values_are_the_same():
    a, b = tensors(mini_autograd)

    def run(lib):
        (a * b).sin().sum().backward()

    run(mini_autograd)
    expected = a.grad.tolist()
    a.grad = None
    profiled(mini_autograd, run)
    assert a.grad.tolist() == expected


def test_what_lets_nothing_flow_back_is_a_node():
    def run(lib):
        lib.autograd.gradcheck(lib.sin, (given[lib],))

    given = {lib: lib.tensor([0.5, 1.5], dtype=lib.float64, requires_grad=True) for lib in LIBRARIES}
    expected, got = (
        [event.name for event in profile.function_events if event.scope == 1] for profile in both(run)
    )
    assert "torch::autograd::UndefinedGrad" in got
    assert got == expected
