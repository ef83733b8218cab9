"""A campaign's records, its exit status, and what it trusts."""

import json
from collections import Counter

import pytest

from conformance import cli, known
from conformance.campaign import Options, Plan, Run, controls, run, worker
from conformance.known import Known, read_known
from conformance.leftover import leaked_state
from conformance.lockstep import Lockstep
from conformance.mutants import MUTANTS
from conformance.observation import Observation
from conformance.program import write_program
from conformance.records import RunError, read_header, read_records
from conformance.statements import ProgramError
from conformance.subjects import SubjectError, load_subject

TORCH = load_subject("torch")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Few controls, an empty corpus and no suites, so that a run is over soon."""
    monkeypatch.setattr(controls, "CONTROLS", 2)
    monkeypatch.setattr(run, "SUITES", ())
    monkeypatch.setattr(run, "read_corpus", list)
    worker.worker.cache_clear()


def carried_out(tmp_path, subject="torch", **options):
    """The folder of a run, in this process."""
    plan = Plan(subject, "torch", **options)
    one = Run.start(plan, Options(tmp_path, executor="here"))
    for _ in one.steps():
        pass
    return one.writer.folder


def test_torch_beside_torch_agrees(tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(controls, "CONTROLS", 5)
    arguments = ["run", "--subject", "torch", "--programs", "20", "--rounds", "0", "--runs", str(tmp_path)]
    assert cli.main(arguments) == 0
    (folder,) = tmp_path.iterdir()
    header = read_header(folder)
    assert header["status"] == "complete"
    assert header["controls"] == {"agree": [10, 10], "differ": [2 * len(MUTANTS), 2 * len(MUTANTS)]}
    assert header["absent"] == []
    assert header["rate"] > 0
    records = list(read_records(folder))
    (batch,) = [record for record in records if record.get("origin") == "generated"]
    assert (batch["count"], batch["agree"]) == (20, 20)
    always = "value dtype shape stride alias version leaf requires_grad error warning process"
    assert all(batch["kinds"][kind][1] == 20 for kind in always.split())
    assert {"claim", "idiom", "coverage"} <= {record["record"] for record in records}
    assert cli.main(["show", str(folder)]) == 0


def test_every_kind_of_observation_is_counted():
    lockstep = Lockstep(TORCH, TORCH)
    counted = sum((lockstep.run(mutant.program()).counts for mutant in MUTANTS), Counter())
    assert set(counted) == set(Observation)


def test_a_faulty_library_differs_with_a_reduced_program_and_a_script(tmp_path):
    arguments = ["run", "--subject", "tests.conformance.faulty", "--programs", "150", "--reduce", "20"]
    assert cli.main([*arguments, "--rounds", "0", "--runs", str(tmp_path)]) == 1
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
    monkeypatch.setattr(controls, "MUTANTS", (blind,))
    assert read_header(carried_out(tmp_path, programs=2))["status"] == "invalid"


def test_a_run_that_did_not_end_is_incomplete(tmp_path):
    one = Run.start(Plan("torch", "torch", programs=2), Options(tmp_path, executor="here"))
    next(iter(one.steps()))
    one.writer.close()
    assert read_header(one.writer.folder)["status"] == "incomplete"


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


def test_records_are_json_lines(tmp_path):
    for line in (carried_out(tmp_path, programs=3) / "records.jsonl").read_text().splitlines():
        assert json.loads(line)["record"] in ("batch", "coverage")


def test_a_program_that_cannot_be_drawn_costs_itself_only(tmp_path, monkeypatch):
    def program(generator, seed, index):
        if index == 2:
            raise KeyError("complex32")
        return drawn(generator, seed, index)

    drawn = worker.Generator.program
    monkeypatch.setattr(worker.Generator, "program", program)
    records = list(read_records(carried_out(tmp_path, seed=1, programs=5)))
    assert [record["record"] for record in records] == ["program", "batch", "coverage"]
    assert (records[0]["status"], records[0]["error"]) == ("crash", "not drawn: KeyError: 'complex32'")
    assert (records[1]["count"], records[1]["agree"]) == (5, 4)
