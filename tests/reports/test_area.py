"""Agreement by area: of what is observed, of what programs are about, and of the Variable era."""

import pytest

from reports.area import AREAS
from reports.folder import read_folder
from reports.report import make_report

GRAD = "mul|grad|value|float32"


@pytest.fixture
def areas_of(report_of):
    """Areas by name: programs, and of them those that agree, differ and are accepted."""

    def made(*records):
        areas = report_of(*records).areas
        return {one.name: (one.programs, one.agree, one.differ, one.accepted) for one in areas}

    return made


def test_every_area_is_there_in_its_order(areas_of, program):
    found = areas_of(program("a", kinds={}))
    assert list(found) == list(AREAS)
    assert set(found.values()) == {(0, 0, 0, 0)}


def test_programs_count_in_the_areas_that_they_are_about(areas_of, program, differing):
    parted, difference = differing("b", GRAD)
    accepted, another = differing("c", "exp|graph|name|float32", accepted="rounding")
    hooks = {"areas": ["hooks", "hooks"]}
    found = areas_of(
        program("a", areas=["hooks", "second order"]),
        parted | hooks,
        difference,
        accepted | hooks,
        another,
        program("d", status="crash", areas=["hooks"]),
        program("e", status="unsupported", unsupported="x", areas=["hooks"]),
    )
    assert found["hooks"] == (3, 1, 1, 1)
    assert found["second order"] == (1, 1, 0, 0)
    assert found["forward mode"] == (0, 0, 0, 0)


def test_programs_count_in_the_areas_that_are_observed_of_them(areas_of, program, differing):
    found = areas_of(
        program("a", kinds={"value": 3, "graph": 1}),
        *differing("b", GRAD),
        *differing("c", "exp|saved|result|float32", accepted="rounding"),
    )
    assert found["values"] == (3, 3, 0, 0)  # as far as they went
    assert found["gradients"] == (2, 1, 1, 0)
    assert found["grad_fn chains"] == (2, 1, 0, 1)
    assert found["errors"] == (0, 0, 0, 0)


def test_programs_that_only_a_batch_tells_of_agree(areas_of):
    batch = {
        "record": "batch", "origin": "generated", "first": 0, "count": 10, "agree": 9, "statements": 9,
        "rounded": 0, "arbitrated": 0, "kinds": {"graph": [5, 50], "saved": [4, 90], "warning": [9, 9]},
        "ops": {}, "areas": {"forward mode": 2, "dreams": 1},
    }  # fmt: skip
    found = areas_of(batch)
    assert found["grad_fn chains"] == (5, 5, 0, 0)
    assert found["warnings"] == (9, 9, 0, 0)
    assert found["forward mode"] == (2, 2, 0, 0)
    assert found["dreams"] == (1, 1, 0, 0)


def test_the_variable_era_counts_idioms(sample):
    report = make_report(read_folder(sample))
    (era,) = [one for one in report.areas if one.name == "Variable era"]
    assert (era.programs, era.agree, era.differ) == (4, 3, 1)
