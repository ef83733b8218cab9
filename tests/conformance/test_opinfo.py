"""The table of ops: what it holds, what its checks see of a faulty library, and what becomes of a broken file."""

import lzma
import time

import pytest
import torch

from conformance.opinfo import pace
from conformance.opinfo.behind import read_behind, write_behind
from conformance.opinfo.checks import BY_NAME, CHECKS, program_named
from conformance.opinfo.entry import TableError, read_table
from conformance.opinfo.family import FAMILIES, family
from conformance.opinfo.pace import Pace, larger
from conformance.opinfo.scoreboard import ERROR_TEXT, ERROR_TYPE, Board, Score, by_check
from conformance.statements import Grad, TensorLiteral
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")
ENTRIES = {entry.id: entry for entry in read_table()}


class Otherwise:
    """torch with one function of its own."""

    def __init__(self, name, function):
        setattr(self, name, function)

    def __getattr__(self, name):
        return getattr(torch, name)


def score(check, name, function, dtype="float64"):
    subject = Subject("otherwise", "1", Otherwise(name, function))
    return Board(TORCH, subject).score(ENTRIES[name], BY_NAME[check], dtype)


def test_the_table_holds_what_torch_tests():
    assert len(ENTRIES) == len(read_table()) == 702
    assert sum("float64" in entry.backward for entry in ENTRIES.values()) >= 525
    assert len({family(name) for name in ENTRIES}) == len(FAMILIES) + 1


def test_torch_agrees_with_itself():
    for name in ("cumsum", "linalg.eigh", "nn.functional.max_pool2d", "bernoulli"):
        board = Board(TORCH, TORCH)
        scores = [*board.scores(ENTRIES[name], CHECKS, ["float32"]), *board.errors(ENTRIES[name])]
        assert all(one.passed for one in scores if one.told)
        assert any(one.told for one in scores)


@pytest.mark.parametrize("check", ["gradient", "second", "graph"])
def test_a_wrong_derivative_is_seen(check):
    def cosh(x):
        return torch.cosh(x.detach()) + (x - x.detach()) * 2

    assert not score(check, "cosh", cosh).passed
    assert score("value", "cosh", cosh).passed


def test_a_wrong_tangent_is_seen():
    assert not score("forward", "cosh", lambda x: torch.cosh(x.detach().clone())).passed


def test_a_wrong_value_is_seen_where_the_numbers_are_odd():
    found = score("special", "cosh", lambda x: torch.cosh(torch.nan_to_num(x)))
    assert found.differ
    assert not found.passed


def test_another_spelling_is_a_check_of_its_own():
    def cosh(x, out=None):
        return torch.cosh(x)

    assert score("value", "cosh", cosh).passed
    assert not score("spelling", "cosh", cosh).passed


def test_errors_count_by_type_and_by_text():
    def cumsum(*args, **kwargs):
        try:
            return torch.cumsum(*args, **kwargs)
        except Exception as error:
            raise type(error)("no") from error

    subject = Subject("otherwise", "1", Otherwise("cumsum", cumsum))
    kinds = {one.check: one for one in Board(TORCH, subject).errors(ENTRIES["dot"])}
    assert kinds[ERROR_TYPE].passed
    assert kinds[ERROR_TEXT].passed
    subject = Subject("otherwise", "1", Otherwise("dot", lambda *args, **kwargs: cumsum(*args, **kwargs)))
    kinds = {one.check: one for one in Board(TORCH, subject).errors(ENTRIES["dot"])}
    assert not kinds[ERROR_TEXT].passed


def test_what_is_absent_is_unsupported():
    found = Board(TORCH, Subject("without", "1", Without())).score(
        ENTRIES["cosh"], BY_NAME["value"], "float64"
    )
    assert found.unsupported == "cosh"
    assert not found.passed


class Without:
    """torch without cosh."""

    __name__ = "without"

    def __getattr__(self, name):
        if name == "cosh":
            raise AttributeError("no cosh", name=name, obj=torch)
        return getattr(torch, name)


def test_other_dtypes_take_the_samples_of_the_widest():
    programs = list(BY_NAME["gradient"].of(ENTRIES["mul"], "float16"))
    literals = [one for program in programs for one in program.statements if isinstance(one, TensorLiteral)]
    assert programs
    assert {one.dtype for one in literals} == {"float16"}
    assert all(any(isinstance(one, Grad) for one in program.statements) for program in programs)


def test_programs_have_names_to_be_replayed_by():
    for check in CHECKS:
        for program in check.of(ENTRIES["cumsum"], "float64"):
            assert program_named(program.name) == program
    assert program_named("op:dot-error-any-0") is not None
    assert program_named("op:cumsum-gradient-float64-999") is None
    assert program_named("op:") is None


def test_what_is_behind_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "behind.txt"
    bad = [Score("a", "value", "float64", differ=1), Score("a", "graph", "float64", 1, 1)]
    assert write_behind([*bad, Score("b", "value", "any", 1)], path) == 2
    assert read_behind(path) == {("a", "value", "float64"), ("a", "graph", "float64")}


def test_an_entry_passes_a_check_when_it_does_in_all_its_dtypes():
    scores = [
        Score("a", "value", "float64", 1),
        Score("a", "value", "float32", 1, 1),
        Score("b", "value", "any", 3),
    ]
    assert by_check(scores)["value"] == (1, 2)
    assert by_check(scores, "float64")["value"] == (2, 2)


@pytest.mark.parametrize(
    "content", [b"", b"no xz", lzma.compress(b"{}\n"), lzma.compress(b'{"format": 1}\n[]\n')]
)
def test_a_broken_table_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "table.xz"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"table\.xz"):
        read_table(path)


def test_sizes_grow_together():
    assert larger((2, 1, 3), 100) == (20, 1, 30)
    assert larger((), 100) == ()


def test_the_noise_is_torch_beside_itself_every_other_round():
    assert pace.noise([100, 110, 100, 110]) == pytest.approx(1 / 11)
    assert pace.noise([100]) is None


def test_an_op_is_timed_beside_torch(monkeypatch):
    monkeypatch.setattr(pace, "ELEMENTS", 1000)

    def cosh(x):
        time.sleep(0.005)
        return torch.cosh(x)

    found = pace.pace(ENTRIES["cosh"], torch, Otherwise("cosh", cosh))
    assert found.ratio > 1
    assert found.record()["family"] == "pointwise"
    assert found.record()["noise"] >= 0
    assert "cosh" in pace.table([Pace("cosh", 10, 900.0, 100.0)])
    assert pace.pace(ENTRIES["cosh"], torch, Without()) is None
    assert pace.pace(ENTRIES["ceil"], torch, torch) is not None
    assert pace.pace(ENTRIES["eq"], torch, torch) is None
