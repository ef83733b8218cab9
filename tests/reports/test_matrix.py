"""Entries by check and dtype: each state has its sign at the place of its dtype."""

import pytest

from reports.matrix import make_matrix, state_of
from reports.record import OpScore


def score(entry="abs", check="value", dtype="float32", agree=1, differ=0, silent=0, **more):
    return OpScore(
        entry, "pointwise", check, dtype, agree, differ, silent, more.get("unsupported"),
        more.get("calls", (entry,)), more.get("signatures", {}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ({}, "agrees"),
        ({"differ": 1}, "differs"),
        ({"agree": 0, "silent": 2}, "silent"),
        ({"agree": 0}, ""),
        ({"agree": 0, "unsupported": "fft"}, "absent"),
    ],
)
def test_state(counts, state):
    assert state_of(score(**counts)) == state


def test_signs_stand_at_the_place_of_their_dtype():
    matrix = make_matrix(
        [
            score(dtype="float64"),
            score(dtype="int64", differ=1),
            score(dtype="complex64", agree=0, silent=1),
            score("exp", dtype="bool"),
            score("exp", "error type", "any"),
        ]
    )
    assert matrix.columns == {"value": ("bool", "int64", "float64", "complex64"), "error type": ("any",)}
    cell = matrix.cell(matrix.entries[0], "value")
    assert "".join(signs for _, signs in cell.runs) == " ✕✓·"
    assert (cell.state, cell.told) == ("differs", "differs in int64")
    assert matrix.cell(matrix.entries[0], "error type").told == "none"
    assert matrix.states == {"differs": 1, "absent": 0, "agrees": 1, "silent": 0}
    assert matrix.dtypes == ["bool", "int64", "float64", "complex64"]


def test_an_entry_names_its_own_call_last_and_its_ways_to_differ_once():
    (entry,) = make_matrix(
        [
            score(check="value", signatures={"abs|value|value|none": 2}, differ=2),
            score(check="spelling", calls=("Tensor.abs", "abs"), signatures={"abs|value|value|none": 1}),
            score(check="special", agree=0),
        ]
    ).entries
    assert entry.calls == ["Tensor.abs", "abs"]
    seen = entry.signatures["abs|value|value|none"]
    assert (seen.samples, seen.where) == (3, {"value": ["float32"], "spelling": ["float32"]})
    assert entry.checks == ["value", "spelling"]
    assert entry.state == "differs"


def test_an_entry_without_any_sample_is_silent():
    assert make_matrix([score(agree=0)]).entries[0].state == "silent"
