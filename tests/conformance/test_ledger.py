"""The ledger tells of each signature which run saw it first and last, and whether it is new, known or fixed."""

import json
from collections import Counter
from pathlib import Path

import pytest

from conformance import cli
from conformance.known import KNOWN, Known, read_known
from conformance.ledger import Seen, State, ledger, run_folders, unmatched
from conformance.records import RunError

PAIR = ("mine", "torch")


def run(name: str, *signatures: str, pair=PAIR, whole=True, accepted=()) -> Seen:
    return Seen(name, f"2026-01-{name}", pair, whole, Counter(signatures), frozenset(accepted))


def known(*signatures: str) -> list[Known]:
    return [Known(one, "reason", Path("x.json")) for one in signatures]


def test_first_and_last_run_and_the_programs_of_each():
    (one, other) = ledger([run("02", "a", "a", "b"), run("01", "a"), run("03", "b")])
    assert (one.signature, one.first, one.last, one.programs) == ("a", "01", "02", {"01": 1, "02": 2})
    assert (one.state, other.state) == (State.FIXED, State.NEW)
    assert one.record()["state"] == "fixed"


def test_what_is_accepted_is_known():
    entries = ledger([run("01", "a", "b", "c", accepted=["b"]), run("02")], known("a"))
    assert [entry.state for entry in entries] == [State.KNOWN, State.KNOWN, State.FIXED]


def test_a_run_that_was_cut_off_fixes_nothing():
    (entry,) = ledger([run("01", "a"), run("02", whole=False)])
    assert entry.state is State.NEW


def test_runs_of_other_libraries_fix_nothing():
    entries = ledger(
        [run("01", "a"), run("02", "a", pair=("other", "torch")), run("03", pair=("other", "torch"))]
    )
    assert [(entry.pair[0], entry.state) for entry in entries] == [
        ("mine", State.NEW),
        ("other", State.FIXED),
    ]


def test_two_runs_of_one_name_are_an_error():
    with pytest.raises(RunError, match="01: 2 runs have this name"):
        ledger([run("01"), run("01")])


def test_an_accepted_difference_that_no_run_has_seen():
    assert [one.signature for one in unmatched(ledger([run("01", "a")]), known("a", "b"))] == ["b"]


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of two runs; the first saw two signatures, the second one."""
    side = {"name": "mine", "version": "1"}
    for name, signatures in (
        ("one", ["a|value|value|float", "b|error|raised|none"]),
        ("two", ["b|error|raised|none"]),
    ):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        header = {
            "format": 2, "status": "complete", "subject": side, "reference": side, "seed": 0, "programs": 9,
            "controls": {"agree": [1, 1], "differ": [1, 1]}, "rate": None, "absent": [], "started": f"2026-{name}",
        }  # fmt: skip
        (folder / "run.json").write_text(json.dumps(header))
        told = {"record": "program", "origin": "generated", "status": "differ", "kinds": {}}
        lines = [
            json.dumps({**told, "id": f"g-0-{at}", "signature": one}) for at, one in enumerate(signatures)
        ]
        (folder / "records.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path / "runs"


def test_the_command_prints_a_table_and_writes_the_entries(runs, tmp_path, capsys):
    out = tmp_path / "ledger.jsonl"
    assert cli.main(["ledger", str(runs), "--json", str(out)]) == 1
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["fixed", "a|value|value|float", "one", "one", "1"] in rows
    assert ["new", "b|error|raised|none", "one", "two", "1", "1"] in rows
    assert [json.loads(line)["state"] for line in out.read_text().splitlines()] == ["fixed", "new"]


def test_strict_fails_for_what_no_run_has_seen(runs, tmp_path, capsys):
    accepted = tmp_path / "known.toml"
    entry = '[[difference]]\nsignature = "{}"\nreason = "so it is"\nprogram = "x.json"\n'
    accepted.write_text(entry.format("b|error|raised|none"))
    given = ["ledger", str(runs), "--strict", "--known", str(accepted)]
    assert cli.main(given) == 0
    accepted.write_text(accepted.read_text() + entry.format("c|error|raised|none"))
    assert cli.main(given[:2] + given[3:]) == 0
    capsys.readouterr()
    assert cli.main(given) == 1
    assert capsys.readouterr().err == f"conformance: {accepted}: no run has seen c|error|raised|none\n"


def test_a_folder_of_runs_stands_for_them(runs):
    assert run_folders([runs, runs / "one"]) == [runs / "one", runs / "two"]
    assert run_folders([runs / "three"]) == [runs / "three"]


def test_every_accepted_difference_has_a_witness():
    assert all(one.program.is_file() for one in read_known(KNOWN))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("difference = 3", "holds differences and nothing else"),
        ("[difference]\nsignature = 'a'", "holds differences and nothing else"),
        ("[[differences]]", "holds differences and nothing else"),
        ("[[difference]]\nsignature = 'a'", "difference 0: needs signature, reason and program"),
        ("difference = [1]", "difference 0: needs signature, reason and program"),
        (
            "[[difference]]\nsignature = 1\nreason = 'a'\nprogram = 'a.json'",
            "difference 0: signature, reason and",
        ),
        (
            "[[difference]]\nsignature = 'a'\nreason = 'a'\nprogram = '../a.json'",
            "'../a.json' is no file beside",
        ),
        (
            "[[difference]]\nsignature = 'a'\nreason = 'a'\nprogram = '/etc/a.json'",
            "'/etc/a.json' is no file beside",
        ),
        ("a = " + "[" * 5000, ""),
    ],
)
def test_a_malformed_file_of_accepted_differences(runs, tmp_path, capsys, text, problem):
    path = tmp_path / "known.toml"
    path.write_text(text)
    assert cli.main(["ledger", str(runs), "--known", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"conformance: {path}: ")
    assert problem in line
