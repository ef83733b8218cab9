"""What is checked of an entry: for each check, the program that it makes of a sample in one dtype."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..observation import Observation
from ..program import Program
from ..statements import (
    Block,
    DType,
    Grad,
    Name,
    Op,
    Output,
    ProgramError,
    Ref,
    Seeded,
    Statement,
    TensorLiteral,
    literal,
)
from .entry import Entry, Result, Sample, read_table

PREFIX = "op:"
GRAPH = frozenset((Observation.GRAPH, Observation.SAVED))
# The dtype whose samples another is tried by.
RECORDED = {
    "float32": "float64",
    "float16": "float64",
    "bfloat16": "float64",
    "complex64": "complex128",
    "int32": "int64",
    "int16": "int64",
    "int8": "int64",
    "uint8": "int64",
}
# NOTE [Growing] in ``hazard``: of a batch that is larger than what it is added to, torch leaves a tensor with more
# elements than memory behind its error.
GROWS = ("Tensor.addbmm_",)
REAL_OF = {"complex128": "float64", "complex64": "float32"}


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name: its programs, of which samples, and whether graphs are what is looked at."""

    name: str
    programs: Callable[[Entry, Sample], Iterator[tuple[Statement, ...]]]
    backward: bool = True
    special: bool = False
    graph: bool = False

    def dtypes(self, entry: Entry) -> tuple[str, ...]:
        """The dtypes in which an entry is checked so."""
        return entry.backward if self.backward else entry.dtypes

    def of(self, entry: Entry, dtype: str) -> Iterator[Program]:
        """The programs of an entry in a dtype."""
        kind = entry.special if self.special else entry.samples
        recorded = dtype if dtype in kind else RECORDED.get(dtype, dtype)
        for place, sample in enumerate(kind.get(recorded, ())):
            try:
                made = sample if recorded == dtype else retyped(sample, recorded, dtype)
                for turn, statements in enumerate(self.programs(entry, made)):
                    at = f"{place}.{turn}" if turn else f"{place}"
                    yield Program(f"{PREFIX}{entry.id}-{self.name}-{dtype}-{at}", statements, "op_db")
            except ProgramError:  # the dtype has no place for these numbers
                continue


# --- dtypes -----------------------------------------------------------------------------------------------


def retyped(sample: Sample, old: str, new: str) -> Sample:
    """The sample with tensors and results of another dtype of the same class."""
    names = {old: new}
    if old in REAL_OF:
        names[REAL_OF[old]] = REAL_OF[new]
    statements = tuple(_retyped(one, names) for one in sample.statements)
    results = tuple(dataclasses.replace(one, dtype=names.get(one.dtype, one.dtype)) for one in sample.results)
    return dataclasses.replace(sample, statements=statements, results=results)


def _retyped(statement: Statement, names: dict[str, str]) -> Statement:
    if isinstance(statement, TensorLiteral) and statement.dtype in names:
        dtype = names[statement.dtype]
        return dataclasses.replace(statement, dtype=dtype, data=_held(statement.data, dtype))
    if isinstance(statement, Seeded):
        return dataclasses.replace(statement, statement=_retyped(statement.statement, names))
    if isinstance(statement, Op):
        kwargs = {key: _dtype(value, names) for key, value in statement.kwargs.items()}
        return dataclasses.replace(
            statement, args=tuple(_dtype(one, names) for one in statement.args), kwargs=kwargs
        )
    return statement


def _dtype(argument: Any, names: dict[str, str]) -> Any:
    return DType(names.get(argument.name, argument.name)) if isinstance(argument, DType) else argument


def _held(data: tuple[Any, ...], dtype: str) -> tuple[Any, ...]:
    """Numbers that the dtype has a place for: a byte of an unsigned one is not negative."""
    return tuple(abs(one) for one in data) if dtype == "uint8" else data


# --- the programs -----------------------------------------------------------------------------------------


def cotangents(results: Iterable[Result]) -> Iterator[TensorLiteral]:
    """Literals that are never uniform, one for each result."""
    for place, one in enumerate(results):
        yield numbers_like(f"g{place}", one.shape, one.dtype, place)


def numbers_like(name: str, shape: tuple[int, ...], dtype: str, start: int) -> TensorLiteral:
    """A literal of numbers of which no two neighbours are equal, exact in every dtype."""
    reals = [((7 * at + 3 * start) % 13 - 6.5) / 4 for at in range(math.prod(shape))]
    numbers = [complex(real, -real / 2) for real in reals] if dtype.startswith("complex") else reals
    return literal(name, numbers, shape, dtype)


def call(entry: Entry, sample: Sample) -> Iterator[tuple[Statement, ...]]:
    """The call alone, of tensors that need no gradient."""
    yield tuple(without_grad(sample.statements))


def without_grad(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements with no tensor that requires a gradient."""
    for one in statements:
        if isinstance(one, TensorLiteral) and one.requires_grad:
            yield dataclasses.replace(one, requires_grad=False)
        elif not (isinstance(one, Op) and one.name == "Tensor.requires_grad_" and one.out is None):
            yield one


def recorded(entry: Entry, sample: Sample) -> Iterator[tuple[Statement, ...]]:
    """The call, recorded."""
    if sample.results:
        yield sample.statements


def gradient(entry: Entry, sample: Sample) -> Iterator[tuple[Statement, ...]]:
    """The gradients of all results by all inputs."""
    if sample.results:
        yield (*sample.statements, *cotangents(sample.results), _grad(sample, False))


def second(entry: Entry, sample: Sample) -> Iterator[tuple[Statement, ...]]:
    """The gradients of the gradients, by the inputs."""
    twice = [place for place, letter in enumerate(sample.needs) if letter == "2"]
    if not entry.gradgrad or not twice:
        return
    literals = {one.out: one for one in sample.statements if isinstance(one, TensorLiteral)}
    shapes = _shapes(sample)
    steps: list[Statement] = [*sample.statements, *cotangents(sample.results), _grad(sample, True)]
    for place in twice:
        name = sample.inputs[place]
        dtype = literals[name].dtype if name in literals else sample.results[0].dtype  # type: ignore[index]
        steps.append(numbers_like(f"c{place}", shapes[name], dtype, place + 1))
    outs = tuple(Output(f"h{place}") for place, _ in enumerate(sample.inputs))
    outputs = tuple(Name(f"d{place}") for place in twice)
    given = tuple(Name(f"c{place}") for place in twice)
    inputs = tuple(map(Name, sample.inputs))
    steps.append(Grad(outs, outputs, inputs, given, allow_unused=True))
    yield tuple(steps)


def _grad(sample: Sample, create_graph: bool) -> Grad:
    outs = tuple(Output(f"d{place}") for place, _ in enumerate(sample.inputs))
    outputs = tuple(Name(one.name) for one in sample.results)
    given = tuple(Name(f"g{place}") for place, _ in enumerate(sample.results))
    flag = True if create_graph else None
    return Grad(outs, outputs, tuple(map(Name, sample.inputs)), given, create_graph=flag, allow_unused=True)


def _shapes(sample: Sample) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for one in sample.statements:
        if isinstance(one, TensorLiteral):
            shapes[one.out] = one.shape
        elif isinstance(one, Op) and one.name == "as_strided" and isinstance(one.out, str):
            shapes[one.out] = tuple(one.args[1])
    return shapes


def forward(entry: Entry, sample: Sample) -> Iterator[tuple[Statement, ...]]:
    """The tangents of all results, each input having one."""
    if not entry.forward or not sample.results:
        return
    statements = list(without_grad(sample.statements))
    made = {name for one in statements if isinstance(one, TensorLiteral) for name in one.writes()}
    made |= {str(one.out) for one in statements if isinstance(one, Op) and one.name == "as_strided"}
    first = next(
        (at for at, one in enumerate(statements) if not set(one.writes()) <= made), len(statements) - 1
    )
    shapes, dtypes = (
        _shapes(sample),
        {one.out: one.dtype for one in statements if isinstance(one, TensorLiteral)},
    )
    inside: list[Statement] = []
    duals = {}
    for place, name in enumerate(sample.inputs):
        dtype = dtypes.get(name, sample.results[0].dtype)  # type: ignore[call-overload]
        inside.append(numbers_like(f"t{place}", shapes[name], dtype, place))
        duals[name] = f"u{place}"
        make = "autograd.forward_ad.make_dual"
        inside.append(Op(make, (Ref(name), Ref(f"t{place}")), out=Output(f"u{place}")))
    inside += [one.renamed(duals) for one in statements[first:]]
    for place, result in enumerate(sample.results):
        pair = (Output(f"p{place}"), Output(f"q{place}"))
        inside.append(
            Op("autograd.forward_ad.unpack_dual", (Ref(duals.get(result.name, result.name)),), out=pair)
        )
    yield (*statements[:first], Block("autograd.forward_ad.dual_level", tuple(inside)))


def spellings(entry: Entry, sample: Sample) -> Iterator[tuple[Statement, ...]]:
    """The call as a method, in place, and into a tensor given by `out`."""
    *before, last = without_grad(sample.statements)

    def again(call: Op) -> Statement:
        return dataclasses.replace(last, statement=call) if isinstance(last, Seeded) else call

    op = last.statement if isinstance(last, Seeded) else last
    if not isinstance(op, Op) or not op.args or op.name.startswith(("Tensor.", "operator.")):
        return
    if isinstance(op.args[0], Ref):
        shape = _shapes(sample).get(op.args[0].name)
        fits = not sample.results or sample.results[0].shape == shape
        for name in (entry.method, entry.in_place):
            if name is not None and (fits or name not in GROWS):
                yield (*before, again(dataclasses.replace(op, name=name)))
    if entry.out and isinstance(op.out, str) and "out" not in op.kwargs:
        first = again(dataclasses.replace(op, out=Output("o")))
        filled = Op("zeros_like", (Ref("o"),), out=Output("z"))
        yield (*before, first, filled, again(dataclasses.replace(op, kwargs={**op.kwargs, "out": Ref("z")})))


CHECKS = (
    Check("value", call, backward=False),
    Check("gradient", gradient),
    Check("second", second),
    Check("forward", forward),
    Check("graph", recorded, graph=True),
    Check("spelling", spellings, backward=False),
    Check("special", gradient, special=True),
)
BY_NAME = {check.name: check for check in CHECKS}


def failing(entry: Entry) -> Iterator[Program]:
    """The calls of an entry that fail."""
    for place, sample in enumerate(entry.errors):
        yield Program(f"{PREFIX}{entry.id}-error-any-{place}", sample.statements, "op_db")


def of_any_device(program: Program) -> Program:
    """A sample without the CPU among its options: torch gives its samples for the device that is tested, which was the
    CPU when they were recorded."""
    return replace(program, statements=tuple([_of_any_device(one) for one in program.statements]))


def _of_any_device(statement: Statement) -> Statement:
    if not isinstance(statement, Op) or statement.kwargs.get("device") != "cpu":
        return statement
    return replace(
        statement, kwargs={name: one for name, one in statement.kwargs.items() if name != "device"}
    )


def program_named(name: str) -> Program | None:
    """The program `op:ENTRY-CHECK-DTYPE-PLACE`, None where there is none."""
    head, _, _ = name.removeprefix(PREFIX).rpartition("-")
    head, _, dtype = head.rpartition("-")
    id, _, check = head.rpartition("-")
    for entry in read_table():
        if entry.id == id:
            made = (
                failing(entry)
                if check == "error"
                else BY_NAME[check].of(entry, dtype)
                if check in BY_NAME
                else ()
            )
            return next((one for one in made if one.name == name), None)
    return None
