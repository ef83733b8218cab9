import json

import jsonschema
import pytest

from reports.document import document, schema
from reports.folder import read_folder
from reports.report import make_report


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_follows_its_schema(sample, validator):
    report = make_report(read_folder(sample))
    data = json.loads(json.dumps(document(report), allow_nan=False))
    validator.validate(data)
    assert data["totals"]["share"] == report.totals.agree / 309
    assert {one["signature"] for one in data["signatures"] if one["absent"]} == {
        "kthvalue|error|type|float32", "fft.rfft|error|type|float32",
    }  # fmt: skip


def test_publishes_no_share_of_a_broken_run(report_of, program, validator):
    broken = document(report_of(program(), status="invalid"))
    validator.validate(broken)
    assert broken["totals"]["share"] is None
    assert {row["share"] for part in ("areas", "origins", "kinds", "ops") for row in broken[part]} == {None}


@pytest.mark.parametrize(
    ("where", "wrong"),
    [(("totals", "share"), 0.5), (("totals", "agree"), -1), (("verdict", "problems"), []), (("format",), 2)],
)
def test_the_schema_refuses(report_of, program, validator, where, wrong):
    data = document(report_of(program(), status="invalid"))
    *path, last = where
    part = data
    for name in path:
        part = part[name]
    part[last] = wrong
    assert not validator.is_valid(data)


def test_an_op_absent_or_undecided_has_no_share(report_of, differing):
    records = differing(
        "a", "topk|error|type|x", "no exception", "NotImplementedError: topk", ops=["topk", "mul"]
    )
    shares = {op["op"]: op["share"] for op in document(report_of(*records))["ops"]}
    assert shares == {"topk": None, "mul": None}
