"""A reproducer script shows the difference on its own, passes where there is none, and keeps its data."""

import ast
import dataclasses
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from conformance import reproducer
from conformance.listing import array, block, number, tensor
from conformance.lockstep import Lockstep
from conformance.observation import Observation
from conformance.program import Program
from conformance.script import _line_of, _shown, look, script
from conformance.statements import (
    ArrayLiteral,
    Attempt,
    Backward,
    Block,
    DefaultType,
    Hook,
    Op,
    Output,
    Print,
    Ref,
    literal,
)
from conformance.subjects import Subject, load_subject, subject_of

ROOT = Path(__file__).parents[2]
TORCH = subject_of(torch, "torch")
FAULTY = load_subject("tests.conformance.faulty")

X0 = literal("x0", [0.1, -2.0, 3.0, 0.5], (2, 2), "float32", True)
POSITIVE = literal("x0", [0.1, 2.0, 3.0, 0.5], (2, 2), "float32", True)


def op(name: str, *args: object, out: str | None = "x1") -> Op:
    return Op(name, tuple(Ref(item) if isinstance(item, str) else item for item in args), {}, out)


ARRAY = ArrayLiteral("a0", tuple((place / 10).hex() for place in range(24)), (4, 6), "float64")
COT = literal("x9", [1.0, 1.0, 1.0, 1.0], (2, 2), "float32")
PROGRAMS = {
    "exp": (X0, COT, op("exp", "x0"), Backward("x1", gradient="x9")),
    "sin": (X0, op("sin", "x0")),
    "neg": (X0, op("neg", "x0")),
    "square": (X0, op("square", "x0")),
    "t": (X0, op("t", "x0")),
    "sqrt": (POSITIVE, op("sqrt", "x0")),
    "log": (op("log", 2.0),),
    "ceil": (X0, op("ceil", "x0")),
    "abs": (X0, op("abs", "x0")),
    "cosh": (X0, Attempt(op("cosh", "x0"))),
    "inside": (X0, Block("no_grad", (op("exp", "x0"), op("sin", "x0", out="x2"))), op("cos", "x0", out="x3")),
    "decorated": (X0, Block("no_grad", (op("exp", "x0"),), decorator=True), op("sin", "x1", out="x2")),
    "hooked": (X0, COT, Hook("h0", "x0", "tensor", "double"), op("exp", "x0"), Backward("x1", gradient="x9")),
    "printed": (X0, op("exp", "x0"), Print("x1"), op("sin", "x1", out="x2")),
    "unbound": (X0, op("sin", "x0", out=None)),
    "busy": (
        X0,
        Block(
            "no_grad",
            (op("exp", "x0"), Print("x1"), Attempt(op("matmul", "x1", 3, out="x7"))),
            decorator=True,
        ),
        op("sin", "x1", out="x2"),
    ),
    "nameless": (X0, op("operator.mul", "x0", "x0", out=None), op("abs", "x0")),
    "failing": (literal("x0", [0.1, 0.2], (2,), "float32", True), op("outer", "x0")),
    "array": (ARRAY, op("from_numpy", "a0"), op("sin", "x1", out="x2")),
    "attempted": (X0, Attempt(op("matmul", "x0", 3, out="x7")), op("sin", "x0")),
}
FIRST_LOOK = {
    "exp": "x0.grad",
    "sin": "x1",
    "neg": "x1.dtype",
    "square": "x1.is_leaf",
    "sqrt": "x1.grad_fn.name()",
    "ceil": "warned",
    "abs": "x0._version",
    "cosh": "raised",
    "inside": "x2",
    "hooked": "x0.grad",
    "unbound": "result",
}


def reproduced(name: str, subject: Subject = FAULTY) -> str:
    program = Program(name, PROGRAMS[name])
    return script(program, Lockstep(TORCH, FAULTY).run(program).differences, TORCH, subject)


def started(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The script as a program, with nothing to import from but the root (where the faulty library is)."""
    command = [sys.executable, "-W", "error", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})


def load(text: str, path: Path):
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_script_shows_the_difference(name: str, tmp_path: Path) -> None:
    text = reproduced(name)
    module = load(text, tmp_path / f"{name}.py")
    expected, got = module.run("torch"), module.run("tests.conformance.faulty")
    assert not module.same(expected, got)
    assert module.same(expected, module.run("torch"))
    test = next(value for key, value in vars(module).items() if key.startswith("test_"))
    with pytest.raises(AssertionError):
        test()
    module.LIBRARY = "torch"
    test()


@pytest.mark.parametrize("name", FIRST_LOOK)
def test_it_looks_at_what_differs(name: str) -> None:
    shown = re.search(r'return \{\s*"([^"]*)": ', reproduced(name))
    assert shown[1] == FIRST_LOOK[name]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_file_is_plain_python_without_the_harness(name: str) -> None:
    text = reproduced(name)
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert names <= {"argparse", "importlib", "sys", "warnings", "operator", "numpy"}
    assert max(map(len, text.splitlines())) <= 110
    assert "conformance" not in text.replace("tests.conformance.faulty", "")
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--isolated",
            "--select",
            "E4,E7,E9,F",
            "--ignore",
            "F841",
            "-",
        ],
        input=text,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_it_runs_by_itself_in_each_way(tmp_path: Path) -> None:
    path = tmp_path / "test_exp.py"
    path.write_text(reproduced("exp"))
    both = started(path)
    assert both.returncode == 1, both.stderr
    assert both.stdout.splitlines()[0] == "after x1.backward(gradient=x9)"
    assert re.search(r"^ +torch +tests.conformance.faulty$", both.stdout, re.M)
    row = next(line for line in both.stdout.splitlines() if line.strip().startswith("x0.grad"))
    assert len(re.findall(r"\[\[.*?\]\]", row)) == 2
    alone = started(path, "--impl", "torch")
    assert alone.returncode == 0
    assert "faulty" not in alone.stdout
    mini = started(path, "--impl", "mini")
    assert mini.returncode == 0
    assert "faulty" in mini.stdout
    fixed = started(path, "--impl", "both", "--library", "torch")
    assert fixed.returncode == 0, fixed.stdout
    assert started(path, "--impl", "none").returncode == 2


def test_it_is_a_pytest_file_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "test_exp.py"
    text = reproduced("exp")

    def outcome(text: str) -> str:
        path.write_text(text)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            tmp_path,
            path,
        ]
        env = {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env)
        return done.stdout.splitlines()[-1]

    assert outcome(text).startswith("1 failed")
    assert outcome(text.replace('"tests.conformance.faulty"', '"torch"')).startswith("1 passed")


@pytest.mark.parametrize(
    "value", [0.1, 1.0, -0.0, 0.5, 1e-45, 2.0**-149, 1e300, float("inf"), float("nan"), 1 / 3, 12345678.5]
)
def test_numbers_keep_their_bits(value: float) -> None:
    text = number(value)
    read = float.fromhex(text.split('"')[1]) if "fromhex" in text else ast_float(text)
    assert json.dumps(read) == json.dumps(value)
    assert ("fromhex" in text) == (value in (0.1, 1e-45, 2.0**-149, 1e300, 1 / 3, 12345678.5))


def ast_float(text: str) -> float:
    return float(text.removeprefix('float("').removesuffix('")'))


def test_literals_keep_their_bits_on_one_line_or_several(tmp_path: Path) -> None:
    for shape in ((), (3,), (2, 30), (4, 3, 2)):
        made = literal(
            "x0", [(place - 7) / 10 for place in range(torch.Size(shape).numel())], shape, "float64", True
        )
        code = "\n    ".join(["def made(torch):", *tensor(made), "return x0"])
        text = f"fromhex = float.fromhex\n\n\n{code}\n"
        assert max(map(len, text.splitlines())) <= 100
        read = load(text, tmp_path / "made.py").made(torch)
        made.execute(torch, env := {}, [])
        assert torch.equal(read, env["x0"])
        assert (read.dtype, read.shape, read.requires_grad) == (torch.float64, shape, True)


def test_arrays_keep_their_bits_too(tmp_path: Path) -> None:
    for made in (
        ARRAY,
        ArrayLiteral("a0", (1, 2, 3), (3,), "int16"),
        ArrayLiteral("a0", (True,), (), "bool"),
    ):
        code = "\n    ".join(["def made():", *array(made), "return a0"])
        text = f"import numpy\n\nfromhex = float.fromhex\n\n\n{code}\n"
        read = load(text, tmp_path / "made.py").made()
        made.execute(torch, env := {}, [])
        assert (read.dtype, read.shape, read.tobytes()) == (made.dtype, made.shape, env["a0"].tobytes())


def test_a_node_is_found_by_its_name() -> None:
    statements = (X0, op("exp", "x0"), op("sin", "x1", out="x2"))
    program = Program("p", statements)
    (difference, *_) = Lockstep(TORCH, FAULTY).run(program).differences
    freed = dataclasses.replace(
        difference, kind=Observation.SAVED, field="_saved_result.error", location="ExpBackward0._saved_result"
    )
    assert look(freed, statements) == "x1.grad_fn._saved_result"


def test_a_view_that_refuses_to_tell_of_its_history_is_passed_over() -> None:
    split = Op("unbind", (Ref("x1"),), out=(Output("x2"), Output("x3")))
    written = op("Tensor.mul_", "x1", "x0", out="x1")
    statements = (X0, op("clone", "x0"), Block("no_grad", (split,)), written, op("sin", "x1", out="x4"))
    differences = Lockstep(TORCH, FAULTY).run(Program("p", statements)).differences
    node = dataclasses.replace(differences[0], kind=Observation.GRAPH, location="MulBackward0", field="name")
    assert look(node, statements) == "x1.grad_fn.name()"


def test_a_result_that_only_the_graph_holds_gets_a_name() -> None:
    statements = (X0, op("operator.mul", "x0", "x0", out=None), op("abs", "x0"))
    program = Program("p", statements)
    differences = Lockstep(TORCH, FAULTY).run(program).differences
    nodes = [one for one in differences if one.location.startswith("MulBackward0")]
    assert nodes
    assert look(nodes[0], statements) is None
    text = script(program, nodes, TORCH, FAULTY)
    assert "bound1 = x0 * x0" in text
    assert '"bound1.grad_fn._saved_other": bound1.grad_fn._saved_other,' in text
    lost = dataclasses.replace(nodes[0], location="NoSuchNode._saved_self")
    with pytest.raises(ValueError, match=r"p: no name of the program leads to NoSuchNode\._saved_self"):
        script(program, (lost,), TORCH, FAULTY)


def test_the_grad_mode_is_looked_at_as_such() -> None:
    (known, *_) = Lockstep(TORCH, FAULTY).run(Program("p", PROGRAMS["sin"])).differences
    mode = dataclasses.replace(
        known, kind=Observation.REQUIRES_GRAD, field="grad_mode", location="grad mode", dtype="none"
    )
    assert look(mode, PROGRAMS["sin"]) == "torch.is_grad_enabled()"


def test_a_node_deep_in_the_graph_is_given_a_name() -> None:
    statements = (X0, op("cos", "x0"), op("tan", "x1", out="x2"), op("sin", "x2", out="x3"))
    differences = Lockstep(TORCH, FAULTY).run(Program("p", statements)).differences
    place = "x2.grad_fn.next_functions[0][0]._saved_self"
    deep = dataclasses.replace(differences[0], kind=Observation.SAVED, field="_saved_self", location=place)
    text = script(Program("p", statements), (deep,), TORCH, FAULTY)
    assert "    node = x2.grad_fn.next_functions[0][0]\n" in text
    assert '    return {"node._saved_self": node._saved_self}\n' in text


def test_a_difference_of_edges_shows_the_graph(tmp_path: Path) -> None:
    statements = (X0, op("cos", "x0"), op("tan", "x1", out="x2"), op("sin", "x2", out="x3"))
    differences = Lockstep(TORCH, FAULTY).run(Program("p", statements)).differences
    edge = dataclasses.replace(
        differences[0], kind=Observation.GRAPH, field="edge", location="x2.grad_fn.next_functions[0][0]"
    )
    text = script(Program("p", statements), (edge,), TORCH, FAULTY)
    expression = "graph(x1.grad_fn, x2.grad_fn, x3.grad_fn)"
    assert f'return {{"{expression}": {expression}}}' in text
    assert load(text, tmp_path / "edge.py").run("torch") == {
        expression: [
            ["CosBackward0", 3],
            ["TanBackward0", 0],
            ["SinBackward0", 1],
            ["torch::autograd::AccumulateGrad"],
        ]
    }


def test_only_what_is_used_is_printed() -> None:
    program = Program("hooked", PROGRAMS["hooked"])
    (first, *_) = Lockstep(TORCH, FAULTY).run(program).differences
    hooked = script(program, (first,), TORCH, FAULTY)
    assert "    h0 = x0.register_hook(double)\n" in hooked
    assert "recorded" not in hooked
    assert "events" not in hooked
    assert "recorded" in reproduced("hooked")
    assert "TOLERANCE = 0.0\n" in reproduced("t")


def test_a_noted_gradient_is_one_line() -> None:
    statements = (X0, COT, Hook("h0", "x1", "tensor", "observe"))
    program = Program("p", (*statements[:2], op("exp", "x0"), statements[2], Backward("x1", gradient="x9")))
    (known, *_) = Lockstep(TORCH, FAULTY).run(program).differences
    noted = dataclasses.replace(known, kind=Observation.HOOK, field="value", location="events[0][1][0]")
    text = script(program, (noted,), TORCH, FAULTY)
    assert 'x1.register_hook(lambda grad: events.append(("h0", [grad.detach().clone()])))' in text
    assert "def observe" not in text


def test_dtypes_are_said_where_the_default_is_another() -> None:
    inside = (literal("x1", [1.0], (), "float32"), literal("x2", [], (0,), "float32"))
    assert block((X0, DefaultType("torch.DoubleTensor", inside)))[1:] == [
        'torch.set_default_tensor_type("torch.DoubleTensor")',
        "x1 = torch.tensor(1.0, dtype=torch.float32)",
        "x2 = torch.zeros((0,), dtype=torch.float32)",
        'torch.set_default_tensor_type("torch.FloatTensor")',
    ]
    assert block(inside) == ["x1 = torch.tensor(1.0)", "x2 = torch.zeros((0,))"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 + 2j, "1+2j"),
        (-1.5j, "complex(-0.0, -1.5)"),
        (complex(0.1, 0), 'complex(fromhex("0x1.999999999999ap-4"), 0.0)'),
    ],
)
def test_complex_numbers_keep_their_bits(value: complex, text: str) -> None:
    assert number(value) == text


def test_no_difference_is_an_error() -> None:
    with pytest.raises(ValueError, match="p: there is no difference to reproduce"):
        script(Program("p", (X0,)), (), TORCH, FAULTY)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (1.0, 1.0 + 1e-7, True),
        (1.0, 1.1, False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("-inf"), False),
        (None, 0.0, False),
        (True, 1, False),
        ([1.0], [1.0, 2.0], False),
        ({"x0": None}, {"raised": None}, False),
        ({"x0": [0.0]}, {"x0": [-0.0]}, True),
    ],
)
def test_what_is_the_same(one: object, other: object, agree: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reproducer, "TOLERANCE", 1e-6)
    assert reproducer.same(one, other) is agree


def test_a_list_in_the_place_of_a_tuple_is_looked_at_before_it_is_unpacked() -> None:
    class Lists:
        def split(self, *given: object) -> object:
            return list(torch.split(*given))

        def __getattr__(self, name: str) -> object:
            return getattr(torch, name)

    split = Op("split", (Ref("x0"), 1), {}, ("x1", "x2"))  # type: ignore[arg-type]
    program = Program("p", (X0, split))
    subject = Subject("lists", "0", Lists())
    text = script(program, Lockstep(TORCH, subject).run(program).differences, TORCH, subject)
    assert "result = x1, x2 = torch.split(x0, 1)" in text
    assert "(type(result).__name__, len(result))" in text


def test_long_texts_are_shown_from_where_they_part() -> None:
    assert _shown("a" * 90 + "b", "a" * 90 + "c", 20) == (f"...{'a' * 10}b", f"...{'a' * 10}c")
    assert _shown("a" * 90, "a" * 90, 20) == ("a" * 17 + "...",) * 2
    assert _shown("1.0", "2.0", 20) == ("1.0", "2.0")


def test_the_statement_is_the_line_that_says_what_is_done() -> None:
    decorated = Block("no_grad", (Op("exp", (Ref("x0"),), {}, "x1"),), decorator=True)
    assert _line_of(decorated) == "@torch.no_grad()"
    hook = Hook("h0", "x0", "tensor", "double")
    assert _line_of(hook) == "h0 = x0.register_hook(double)"
