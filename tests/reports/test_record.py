import json

import pytest

from reports.field import RecordError, decode
from reports.folder import read_folder
from tests.reports import run_sample


def append(folder, text):
    with (folder / "records.jsonl").open("ab") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return folder


def test_reads_every_record(sample):
    folder = read_folder(sample)
    assert folder.torn == 0
    assert len(folder.programs) + sum(batch.agree for batch in folder.batches) == 309
    assert len(folder.claims) == len(run_sample.CLAIMS)
    assert [one.written for one in folder.idioms] == [row[2] for row in run_sample.IDIOMS]
    assert len(folder.timings) == len(run_sample.TIMINGS)
    assert {one.signature for one in folder.differences} == {row[0] for row in run_sample.DIFFERENCES}
    assert folder.run.agree.run == 200
    assert folder.run.environment["threads"] == "1"


def test_a_torn_last_line_is_skipped_and_counted(write_run, program):
    folder = read_folder(append(write_run(program("a")), '{"record": "program", "id": "b'))
    assert (len(folder.programs), folder.torn) == (1, 1)


def test_a_last_line_cut_inside_a_character_is_torn(write_run, program):
    folder = read_folder(append(write_run(program("a")), b'{"record": "program", "id": "\xc3'))
    assert folder.torn == 1


def test_a_whole_last_line_that_only_lacks_its_newline_is_read(write_run, program):
    folder = read_folder(append(write_run(program("a")), json.dumps(program("b"))))
    assert ([one.id for one in folder.programs], folder.torn) == (["a", "b"], 0)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('{"record": "program", "id": "b\n', "not JSON"),
        ("\n", "not JSON"),
        ("[1]\n", "must be a JSON object, not [1]"),
        ('{"id": "b"}\n', "field 'record' is missing"),
        (
            '{"record": "gossip"}\n',
            "unknown record kind 'gossip'; known: program, batch, difference, claim, idiom, timing",
        ),
        ('{"record": "program", "id": 3}\n', "program record: field 'id' must be a text, not 3"),
        ('{"record": "timing", "ratio": NaN}\n', "NaN is no JSON number"),
        (b'{"record": "\xff"}\n', "not JSON"),
        ("[" * 100_000 + "\n", "nested too deeply"),
    ],
)
def test_any_other_malformed_line_is_named(write_run, program, line, cause):
    folder = append(append(write_run(program("a")), line), json.dumps(program("z")) + "\n")
    with pytest.raises(RecordError) as failure:
        read_folder(folder)
    assert str(failure.value).startswith(f"{folder / 'records.jsonl'}:2: ")
    assert cause in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        (
            {"status": "fine"},
            "field 'status' must be one of agree, differ, accepted, crash, unsupported, not \"fine\"",
        ),
        ({"statements": -1}, "field 'statements' must be a whole number >= 0, not -1"),
        ({"statements": True}, "field 'statements' must be a whole number >= 0, not true"),
        ({"ops": ["mul", 1]}, "field 'ops' must be a list of texts"),
        ({"kinds": {"value": "2"}}, "field 'kinds' must be an object of whole numbers >= 0"),
        ({"signature": 1}, "field 'signature' must be a text, not 1"),
    ],
)
def test_a_wrong_field_is_named(write_run, program, changes, cause):
    with pytest.raises(RecordError, match=":1: program record: ") as failure:
        read_folder(write_run(program(**changes)))
    assert cause in str(failure.value)


@pytest.mark.parametrize("field", ["id", "origin", "status", "statements", "completed", "ops", "kinds"])
def test_a_missing_field_is_named(write_run, program, field):
    record = program()
    del record[field]
    with pytest.raises(RecordError, match=f":1: program record: field '{field}' is missing$"):
        read_folder(write_run(record))


def test_unknown_fields_are_tolerated(write_run, program):
    assert read_folder(write_run(program(mood="good"), weather="rain")).programs[0].id == "g-1"


def test_a_program_recorded_twice_is_refused(write_run, program):
    with pytest.raises(RecordError, match=r"records.jsonl: program 'g-1' is recorded twice"):
        read_folder(write_run(program(), program()))


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ({"format": 1}, "run.json: field 'format' must be 2, the format that these reports read, not 1"),
        ({"started": "yesterday"}, "field 'started' must be an ISO 8601 date and time"),
        ({"controls": {"agree": [3, 2], "differ": [1, 1]}}, r"'agree' must be [passed, run] with passed"),
        ({"controls": {"agree": [2, 2]}}, "controls: field 'differ' is missing"),
        ({"subject": "mini"}, "field 'subject' must be a JSON object"),
    ],
)
def test_a_wrong_header_is_named(write_run, header, cause):
    with pytest.raises(RecordError) as failure:
        read_folder(write_run(**header))
    assert cause in str(failure.value)


@pytest.mark.parametrize("name", ["run.json", "records.jsonl"])
def test_a_missing_file_is_named(write_run, name):
    folder = write_run()
    (folder / name).unlink()
    with pytest.raises(RecordError, match=f"{name}: cannot be read: No such file"):
        read_folder(folder)


def test_a_timing_without_phases_says_why(write_run):
    row = run_sample.timing("mul", "a*b", 1, 2, 0.1, None)
    untimed = row | {"status": "absent", "detail": "no mul", "forward_backward": None, "forward": None}
    (timing,) = read_folder(write_run(untimed)).timings
    assert (timing.status, timing.detail, timing.phases) == ("absent", "no mul", ())
    with pytest.raises(RecordError, match="field 'forward_backward' must be a JSON object, not null"):
        read_folder(write_run(untimed | {"status": "timed"}))


def test_claims_and_timings_may_lie_in_files_of_their_own(write_run, program):
    folder = write_run(program())
    claim = run_sample.claim("leaf", "grad", "x", "holds", "the same", True)
    (folder / "claims.jsonl").write_text(json.dumps(claim) + "\n", "utf-8")
    (folder / "timings.jsonl").write_text('{"record": "timing", "pro', "utf-8")
    read = read_folder(folder)
    assert ([one.id for one in read.claims], read.torn) == (["leaf"], 1)
    (folder / "timings.jsonl").write_text('{"record": "gossip"}\n', "utf-8")
    with pytest.raises(RecordError, match=r"timings.jsonl:1: unknown record kind"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"[" * 70 + b"]" * 70, "nested too deeply"),
        (b'"\\ud800"', "not JSON: 'utf-8' codec can't encode"),
        (b"9" * 5000, "not JSON: Exceeds the limit"),
    ],
)
def test_hostile_data_is_refused(text, cause):
    with pytest.raises(RecordError, match=cause):
        decode(text, "here")


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_number_that_nothing_counts_to_is_refused(write_run, program, value):
    with pytest.raises(RecordError, match="field 'arbitrated' must be a whole number >= 0"):
        read_folder(write_run(program(arbitrated=value)))
    with pytest.raises(RecordError, match="field 'rate' must be a number >= 0"):
        read_folder(write_run(program(), rate=value))


@pytest.mark.parametrize(
    "text", ['["]",' * 70 + "1" + "]" * 70, '{"[": ' * 70 + "1" + "}" * 70, r'["\"[]",' * 70 + "1" + "]" * 70]
)
def test_brackets_in_texts_hide_no_depth(text):
    with pytest.raises(RecordError, match="nested too deeply"):
        decode(text.encode(), "here")


@pytest.mark.parametrize("deep", [1, 62])
def test_what_is_nested_less_is_read(deep):
    texts = ["[" * deep + "]" * deep, '{"a": ' * deep + '["[{", "\\\\", "\\"]"]' + "}" * deep]
    assert [type(decode(text.encode(), "here")) for text in texts] == [list, dict]
