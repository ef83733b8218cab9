"""Traces and drawings of a difference are read whole, or the field is named that is not as it should be."""

import pytest

from reports.drawing import Line
from reports.field import RecordError
from reports.folder import read_folder
from reports.trace import Row

SIGNATURE = "mul|grad|value|float32"


@pytest.fixture
def read(write_run, differing):
    """The difference of a run, one of its fields changed by a function."""

    def made(change=lambda record: None):
        program, difference = differing("a", SIGNATURE, "1", "2")
        change(difference)
        (found,) = read_folder(write_run(program, difference)).differences
        return found

    return made


def test_steps_are_read(read):
    *_, last = read().steps
    assert last.code == ("x1 = torch.mul(x0)",)
    assert last.rows == (Row("~", "x1 = 1.25", "x1 = 1.2500001"), Row("≠", "1", "2"))


def test_graphs_are_read(read):
    graphs = read().graphs
    assert [box.title for box in graphs.got.nodes] == ["x1", "MulBackward0", "AccumulateGrad"]
    assert [box.kind for box in graphs.got.nodes] == ["output", "node", "leaf"]
    assert [box.differs for box in graphs.got.nodes] == [False, True, False]
    assert (graphs.expected.differs, graphs.got.width, graphs.got.nodes[0].lines) == (
        True,
        180,
        ("float32 [2]",),
    )
    assert graphs.got.edges[0] == Line(((90.0, 50.0), (90.0, 70.5)))


def test_a_difference_of_an_older_run_has_neither(read):
    found = read(lambda record: (record.pop("steps"), record.pop("graphs")))
    assert (found.steps, found.graphs) == ((), None)


def at(*path):
    """A function that puts a value at a place of a record."""

    def change(value):
        def put(record):
            *way, last = path
            for step in way:
                record = record[step]
            record[last] = value

        return put

    return change


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (at("steps")({}), "field 'steps' must be a list of JSON objects"),
        (at("steps")([1]), "field 'steps' must be a list of JSON objects"),
        (at("steps", 0, "code")("x"), "steps 0: field 'code' must be a list of texts"),
        (at("steps", 1, "rows")([["?", "1", "2"]]), r"steps 1: field 'rows' must be a list of \[mark, expected, got\]"),
        (at("steps", 1, "rows")([[" ", "1"]]), "rows"),
        (at("steps", 1, "rows")([[" ", "1", 2]]), "rows"),
        (at("graphs")([]), "field 'graphs' must be a JSON object"),
        (at("graphs")({"expected": {}}), "graphs: expected: field 'width' is missing"),
        (at("graphs", "got", "width")(1e999), "not JSON|field 'width' must be a length in pixels"),
        (at("graphs", "got", "nodes", 0, "x")(-1), "nodes 0: field 'x' must be a length in pixels"),
        (at("graphs", "got", "nodes", 0, "y")("1"), "nodes 0: field 'y' must be a length in pixels"),
        (at("graphs", "got", "nodes", 0, "kind")("script"), "field 'kind' must be one of node, leaf, output"),
        (at("graphs", "got", "nodes", 0, "differs")(1), "field 'differs' must be true or false"),
        (at("graphs", "got", "edges", 0, "points")([[1, 2, 3]]), r"edges 0: field 'points' must be a list of \[x, y\]"),
        (at("graphs", "got", "edges", 0, "points")([[1, True]]), "points"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_named(read, change, cause):
    with pytest.raises(RecordError, match=cause):
        read(change)


def test_more_programs_of_an_area_than_agree_are_refused(write_run):
    batch = {
        "record": "batch", "origin": "corpus", "first": 0, "count": 2, "agree": 1, "statements": 1, "rounded": 0,
        "arbitrated": 0, "kinds": {}, "ops": {}, "areas": {"hooks": 2},
    }  # fmt: skip
    with pytest.raises(RecordError, match="more programs agree than there are"):
        read_folder(write_run(batch))
