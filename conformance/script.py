"""A program and its difference as one Python file: to read, to run, and as a regression test.

The file needs only the two libraries. It looks at what the harness saw to differ, after the statement at
which it did, and at nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import json
import re
import warnings
from collections import deque
from collections.abc import Sequence
from typing import Any

import torch

from . import reproducer
from .listing import WIDTH, block, indented, listed
from .observation import Difference, Observation
from .program import Program
from .reduce import raised, truncated
from .statements import Attempt, Op, Output, Print, Statement, TensorLiteral
from .subjects import Subject
from .tolerance import EPSILON, FLOAT64_ULP, NEAR_ULP

MOST_SHOWN = 4
LONGEST_STATEMENT = 52

# What to read at the place of a difference, by the last word of its field; others are about the place itself.
READING = {
    "dtype": "{place}.dtype",
    "shape": "{place}.shape",
    "strides": "{place}.strides",
    "stride": "{place}.stride()",
    "storage_offset": "{place}.storage_offset()",
    "bits": "({place}.is_conj(), {place}.is_neg())",
    "version": "{place}._version",
    "birth": "{place}._version",
    "leaf": "{place}.is_leaf",
    "requires_grad": "{place}.requires_grad",
    "retained": "{place}.retains_grad",
    "name": "{place}.name()",
    "edges": "{place}.next_functions",
    "type": "type({place}).__name__",
    "names": "saved({place})",
    "grad_mode": "torch.is_grad_enabled()",
    "order": "[label for label, _ in events]",
}
# What is read there, as a sentence says it where the word of the field does not.
CALLED = {
    "leaf": "The is_leaf of {place}",
    "requires_grad": "The requires_grad of {place}",
    "retained": "The retains_grad of {place}",
    "birth": "The version of {place}",
    "bits": "The conjugate or negative bit of {place}",
    "names": "What {place} has saved",
    "freed": "What {place} still holds",
    "edges": "What {place} leads to",
    "alias": "What {place} shares memory with",
    "identity": "Which object {place} is",
    "value": "{place}",
    "none": "{place}",
}
PREPARING = re.compile(
    r"torch\.manual_seed\(|\s|def |\w+(, \w+)* = None$"
)  # lines before that which says what is done
DEEP = re.compile(r"[\w.]+\.grad_fn(?:\.next_functions\[\d+\]\[0\])+")
RECORDED = re.compile(r'\brecorded\("\w+", (\w+), events\)')  # a hook whose calls are noted
DEFINED = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
RAISED, WARNED = "raised", "warned"
OUTCOMES = {RAISED: "None", WARNED: "[str(warning.message) for warning in warned]"}


def script(program: Program, differences: Sequence[Difference], reference: Subject, subject: Subject) -> str:
    """The text of the file; `differences` are those of the first statement that parts.

    Raises `ValueError` where there are none, or where the program has no name that leads to what differs.
    """
    if not differences:
        raise ValueError(f"{program.name}: there is no difference to reproduce")
    first = differences[0]
    statements = truncated(program.statements, first.path)
    looks = _looks(differences, statements)
    if not looks:  # what differs hangs on a result that no name is bound to
        statements = tuple(_bound(statement, f"bound{at}") for at, statement in enumerate(statements))
        looks = _looks(differences, statements)
    if not looks:
        raise ValueError(f"{program.name}: no name of the program leads to {first.location}")
    error = raised(statements, first.path, reference.module)
    body = _body(statements, first.path, first, looks, error is not None)
    if not any("events" in text for text in looks):
        body = [RECORDED.sub(r"\1", line) for line in body]
    if any("events" in line for line in body):
        body.insert(0, "events = []")
    code = "\n".join(["def program(torch):", *indented(body)])
    definitions = _needed([text for statement in statements for text in statement.definitions()], code)
    carried = [one for one in reproducer.ON_DEMAND if f"{one.__name__}(" in code] + list(reproducer.PRINTED)
    statement = _line_of(_at(statements, first.path))
    head = [
        _docstring(first, statement, reference, subject),
        _imports("\n".join([code, *definitions])),
        _constants(differences, statement, subject, code),
    ]
    parts = [
        "\n\n".join(head),
        *definitions,
        code,
        *(inspect.getsource(function).rstrip() for function in carried),  # type: ignore[arg-type]
        f'def test_{_slug(first)}():\n    assert same(run("torch"), run(LIBRARY))',
        'if __name__ == "__main__":\n    main()',
    ]
    return "\n\n\n".join(parts) + "\n"


# --- what is looked at ------------------------------------------------------------------------------------


def _looks(differences: Sequence[Difference], statements: Sequence[Statement]) -> list[str]:
    """What to look at: a few expressions, the first difference first, of which none is of no name."""
    found = dict.fromkeys(look(one, statements) for one in differences)
    return [text for text in found if text is not None][:MOST_SHOWN]


def _bound(statement: Statement, name: str) -> Statement:
    """The statement with its result bound to a name, if it is a call that binds none."""
    if isinstance(statement, Attempt):
        return dataclasses.replace(statement, statement=_bound(statement.statement, name))
    if isinstance(statement, Op) and statement.out is None:
        return dataclasses.replace(statement, out=Output(name))
    return statement


def look(difference: Difference, statements: Sequence[Statement]) -> str | None:
    """The expression whose value differs, in the program's names; or `raised`, or `warned`.

    None where what differs hangs on no name.
    """
    if difference.kind is Observation.ERROR:
        return RAISED
    if difference.kind is Observation.WARNING:
        return WARNED
    word = difference.field.rpartition(".")[2]
    if word in ("grad_mode", "order"):
        return READING[word]
    place = _place(difference.location, statements, difference.path)
    if place is None:
        return None
    if word == "sequence":  # of which the names that it is unpacked into say nothing
        whole = difference.location if difference.location == "result" else place
        return f"(type({whole}).__name__, len({whole}))"
    if word == "edge":  # which of the nodes there are it leads to
        return f"graph({', '.join(f'{name}.grad_fn' for name, _ in _with_history(statements))})"
    if word in ("name", "edges") and ".next_functions" in place:
        return f"graph({place.partition('.next_functions')[0]})"
    if word == "alias":
        other = _place(difference.expected.rpartition(" with ")[2], statements, difference.path)
        return f"storage({place}) == storage({other})"
    if word == "identity":
        known = [text for text in (difference.expected, difference.got) if text != "a new tensor"]
        return f"{place} is {_place(known[0], statements, difference.path)}"
    return READING.get(word, "{place}").format(place=place)


def _place(location: str, statements: Sequence[Statement], path: Sequence[int]) -> str | None:
    """A location as an expression: a result by the name it is bound to, a node by a way to it."""
    root, rest = re.fullmatch(r"(\w*)(.*)", location).groups()  # type: ignore[union-attr]
    if root == "result":
        out = getattr(_at(statements, path), "out", None)
        name = out if isinstance(out, str) else f"({', '.join(out)})" if out else root
        return f"{name}{rest}"
    known = {name for statement in statements for name in statement.writes()}
    if root in known or root == "events":
        return location
    way = _way_to_node(statements, root)
    return None if way is None else f"{way}{rest}"


def _way_to_node(statements: Sequence[Statement], name: str) -> str | None:
    """The expression of the first graph node of that name, found by running the statements on torch."""
    waiting = deque((f"{bound}.grad_fn", value.grad_fn) for bound, value in _with_history(statements))
    while waiting:
        place, node = waiting.popleft()
        if node.name() == name:
            return place
        for index, (inner, _) in enumerate(node.next_functions):
            if inner is not None:
                waiting.append((f"{place}.next_functions[{index}][0]", inner))
    return None


def _with_history(statements: Sequence[Statement]) -> list[tuple[str, torch.Tensor]]:
    """The names that tensors with a grad_fn have at the end of a run on torch."""
    env: dict[str, Any] = {}
    with warnings.catch_warnings(), contextlib.suppress(Exception):  # what there is before an error is enough
        warnings.simplefilter("ignore")
        for statement in statements:
            statement.execute(torch, env, [])
    tensors = [(name, value) for name, value in env.items() if isinstance(value, torch.Tensor)]
    return [(name, value) for name, value in tensors if _has_history(value)]


def _has_history(tensor: torch.Tensor) -> bool:
    """Whether a tensor has a grad_fn; a view that must not have been written to says nothing of its own."""
    with contextlib.suppress(RuntimeError):
        return tensor.requires_grad and not tensor.is_leaf
    return False


def _at(statements: Sequence[Statement], path: Sequence[int]) -> Statement:
    found = statements[path[0]]
    for index in path[1:]:
        found = found.blocks()[0][index]
    return found.statement if isinstance(found, Attempt) else found


# --- the program ------------------------------------------------------------------------------------------


def _body(
    statements: Sequence[Statement], path: Sequence[int], first: Difference, looks: Sequence[str], fails: bool
) -> list[str]:
    """The lines of a program up to its difference, and what it returns there.

    `fails` says that the last statement raises on the reference.
    """
    *before, last = statements
    bound: set[str] = set()
    lines = block(before, bound)
    if len(path) > 1:
        inner = _body(last.blocks()[0], path[1:], first, looks, fails)
        return [*lines, last.lines()[0], *indented(inner)]
    ending = _ending(last, first, bound, fails)
    if any(text.startswith("result") or "(result" in text for text in looks) and "result =" not in ending[-1]:
        ending[-1] = re.sub(r"^( *)", r"\1result = ", ending[-1])
    return [*lines, *ending, *_returned(looks)]


def _ending(last: Statement, first: Difference, bound: set[str], fails: bool) -> list[str]:
    """The lines of the statement that parts: bare where its error counts, watched where its warnings do."""
    if isinstance(last, Attempt):
        last = last.statement
    if fails and first.kind is not Observation.ERROR:
        last = Attempt(last)
    lines = [f"result = repr({last.x})"] if isinstance(last, Print) else listed(last, bound)
    if first.kind is not Observation.WARNING:
        return lines
    return [
        'if hasattr(torch, "set_warn_always"):',
        "    torch.set_warn_always(True)",
        "with warnings.catch_warnings(record=True) as warned:",
        '    warnings.simplefilter("always")',
        *indented(lines),
    ]


def _returned(looks: Sequence[str]) -> list[str]:
    """The lines that return what is looked at; nodes deep in a graph get names first."""
    ways = dict.fromkeys(way for text in looks for way in DEEP.findall(text))
    names = {way: f"node{place or ''}" for place, way in enumerate(ways)}
    looks = [DEEP.sub(lambda found: names[found[0]], text) for text in looks]
    items = [f"{json.dumps(text)}: {OUTCOMES.get(text, text)}" for text in looks]
    line = f"return {{{', '.join(items)}}}"
    lines = [line] if len(line) < WIDTH else ["return {", *indented([f"{item}," for item in items]), "}"]
    return [*(f"{name} = {way}" for way, name in names.items()), *lines]


def _line_of(statement: Statement) -> str:
    """A statement in one short line."""
    if isinstance(statement, TensorLiteral):
        return f"{statement.out} = torch.tensor(...)"
    lines = [line for line in statement.lines() if not PREPARING.match(line)]
    return _short(RECORDED.sub(r"\1", lines[0]), LONGEST_STATEMENT)


def _needed(definitions: Sequence[str], code: str) -> list[str]:
    """The definitions that the code uses, or another that it uses, each once."""
    known = {found[1]: text for text in definitions if (found := DEFINED.search(text))}
    used = {name for name in known if re.search(rf"\b{name}\b", code)}
    while more := {
        name for name in known.keys() - used if any(re.search(rf"\b{name}\b", known[other]) for other in used)
    }:
        used |= more
    return [text for name, text in known.items() if name in used]


# --- around it --------------------------------------------------------------------------------------------


def _docstring(first: Difference, statement: str, reference: Subject, subject: Subject) -> str:
    names = [f"{side.name} {side.version}" for side in (reference, subject)]
    width = max(map(len, names))
    texts = zip(names, _shown(first.expected, first.got, WIDTH - width), strict=True)
    sides = [f"    {name.ljust(width)}   {text}" for name, text in texts]
    use = "Run this file with Python or pytest; `--impl torch` and `--impl mini` run one side only."
    quotes = '"' * 3
    summary = f"{_what(first)} after `{statement}`."
    if len(summary) > WIDTH:
        summary = f"{_what(first)}."
    return "\n".join([f"{quotes}{summary}", "", *sides, "", use, quotes])


def _shown(expected: str, got: str, longest: int) -> tuple[str, str]:
    """Both texts as lines that are not too long: where they would read the same, from where they part."""
    lines = _short(expected, longest), _short(got, longest)
    if lines[0] != lines[1] or expected == got:
        return lines
    apart = (at for at, (one, other) in enumerate(zip(expected, got, strict=False)) if one != other)
    same = next(apart, min(len(expected), len(got)))
    begin = max(0, same - longest // 2)
    return _short(f"...{expected[begin:]}", longest), _short(f"...{got[begin:]}", longest)


def _what(first: Difference) -> str:
    """What differs, as the beginning of a sentence."""
    if first.kind is Observation.ERROR:
        return "Another error than in PyTorch"
    if first.kind is Observation.WARNING:
        return "Other warnings than in PyTorch"
    if first.location.startswith("events"):
        what = "Hooks run in another order" if first.field == "order" else "A hook is given something else"
        return f"{what} than in PyTorch"
    if first.location == "result":
        return f"Another {first.kind} ({first.field}) than in PyTorch"
    word = first.field.rpartition(".")[2]
    place = _short(first.location, LONGEST_STATEMENT)
    whose = CALLED.get(word, f"The {word.replace('_', ' ')} of {{place}}").format(place=place)
    return f"{whose} is not what it is in PyTorch"


def _short(text: str, longest: int) -> str:
    """One line that can stand in a docstring."""
    line = " ".join(text.split()).replace("\\", "/").replace('"' * 3, "'")
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def _imports(code: str) -> str:
    modules = {
        "argparse",
        "importlib",
        "sys",
        *re.findall(r"\b(contextlib|copy|operator|pickle|threading|warnings)\.", code),
    }
    lines = [f"import {name}" for name in sorted(modules)]
    return "\n".join([*lines, *(["", "import numpy"] if "numpy." in code else [])])


def _constants(differences: Sequence[Difference], statement: str, subject: Subject, code: str) -> str:
    first = differences[0]
    lines = [f"LIBRARY = {json.dumps(subject.library)}", f"STATEMENT = {json.dumps(statement)}"]
    if first.dtype in EPSILON and any(one.field.endswith("value") for one in differences):
        ulps = FLOAT64_ULP if first.dtype in ("float64", "complex128") else NEAR_ULP
        epsilon = f"2.0**{EPSILON[first.dtype].hex().rpartition('p')[2]}"
        lines.append(f"TOLERANCE = {ulps} * {epsilon}  # {ulps} units in the last place of {first.dtype}")
    else:
        lines.append("TOLERANCE = 0.0")
    return "\n".join([*lines, *(["fromhex = float.fromhex"] if "fromhex(" in code else [])])


def _slug(first: Difference) -> str:
    words = dict.fromkeys(re.findall(r"[a-z0-9]+", f"{first.op} {first.kind} {first.field}".lower()))
    return "_".join(words)
