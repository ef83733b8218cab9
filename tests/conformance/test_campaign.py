"""A campaign's records, its exit status, and what it trusts."""

import json
from collections import Counter

import pytest

from conformance import campaign, cli, known
from conformance.campaign import Campaign, Run
from conformance.known import Known, read_known
from conformance.lockstep import Lockstep
from conformance.mutants import MUTANTS
from conformance.observation import Observation
from conformance.program import write_program
from conformance.records import RunError, read_header, read_records
from conformance.statements import ProgramError
from conformance.subjects import SubjectError, leaked_state, load_subject

TORCH = load_subject("torch")


def test_torch_beside_torch_agrees(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "CONTROLS", 5)
    status = cli.main(
        ["run", "--subject", "torch", "--programs", "20", "--rounds", "0", "--runs", str(tmp_path)]
    )
    assert status == 0
    (folder,) = tmp_path.iterdir()
    header = read_header(folder)
    assert header["status"] == "complete"
    assert header["controls"] == {"agree": [5, 5], "differ": [len(MUTANTS), len(MUTANTS)]}
    assert header["absent"] == []
    assert header["rate"] > 0
    records = list(read_records(folder))
    programs = [record for record in records if record["record"] == "program"]
    assert {record["status"] for record in programs if record["origin"] == "generated"} == {"agree"}
    assert sum(record["origin"] == "generated" for record in programs) == 20
    always = (
        "value",
        "dtype",
        "shape",
        "stride",
        "alias",
        "version",
        "leaf",
        "requires_grad",
        "error",
        "warning",
    )
    assert all(record["kinds"][kind] > 0 for record in programs for kind in always)
    assert {"claim", "idiom"} <= {record["record"] for record in records}
    assert cli.main(["show", str(folder)]) == 0


def test_every_kind_of_observation_is_counted():
    lockstep = Lockstep(TORCH, TORCH)
    counted = sum((lockstep.run(mutant.program()).counts for mutant in MUTANTS), Counter())
    assert set(counted) == set(Observation)


def test_a_faulty_library_differs_with_a_reduced_program_and_a_script(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "CONTROLS", 2)
    monkeypatch.setattr(campaign, "SUITES", ())
    arguments = [
        "run",
        "--subject",
        "tests.conformance.faulty",
        "--programs",
        "150",
        "--reduce",
        "20",
        "--rounds",
        "0",
    ]
    assert cli.main([*arguments, "--runs", str(tmp_path)]) == 1
    (folder,) = tmp_path.iterdir()
    found = [record for record in read_records(folder) if record["record"] == "difference"]
    assert found
    signatures = [record["signature"] for record in found]
    assert len(set(signatures)) == len(signatures)
    assert any(record["script"] for record in found)
    assert all("torch." in record["listing"] for record in found)
    assert all(record["reduced"]["statements"] for record in found)
    assert cli.main(["show", str(folder)]) == 1


def test_a_run_whose_controls_fail_is_invalid(tmp_path, monkeypatch):
    blind = MUTANTS[0].__class__(
        "nothing", MUTANTS[0].kind, lambda name, f, a, k: f(*a, **k), MUTANTS[0].statements
    )
    monkeypatch.setattr(campaign, "CONTROLS", 2)
    monkeypatch.setattr(campaign, "MUTANTS", (blind,))
    run = Run.start(Campaign(TORCH, TORCH, programs=2, runs=tmp_path))
    for _ in run.steps():
        pass
    assert not run.trusted
    assert read_header(run.writer.folder)["status"] == "invalid"


def test_an_interrupted_run_stays_incomplete(tmp_path):
    run = Run.start(Campaign(TORCH, TORCH, programs=2, runs=tmp_path))
    next(iter(run.steps()))
    run.writer.close()
    assert read_header(run.writer.folder)["status"] == "incomplete"


def test_a_torn_last_line_is_passed_over_and_another_is_not(tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_text('{"record": "timing", "program": "a"}\n{"rec')
    assert list(read_records(tmp_path)) == [{"record": "timing", "program": "a"}]
    path.write_text('{"rec\n{"record": "timing", "program": "a"}\n')
    with pytest.raises(RunError, match=r"records\.jsonl:1: not JSON"):
        list(read_records(tmp_path))


@pytest.fixture
def witness(tmp_path):
    mutant = MUTANTS[0]
    path = tmp_path / "witness.json"
    write_program(mutant.program(), path)
    return mutant, path


def test_a_witness_that_still_differs_is_no_problem(witness):
    mutant, path = witness
    accepted = Known("backward|grad|value|float", "on purpose", path)
    assert accepted.problem(TORCH, mutant.subject()) is None


def test_a_witness_that_no_longer_differs_is_a_problem(witness):
    accepted = Known("backward|grad|value|float", "on purpose", witness[1])
    assert "no longer differs" in accepted.problem(TORCH, TORCH)


def test_a_witness_that_differs_otherwise_is_a_problem(witness):
    mutant, path = witness
    accepted = Known("exp|value|value|float", "on purpose", path)
    assert "differs as 'backward|grad|value|float'" in accepted.problem(TORCH, mutant.subject())


def test_an_entry_without_a_reason_is_refused(tmp_path):
    path = tmp_path / "known.toml"
    path.write_text('[[difference]]\nsignature = "a|b|c|d"\nprogram = "x.json"\n')
    with pytest.raises(ProgramError, match="difference 0: needs signature, reason and program"):
        read_known(path)
    path.write_text("[[")
    with pytest.raises(ProgramError, match=r"known\.toml"):
        read_known(path)


def test_replay_says_where_the_sides_part(tmp_path, capsys):
    mutant = next(one for one in MUTANTS if one.name == "a wrong value")
    path = tmp_path / "program.json"
    write_program(mutant.program(), path)
    assert cli.main(["replay", str(path), "--subject", "torch", "--trace"]) == 0
    shown = capsys.readouterr().out
    assert "SinBackward0" in shown
    assert "agree" in shown
    assert cli.main(["replay", str(path), "--subject", "tests.conformance.faulty"]) in (0, 1)


def test_a_module_without_tensors_is_no_subject():
    with pytest.raises(SubjectError, match="'json' is no subject: it has no 'tensor'"):
        load_subject("json")


def test_leaked_state_is_named():
    assert leaked_state(TORCH) is None
    with TORCH.module.no_grad():
        assert leaked_state(TORCH) == "grad mode is off"
    with TORCH.module.inference_mode():
        assert leaked_state(TORCH) is not None


def test_known_differences_are_read():
    assert all(
        one.program.parent == known.FOLDER / "accepted" and one.program.exists() for one in read_known()
    )


def test_records_are_json_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "CONTROLS", 1)
    run = Run.start(Campaign(TORCH, TORCH, programs=3, runs=tmp_path))
    for _ in run.steps():
        pass
    for line in (run.writer.folder / "records.jsonl").read_text().splitlines():
        assert json.loads(line)["record"] in ("program", "claim", "idiom", "difference", "coverage")


def test_a_program_that_cannot_be_drawn_costs_itself_only(tmp_path, monkeypatch):
    def program(generator, seed, index):
        if index == 2:
            raise KeyError("complex32")
        return drawn(generator, seed, index)

    drawn = campaign.Generator.program
    monkeypatch.setattr(campaign, "CONTROLS", 1)
    monkeypatch.setattr(campaign.Generator, "program", program)
    monkeypatch.setattr(campaign, "SUITES", ())
    run = Run.start(Campaign(TORCH, TORCH, programs=5, runs=tmp_path))
    for _ in run.steps():
        pass
    (folder,) = tmp_path.iterdir()
    records = [record for record in read_records(folder) if record.get("origin") == "generated"]
    assert [record["status"] for record in records] == ["agree", "agree", "crash", "agree", "agree"]
    assert records[2]["error"] == "not drawn: KeyError: 'complex32'"
