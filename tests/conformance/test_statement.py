"""Statements are data: they survive JSON, say what they read and bind, and print what they run."""

import json

import pytest
import torch
from torch.testing import assert_close

from conformance.execute import execute
from conformance.generate import Generator
from conformance.program import Program, check_names, program_from_json, read_program, write_program
from conformance.statements import (
    KINDS,
    Apply,
    ArrayLiteral,
    Attempt,
    Backward,
    Block,
    DType,
    Get,
    Index,
    Name,
    Op,
    Output,
    ProgramError,
    Ref,
    SavedHooks,
    Slice,
    Transform,
    from_json,
    literal,
    to_json,
)
from conformance.statements.argument import bind, decode, encode, index_source, source

DRAWN = [Generator(misuse=0.1).program(11, index) for index in range(60)]
MORE = [Generator().program(12, index) for index in range(450)]


def every_kind() -> set[str]:
    return {statement.kind for program in MORE for statement in program.flat()}


OF_SUITES = (
    "isinstance",
    "default_tensor_type",
    "chain",
    "for",
    "seeded",
)  # that only suites and the table of ops have


def test_drawn_programs_use_nearly_every_kind():
    assert set(KINDS) - every_kind() <= {"delete", *OF_SUITES}


@pytest.mark.parametrize("program", DRAWN, ids=lambda program: program.name)
def test_a_program_survives_json(program, tmp_path):
    assert program_from_json(json.loads(json.dumps(program.to_json()))) == program
    write_program(program, tmp_path / "program.json")
    assert read_program(tmp_path / "program.json") == program


@pytest.mark.parametrize("program", DRAWN, ids=lambda program: program.name)
def test_names_are_bound_before_they_are_read(program):
    check_names(program.statements)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", DRAWN[:30], ids=lambda program: program.name)
def test_the_printed_script_does_what_the_program_does(program, capsys):
    env, _ = execute(program, torch)
    scope: dict[str, object] = {}
    exec(compile(program.source(), program.name, "exec"), scope)
    for name, value in env.items():
        if isinstance(value, torch.Tensor):
            # The class of the program's own is another one in the script.
            left, right = (one.detach().as_subclass(torch.Tensor) for one in (value, scope[name]))
            assert_close(left, right, rtol=0, atol=0, equal_nan=True)
            assert value.requires_grad == scope[name].requires_grad


@pytest.mark.parametrize("program", DRAWN[:30], ids=lambda program: program.name)
def test_renaming_there_and_back_changes_nothing(program):
    names = {name for statement in program.statements for name in (*statement.reads(), *statement.writes())}
    there = {name: f"other_{name}" for name in names}
    back = {other: name for name, other in there.items()}
    for statement in program.statements:
        renamed = statement.renamed(there)
        assert {*renamed.reads(), *renamed.writes()} == {
            there[name] for name in (*statement.reads(), *statement.writes())
        }
        assert renamed.renamed(back) == statement


@pytest.mark.parametrize("program", DRAWN[:30], ids=lambda program: program.name)
def test_simpler_variants_differ_and_are_statements(program):
    for statement in program.flat():
        for plain in statement.simpler():
            assert plain != statement
            assert from_json(to_json(plain), "simpler") == plain


ARGUMENTS = [
    (None, "None"),
    (True, "True"),
    (3, "3"),
    (-1.5, "-1.5"),
    (float("inf"), 'float("inf")'),
    (complex(1, -2), "complex(1.0, -2.0)"),
    ("mean", '"mean"'),
    (Ellipsis, "..."),
    (Ref("x0"), "x0"),
    (DType("bfloat16"), "torch.bfloat16"),
    (Slice(1, None, 2), "slice(1, None, 2)"),
    ([1, (2, Ref("x1"))], "[1, (2, x1)]"),
    ((4,), "(4,)"),
    ((), "()"),
]


@pytest.mark.parametrize(("argument", "text"), ARGUMENTS)
def test_an_argument_survives_json_and_prints_as_python(argument, text):
    assert decode(json.loads(json.dumps(encode(argument))), "here") == argument
    assert source(argument) == text


def test_an_unbound_name_is_a_name_error():
    with pytest.raises(NameError, match="name 'x9' is not defined"):
        bind([Ref("x9")], torch, {})


def test_an_index_prints_as_a_person_writes_it():
    assert index_source((Slice(1, None), 0, Ellipsis, None)) == "1:, 0, ..., None"
    assert index_source(Slice(None, None, -1)) == "::-1"


def test_floats_keep_their_bits():
    numbers = [0.1, -0.0, float("nan"), float("-inf"), 5e-324]
    made = literal("x", numbers, (5,), "float64")
    again = from_json(json.loads(json.dumps(to_json(made))), "here")
    got = again.execute(torch, {}, [])
    assert [number.hex() for number in got.tolist()] == [number.hex() for number in numbers]


def test_an_empty_tensor_keeps_its_shape():
    assert literal("x", [], (0, 3), "int8").execute(torch, {}, []).shape == (0, 3)


BAD = [
    ({"kind": "nothing"}, "unknown kind 'nothing'"),
    ([], "a statement is an object, got list"),
    ({"kind": "op"}, "op needs the field 'name'"),
    ({"kind": "op", "name": "mul", "extra": 1}, "op has no field 'extra'"),
    ({"kind": "op", "name": 3}, "op.name: expected str, got 3"),
    ({"kind": "op", "name": "os.system"}, "'os.system' is not the name of a public op"),
    ({"kind": "op", "name": "load"}, "'load' is not the name of a public op"),
    ({"kind": "op", "name": "hub.load"}, "'hub.load' is not the name of a public op"),
    ({"kind": "op", "name": "Tensor.__class__", "args": [1]}, "is not the name of a public op"),
    ({"kind": "op", "name": "operator.attrgetter"}, "is not a Python operator"),
    ({"kind": "op", "name": "Tensor.exp"}, "needs the tensor it is called on"),
    ({"kind": "op", "name": "mul", "args": [{"ref": "a b"}]}, "expected a name"),
    ({"kind": "op", "name": "mul", "args": [{"zip": 1}]}, "unknown argument 'zip'"),
    ({"kind": "op", "name": "mul", "args": [{"dtype": "float8"}]}, "expected one of float64"),
    ({"kind": "op", "name": "mul", "args": [{"slice": [1]}]}, "expected \\[start, stop, step\\]"),
    ({"kind": "tensor", "out": "x", "data": [1], "shape": [1]}, "1 is no float32 number"),
    ({"kind": "tensor", "out": "x", "data": ["0x1p0"], "shape": [2]}, "does not hold 1 numbers"),
    ({"kind": "tensor", "out": "x", "data": [], "shape": [0], "dtype": "int4"}, "unknown dtype 'int4'"),
    ({"kind": "get", "out": "v", "x": "x", "attribute": "__class__"}, "is not a readable attribute"),
    ({"kind": "set", "x": "x", "attribute": "grad_fn", "value": None}, "is not a writable attribute"),
    ({"kind": "with", "mode": "open", "body": []}, "'open' is not a mode"),
    ({"kind": "hook", "out": "h", "x": "x", "on": "tensor", "body": "eval"}, "unknown tensor hook 'eval'"),
    ({"kind": "function", "name": "Evil", "args": [], "out": "y"}, "unknown Function 'Evil'"),
    ({"kind": "saved_tensors_hooks", "pack": "pickle", "body": []}, "unknown packing 'pickle'"),
    ({"kind": "array", "out": "a", "data": [1, 2], "shape": [3]}, "array data"),
    ({"kind": "grad", "out": "d", "outputs": ["y"], "inputs": ["x"]}, "grad.out: expected a list of Output"),
]


@pytest.mark.parametrize(("record", "text"), BAD)
def test_a_malformed_statement_is_named(record, text):
    with pytest.raises(ProgramError, match=text) as caught:
        from_json(record, "file.json: statement 3")
    assert str(caught.value).startswith("file.json: statement 3: ")


def test_a_program_that_reads_an_unbound_name_is_refused():
    record = Program("p", (Op("exp", (Ref("x"),), out="y"),)).to_json()
    with pytest.raises(ProgramError, match="statement 0: op reads 'x' before it is bound"):
        program_from_json(record, "p.json")


@pytest.mark.parametrize(
    ("text", "cause"),
    [("{", "not JSON"), ("[]", "a program is an object"), ('{"format": 9}', "format 9 is not 1")],
)
def test_a_malformed_file_is_named(tmp_path, text, cause):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(ProgramError, match=cause) as caught:
        read_program(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ProgramError, match="No such file"):
        read_program(tmp_path / "none.json")


def test_a_block_reads_what_its_body_does_not_bind():
    body = (Op("exp", (Ref("x"),), out="y"), Op("mul", (Ref("y"), Ref("z")), out="w"))
    assert Block("no_grad", body).reads() == ("x", "z")
    assert set(Block("no_grad", body).writes()) == {"y", "w"}


def test_only_grad_modes_are_stepped_through():
    assert Block("no_grad", ()).stepped
    assert not Block("no_grad", (), decorator=True).stepped
    assert not Block("autograd.forward_ad.dual_level", ()).stepped
    assert not SavedHooks("same", ()).stepped


def test_an_attempt_goes_on_after_an_error():
    env, _ = execute(
        Program(
            "p", (literal("x", [1.0], (1,), "float32"), Attempt(Op("mm", (Ref("x"), Ref("x")), out="y")))
        ),
        torch,
    )
    assert "y" not in env


WRITING = [
    (Op("exp", (Ref("x"),)), False),
    (Op("Tensor.exp_", (Ref("x"),)), True),
    (Op("operator.iadd", (Ref("x"), 1)), True),
    (Op("operator.invert", (Ref("x"),)), False),
    (Op("nn.functional.relu", (Ref("x"),), {"inplace": True}), True),
    (Index("y", "x", 0), False),
    (Get("y", "x", "grad"), False),
    (Backward("x"), True),
    (Apply("cube", (Ref("x"),), "y"), True),
    (ArrayLiteral("a", (), (0,)), False),
]


@pytest.mark.parametrize(("statement", "writes"), WRITING)
def test_what_may_write_to_memory_says_so(statement, writes):
    assert statement.writes_memory is writes


TRANSFORMS = [
    Transform(body, (Name("x0"),), (Output("y0"), Output("y1"))[:count], steps, call, v)
    for body in ("softened", "paired", "joined")
    for count, steps, call, v in (
        (1, (), None, None),
        (1, (("summed", ()), ("func.grad", ())), None, None),
        (2, (("summed", ()), ("func.grad_and_value", ())), None, None),
        (2, (("pushed", ()),), None, None),
        (1, (("func.jacrev", ()), ("func.vmap", ())), None, None),
        (1, (("summed", ()),), "autograd.functional.hessian", None),
        (2, (("summed", ()),), "autograd.functional.hvp", "x0"),
        (1, (), "autograd.functional.jacobian", None),
        (1, (), "autograd.gradcheck", None),
    )
]


@pytest.mark.parametrize("made", TRANSFORMS, ids=lambda made: f"{made.label}-{len(made.out)}")
def test_a_printed_transform_gives_what_it_gives(made):
    x0 = literal("x0", [0.5, -2.0, 3.0, 1.0], (2, 2), "float64", True)
    program = Program("p", (x0, made))
    scope: dict[str, object] = {}
    env, _ = execute(program, torch)
    exec(compile(program.source(), program.name, "exec"), scope)
    for name in made.out:
        if isinstance(env[name], torch.Tensor):
            assert_close(scope[name], env[name], rtol=0, atol=0)
        else:
            assert scope[name] == env[name]


def test_a_plain_result_is_bound_as_such():
    x0 = Name("x0")
    assert Transform("cubed", (x0,), (Output("y0"),), (("vmap", ()),)).lines() == [
        "y0 = torch.vmap(lambda x: cubed(torch, x))(x0)"
    ]
    (line,) = Transform("paired", (x0,), (Output("y0"),)).lines()
    assert line == "y0, = flattened(paired(torch, x0))[:1]"
