"""Records of what is measured apart from a campaign: read whole, refused where they cannot be, written as JSON."""

import json

import jsonschema
import pytest

from reports.document import document, schema
from reports.field import RecordError
from reports.folder import read_folder
from tests.reports import run_sample

SCORE = {**run_sample.OP_SCORES[0], "dtype": "float32", "errors": run_sample.ERRORS}


def changed(record, path, value):
    """A copy of a record with one field replaced, or left out."""
    record = json.loads(json.dumps(record))
    part = record
    for step in path[:-1]:
        part = part[step]
    if value is None:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return record


def test_every_sort_is_read(write_run, program):
    folder = read_folder(write_run(program(), SCORE, *run_sample.MEASURES))
    assert folder.scores[0].errors.elements == 100
    assert folder.samples[0].graphs.got.nodes[1].differs
    (sweep,) = folder.sweeps
    assert (sweep.op, sweep.crossover, sweep.detail) == ("mul", 1_000_000, None)
    assert [point.subject_bytes for point in sweep.points] == [None, None, 4_000_000]
    assert [mutant.caught for mutant in folder.mutants] == [True, False]
    (drift,) = folder.drifts
    assert (drift.changes[0].was, drift.changes[0].now) == ("SumBackward0", "SumBackward1")


def test_what_older_runs_lack_is_none(write_run, program):
    sample = {**run_sample.SAMPLE, "graphs": None}
    pace = changed(run_sample.PACES[0], ["noise"], None)
    folder = read_folder(write_run(program(), run_sample.OP_SCORES[0], sample, pace))
    assert (folder.scores[0].errors, folder.samples[0].graphs, folder.paces[0].noise) == (None, None, None)
    assert (folder.sweeps, folder.mutants, folder.drifts) == ([], [], [])


@pytest.mark.parametrize(
    ("record", "path", "value", "cause"),
    [
        (SCORE, ["errors", "subject"], None, "field 'subject' is missing"),
        (SCORE, ["errors", "subject"], {"3": 100}, "'3' is no upper end of a bin"),
        (SCORE, ["errors", "subject"], {"2": 7}, "both sides must have the same number of elements"),
        (SCORE, ["errors", "reference"], {"2": -1}, "an object of whole numbers"),
        (run_sample.SAMPLE, ["listing"], 3, "field 'listing' must be a text"),
        (run_sample.SAMPLE, ["graphs", "got"], None, "field 'got' is missing"),
        (run_sample.SAMPLE, ["graphs", "got", "nodes", 0, "kind"], "<b>", "field 'kind' must be one of"),
        (run_sample.PACES[0], ["noise"], -1, "field 'noise' must be a number >= 0"),
        (run_sample.SWEEP, ["points", 1, "elements"], 1, "points whose elements grow"),
        (run_sample.SWEEP, ["points", 0, "ratio"], "1", "points 0: field 'ratio' must be a number >= 0"),
        (run_sample.SWEEP, ["points", 0, "subject_bytes"], 0.5, "a whole number >= 0"),
        (run_sample.SWEEP, ["crossover"], 7, "the elements of one of the points"),
        (run_sample.MUTANTS[0], ["family"], None, "field 'family' is missing"),
        (run_sample.MUTANTS[0], ["programs"], "8", "field 'programs' must be a whole number"),
        (run_sample.DRIFT, ["statuses"], {"fine": 40}, "field 'statuses' must be counts by agree"),
        (run_sample.DRIFT, ["programs"], 41, "field 'programs' must be the sum of the statuses"),
        (run_sample.DRIFT, ["changes", 0, "is"], None, "changes 0: field 'is' is missing"),
    ],
)
def test_a_wrong_field_is_named(write_run, program, record, path, value, cause):
    with pytest.raises(RecordError) as failure:
        read_folder(write_run(program(), changed(record, path, value)))
    assert f"records.jsonl:2: {record['record']} record: " in str(failure.value)
    assert cause in str(failure.value)


def test_the_document_has_them_by_its_schema(report_of, program):
    data = json.loads(json.dumps(document(report_of(program(), SCORE, *run_sample.MEASURES))))
    jsonschema.Draft202012Validator(schema()).validate(data)
    assert data["errors"] == [
        {"entry": "linalg.det", "check": "value", "dtype": "float32", **run_sample.ERRORS}
    ]
    assert data["sweeps"][0]["crossover"] == 1_000_000
    assert [mutant["caught"] for mutant in data["mutants"]] == [True, False]
    assert data["drifts"][0]["changes"][0]["now"] == "SumBackward1"
