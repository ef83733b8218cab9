"""A typical sample of an entry, small enough to be read, and the graph that it makes on both sides."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy

from ..graph_pair import graphs_of
from ..leftover import restore_state
from ..program import Program
from ..statements import ProgramError, Statement, TensorLiteral, literal
from ..subjects import Subject, every_warning
from .checks import PREFIX
from .entry import Entry, Sample
from .scoreboard import UNSET

DTYPES = ("float64", "complex128", "int64", "bool")  # what samples were recorded in, the most telling first
LARGEST = 3  # of each dimension of a tensor that is made smaller
DIGITS = 3
MOST_DRAWN = 3  # results
TRIED = 5  # samples that may turn out not to run when they are made smaller
LONGEST = 1000  # characters of a line
UNSET_NAMES = frozenset(name for _, name in UNSET)


def sample_record(entry: Entry, reference: Subject, subject: Subject) -> dict[str, Any] | None:
    """The record of a typical sample; None for an entry that has none. What makes no graph has a listing alone."""
    found = typical(entry, reference)
    if found is None:
        return None
    program, names = found
    try:
        graphs = graphs_of(program, names, reference, subject, UNSET_NAMES) if names else None
    except Exception:  # whatever is wrong with a side, the scores tell
        graphs = None
    for side in (reference, subject):
        restore_state(side)
    listing = "\n".join(map(_shown, program.listing().splitlines()))
    return {"record": "sample", "entry": entry.id, "listing": listing, "graphs": graphs}


def typical(entry: Entry, reference: Subject) -> tuple[Program, list[str]] | None:
    """The sample with the shortest listing, of those with a graph and of tensors that are no single numbers, if such
    there are: made smaller if the reference still runs it then, and the names of its results."""
    dtype = next((one for one in DTYPES if entry.samples.get(one)), None)
    if dtype is None:
        return None
    name = f"{PREFIX}{entry.id}"
    pairs = [(one, Program(name, tuple(map(smaller, one.statements)))) for one in entry.samples[dtype]]
    pairs.sort(key=lambda pair: _length(*pair))
    for sample, small in pairs[:TRIED]:
        if runs(small, sample, reference):
            return small, [one.name for one in sample.results[:MOST_DRAWN]]
    sample = min(entry.samples[dtype], key=lambda one: _length(one, Program(name, one.statements)))
    return Program(name, sample.statements), [one.name for one in sample.results[:MOST_DRAWN]]


def _length(sample: Sample, program: Program) -> tuple[bool, bool, int]:
    shapes = [one.shape for one in sample.statements if isinstance(one, TensorLiteral)]
    plain = bool(shapes) and all(shape and 0 not in shape for shape in shapes)
    return not sample.results, not plain, len(program.listing())


def _shown(line: str) -> str:
    """A line without the middle of a tensor of thousands of numbers."""
    half = LONGEST // 2
    return line if len(line) <= LONGEST else f"{line[:half]} … {line[-half:]}"


def smaller(statement: Statement) -> Statement:
    """A tensor cut down in each dimension, its numbers with few digits; other statements as they are."""
    if not isinstance(statement, TensorLiteral) or not statement.shape or 0 in statement.shape:
        return statement
    numbers = numpy.array(statement.numbers(), dtype=object).reshape(statement.shape)
    kept = numbers[tuple(slice(LARGEST) for _ in statement.shape)]
    rounded = [_short(one) for one in kept.reshape(-1)]
    try:
        made = literal(statement.out, rounded, kept.shape, statement.dtype)
    except ProgramError:
        return statement
    return dataclasses.replace(made, requires_grad=statement.requires_grad)


def _short(number: Any) -> Any:
    if isinstance(number, complex):
        return complex(_short(number.real), _short(number.imag))
    return float(f"{number:.{DIGITS}g}") if isinstance(number, float) else number


def runs(program: Program, sample: Sample, reference: Subject) -> bool:
    """Whether the reference runs a smaller program and gives results that have a graph as those of the sample do."""
    env: dict[str, Any] = {}
    with every_warning(reference):
        try:
            for statement in program.statements:
                statement.execute(reference.module, env, [])
            return all(env[one.name].requires_grad for one in sample.results)
        except Exception:  # an argument is a size, or an index lies beyond
            return False
