"""A campaign's records, its exit status, and what it trusts."""

import json
import random
from collections import Counter

import pytest

from conformance import cli, known
from conformance.area import AREAS
from conformance.campaign import Options, Plan, Run, controls, executor, run, worker
from conformance.campaign.tally import Tally
from conformance.control import CONTROLS
from conformance.known import Known, read_known
from conformance.leftover import leaked_state, restore_state
from conformance.lockstep import Lockstep
from conformance.observation import Observation
from conformance.program import Program, write_program
from conformance.records import RunError, read_header, read_records
from conformance.statements import Op, ProgramError, Ref, literal
from conformance.subjects import SubjectError, load_subject
from tests.conformance import faulty
from tests.conformance.killed import Killer, results

TORCH = load_subject("torch")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Few controls, an empty corpus and no suites, so that a run is over soon."""
    monkeypatch.setattr(controls, "AGREEING", 2)
    monkeypatch.setattr(run, "SUITES", ())
    monkeypatch.setattr(run, "read_corpus", list)
    worker.worker.cache_clear()


def carried_out(tmp_path, subject="torch", where="here", **options):
    """The folder of a run, in this process if nothing else is said."""
    plan = Plan(subject, "torch", **options)
    one = Run.start(plan, Options(tmp_path, executor=where, workers=2))
    for _ in one.steps():
        pass
    return one.writer.folder


def test_torch_beside_torch_agrees(tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(controls, "AGREEING", 5)
    arguments = ["run", "--subject", "torch", "--programs", "20", "--rounds", "0", "--runs", str(tmp_path)]
    assert cli.main(arguments) == 0
    (folder,) = tmp_path.iterdir()
    header = read_header(folder)
    assert header["status"] == "complete"
    assert header["controls"] == {"agree": [10, 10], "differ": [2 * len(CONTROLS), 2 * len(CONTROLS)]}
    assert header["absent"] == []
    assert header["rate"] > 0
    records = list(read_records(folder))
    (batch,) = [record for record in records if record.get("origin") == "generated"]
    assert (batch["count"], batch["agree"]) == (20, 20)
    always = "value dtype shape stride alias version leaf requires_grad error warning process"
    assert all(batch["kinds"][kind][0] == 20 for kind in always.split())
    assert {"claim", "idiom", "coverage"} <= {record["record"] for record in records}
    assert cli.main(["show", str(folder)]) == 0


def test_every_kind_of_observation_is_counted():
    lockstep = Lockstep(TORCH, TORCH)
    counted = sum((lockstep.run(control.program()).counts for control in CONTROLS), Counter())
    assert set(counted) == set(Observation)


def test_a_faulty_library_differs_with_a_reduced_program_and_a_script(tmp_path):
    arguments = ["run", "--subject", "tests.conformance.faulty", "--programs", "150", "--reduce", "20"]
    assert cli.main([*arguments, "--rounds", "0", "--runs", str(tmp_path)]) == 1
    (folder,) = tmp_path.iterdir()
    found = [record for record in read_records(folder) if record["record"] == "difference"]
    assert found
    signatures = [record["signature"] for record in found]
    assert len(set(signatures)) == len(signatures)
    assert any(record["script"] for record in found)
    assert all("torch." in record["listing"] for record in found)
    assert all(record["reduced"]["statements"] for record in found)
    assert all(record["steps"][-1]["code"] for record in found)
    assert any("graphs" in record for record in found)
    assert cli.main(["show", str(folder)]) == 1


def test_programs_and_batches_tell_of_their_areas(tmp_path):
    records = list(read_records(carried_out(tmp_path, faulty.__name__, programs=60, reduction_limit=0)))
    (batch,) = [record for record in records if record["record"] == "batch"]
    programs = [record for record in records if record["record"] == "program"]
    assert set(batch["areas"]) == set(AREAS)
    assert all(0 < count <= batch["agree"] for count in batch["areas"].values())
    assert {area for record in programs for area in record["areas"]} <= set(AREAS)
    again = Tally.of_record(batch)
    assert again.record() == batch | {"seconds": again.record()["seconds"]}
    del batch["areas"]  # as in older runs
    assert Tally.of_record(batch).areas == {}


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [("program", {"areas": {"hooks": 1}}), ("batch", {"areas": ["hooks"]}), ("difference", {"steps": {}}),
     ("difference", {"graphs": []})],
)  # fmt: skip
def test_what_is_new_in_records_is_checked_where_it_is_there(tmp_path, kind, wrong):
    folder = carried_out(tmp_path, faulty.__name__, programs=30, reduction_limit=5)
    record = next(record for record in read_records(folder) if record["record"] == kind)
    (folder / "records.jsonl").write_text(json.dumps({**record, **wrong}) + "\n")
    with pytest.raises(RunError, match=f"the field {next(iter(wrong))!r} is"):
        list(read_records(folder))


def test_a_fault_of_the_reducer_costs_nobody_the_difference(tmp_path, monkeypatch):
    def broken(*arguments, **options):
        raise ZeroDivisionError("in the reducer")

    monkeypatch.setattr(worker, "reduce", broken)
    folder = carried_out(tmp_path, faulty.__name__, programs=30, reduction_limit=50)
    found = [record for record in read_records(folder) if record["record"] == "difference"]
    assert found
    assert {record["unreduced"] for record in found} == {"ZeroDivisionError: in the reducer"}


def test_processes_that_are_replaced_come_to_the_same(tmp_path, monkeypatch):
    def counted(name):
        folder = carried_out(
            tmp_path / name, faulty.__name__, "local", programs=60, batch=5, reduction_limit=0
        )
        records = list(read_records(folder))
        batches = [(one["first"], one["count"]) for one in records if one["record"] == "batch"]
        return batches, [one["signature"] for one in records if one["record"] == "program"]

    expected = counted("kept")
    monkeypatch.setattr(executor, "RENEWED", 2)
    assert counted("replaced") == expected


def test_a_fault_of_the_script_costs_nobody_the_reduction(tmp_path, monkeypatch):
    def broken(*arguments, **options):
        raise ZeroDivisionError("in the script")

    monkeypatch.setattr(worker, "script", broken)
    folder = carried_out(tmp_path, faulty.__name__, programs=30, reduction_limit=50)
    found = [record for record in read_records(folder) if record["record"] == "difference"]
    assert any(record["reduced"]["statements"] and record["script"] is None for record in found)
    told = {record["unscripted"] for record in found if "unscripted" in record}
    assert told == {"ZeroDivisionError: in the script"}


def test_a_run_whose_controls_fail_is_invalid(tmp_path, monkeypatch):
    blind = CONTROLS[0].__class__(
        "nothing", CONTROLS[0].kind, lambda name, f, a, k: f(*a, **k), CONTROLS[0].statements
    )
    monkeypatch.setattr(controls, "CONTROLS", (blind,))
    assert read_header(carried_out(tmp_path, programs=2))["status"] == "invalid"


def test_a_run_that_did_not_end_is_incomplete(tmp_path):
    one = Run.start(Plan("torch", "torch", programs=2), Options(tmp_path, executor="here"))
    next(iter(one.steps()))
    one.writer.close()
    assert read_header(one.writer.folder)["status"] == "incomplete"


def test_a_torn_last_line_is_passed_over_and_another_is_not(tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_text('{"record": "timing", "program": "a"}\n{"rec')
    assert list(read_records(tmp_path)) == [{"record": "timing", "program": "a"}]
    path.write_text('{"rec\n{"record": "timing", "program": "a"}\n')
    with pytest.raises(RunError, match=r"records\.jsonl:1: not JSON"):
        list(read_records(tmp_path))


@pytest.fixture
def witness(tmp_path):
    control = CONTROLS[0]
    path = tmp_path / "witness.json"
    write_program(control.program(), path)
    return control, path


def test_a_witness_that_still_differs_is_no_problem(witness):
    control, path = witness
    accepted = Known("backward|grad|value|float", "on purpose", path)
    assert accepted.problem(TORCH, control.subject()) is None


def test_a_witness_that_no_longer_differs_is_a_problem(witness):
    accepted = Known("backward|grad|value|float", "on purpose", witness[1])
    assert "no longer differs" in accepted.problem(TORCH, TORCH)


def test_a_witness_that_differs_otherwise_is_a_problem(witness):
    control, path = witness
    accepted = Known("exp|value|value|float", "on purpose", path)
    assert "differs as 'backward|grad|value|float'" in accepted.problem(TORCH, control.subject())


def test_an_entry_without_a_reason_is_refused(tmp_path):
    path = tmp_path / "known.toml"
    path.write_text('[[difference]]\nsignature = "a|b|c|d"\nprogram = "x.json"\n')
    with pytest.raises(ProgramError, match="difference 0: needs signature, reason and program"):
        read_known(path)
    path.write_text("[[")
    with pytest.raises(ProgramError, match=r"known\.toml"):
        read_known(path)


def test_replay_says_where_the_sides_part(tmp_path, capsys):
    control = next(one for one in CONTROLS if one.name == "a wrong value")
    path = tmp_path / "program.json"
    write_program(control.program(), path)
    assert cli.main(["replay", str(path), "--subject", "torch", "--trace"]) == 0
    shown = capsys.readouterr().out
    assert "SinBackward0" in shown
    assert "agree" in shown
    assert cli.main(["replay", str(path), "--subject", "tests.conformance.faulty"]) in (0, 1)


def test_a_module_without_tensors_is_no_subject():
    with pytest.raises(SubjectError, match="'json' is no subject: it has no 'tensor'"):
        load_subject("json")


def test_leaked_state_is_named():
    assert leaked_state(TORCH) is None
    with TORCH.module.no_grad():
        assert leaked_state(TORCH) == "grad mode is off"
    with TORCH.module.inference_mode():
        assert leaked_state(TORCH) is not None
    guard = TORCH.module._C._DisableFuncTorch()
    assert leaked_state(TORCH) == "transforms are off in this thread"
    restore_state(TORCH)
    del guard
    assert leaked_state(TORCH) is None


def test_known_differences_are_read():
    assert all(
        one.program.parent == known.FOLDER / "accepted" and one.program.exists() for one in read_known()
    )


def test_records_are_json_lines(tmp_path):
    for line in (carried_out(tmp_path, programs=3) / "records.jsonl").read_text().splitlines():
        assert json.loads(line)["record"] in ("batch", "coverage")


def test_a_program_that_cannot_be_drawn_costs_itself_only(tmp_path, monkeypatch):
    def guided(generator, seed, index, guide):
        if index == 2:
            raise KeyError("complex32")
        return drawn(generator, seed, index, guide)

    drawn = worker.Generator.guided
    monkeypatch.setattr(worker.Generator, "guided", guided)
    records = list(read_records(carried_out(tmp_path, seed=1, programs=5)))
    assert [record["record"] for record in records] == ["program", "batch", "coverage"]
    assert (records[0]["status"], records[0]["error"]) == ("crash", "not drawn: KeyError: 'complex32'")
    assert (records[1]["count"], records[1]["agree"]) == (5, 4)


@pytest.mark.parametrize(
    ("op", "cause"),
    [
        ("exp", "it died of SIGKILL"),
        ("sin", "it exited with status 3"),
        ("cos", "it did not end in time"),
    ],
)
def test_a_program_that_ends_its_process_is_a_difference_and_costs_no_other(tmp_path, monkeypatch, op, cause):
    kill = Plan("tests.conformance.unruly", "torch", programs=6, patience=1.0, reduction_limit=5)
    monkeypatch.setattr(
        worker.Generator, "guided", lambda made, seed, index, guide: (calling(op, index), set())
    )
    records = records_of(kill, tmp_path)
    ended = [record for record in records if record["record"] == "program"]
    assert [record["signature"] for record in ended] == ["process|process|ended|none"]
    (told,) = [record for record in records if record["record"] == "difference"]
    assert (told["expected"], told["got"]) == ("goes on", cause)
    assert [record["agree"] for record in records if record["record"] == "batch"] == [5]


@pytest.mark.parametrize(
    ("op", "signature", "got"),
    [
        ("tanh", "tanh|error|raised|none", "MemoryError: "),
        ("sqrt", "sum|process|state|none", "the default dtype is torch.float64"),
        ("neg", "sum|process|state|none", "1 threads are left"),
    ],
)
def test_what_is_left_behind_is_a_difference(tmp_path, monkeypatch, op, signature, got):
    plan = Plan("tests.conformance.unruly", "torch", programs=6, reduction_limit=0)
    monkeypatch.setattr(
        worker.Generator, "guided", lambda made, seed, index, guide: (calling(op, index), set())
    )
    records = records_of(plan, tmp_path)
    (told,) = [record for record in records if record["record"] == "difference"]
    assert (told["signature"], told["got"]) == (signature, got)
    assert [record["agree"] for record in records if record["record"] == "batch"] == [5]


def calling(op, index):
    """A program that calls ``op`` in the fourth place of the stream, and another elsewhere."""
    name = op if index == 3 else "ceil"
    made = (
        literal("x0", [0.5], (1,), "float64"),
        Op(name, (Ref("x0"),), out="x1"),
        Op("sum", (Ref("x1"),), out="x2"),
    )
    return Program(f"g-0-{index}", made, "generated", 0)


def records_of(plan, tmp_path):
    """The records of a run on two processes."""
    one = Run.start(plan, Options(tmp_path, workers=2))
    for _ in one.steps():
        pass
    return list(read_records(one.writer.folder))


def test_the_number_of_workers_and_the_size_of_batches_change_nothing(tmp_path):
    found = []
    for workers, batch in ((1, 7), (2, 3)):
        plan = Plan("tests.conformance.faulty", "torch", programs=40, batch=batch, reduction_limit=20)
        one = Run.start(plan, Options(tmp_path / str(workers), workers=workers))
        for _ in one.steps():
            pass
        found.append(results(one.writer.folder))
    assert found[0] == found[1]
    assert found[0]["differences"]


def test_a_run_is_gone_on_with_wherever_it_was_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(faulty.sigmoid, "calls", 1)  # which is right the first time only
    plan = Plan("tests.conformance.faulty", "torch", programs=40, batch=5, reduction_limit=20)
    whole = Run.start(plan, Options(tmp_path / "whole", executor="here"))
    for _ in whole.steps():
        pass
    path = whole.writer.folder / "records.jsonl"
    expected, data = results(whole.writer.folder), path.read_bytes()
    header = (whole.writer.folder / "run.json").read_text()
    for cut in range(0, len(data), len(data) // 7 + 1):
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / "records.jsonl").write_bytes(data[:cut])
        (folder / "run.json").write_text(header)
        again = Run.resume(folder, Options(executor="here"))
        for _ in again.steps():
            pass
        assert results(folder) == expected
        assert read_header(folder)["status"] == "complete"


def test_a_run_is_gone_on_with_after_a_kill_as_if_nothing_had_been(tmp_path):
    """Of more kills, at other moments, see `tests.conformance.killed`."""
    killer = Killer(tmp_path, random.Random(0), programs=100)
    killer.undisturbed()
    killer.run(2, ("programs", "controls, after"))
    assert not killer.problems, "\n".join(killer.problems)
    assert killer.killed.total() == 2
    assert killer.expected["differences"]


def test_an_interrupt_ends_the_programs_and_leaves_a_run_of_those_that_were_done(tmp_path):
    plan = Plan("tests.conformance.faulty", "torch", programs=500, batch=5)
    one = Run.start(plan, Options(tmp_path, workers=2))
    steps = one.steps()
    for step in steps:
        if step.stage == "programs" and step.done >= 10:
            break
    steps.throw(KeyboardInterrupt)
    for _ in steps:
        pass
    header = read_header(one.writer.folder)
    assert (header["status"], header["ended"], header["programs"]) == ("complete", "interrupted", step.done)
    told = {one["signature"] for one in read_records(one.writer.folder) if one["record"] == "difference"}
    assert told >= set(one.ledger.new) != set()
    again = Run.resume(one.writer.folder, Options(workers=2, minutes=0.00001))
    assert sum(tally.count for tally in again.totals.values()) == step.done
    again.writer.close()


def test_a_run_that_was_begun_with_other_code_is_not_gone_on_with(tmp_path):
    folder = carried_out(tmp_path, programs=2)
    header = json.loads((folder / "run.json").read_text())
    header["plan"]["sources"] = "0"
    (folder / "run.json").write_text(json.dumps(header))
    with pytest.raises(RunError, match="was begun with other code"):
        Run.resume(folder, Options())
    header["plan"] = {"seed": True}
    (folder / "run.json").write_text(json.dumps(header))
    with pytest.raises(RunError, match="its header holds no plan"):
        Run.resume(folder, Options())
