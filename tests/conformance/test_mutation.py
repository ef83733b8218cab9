"""A mutant is wrong inside its context and nowhere else, and a hunt says which were caught and which were not."""

import json
import subprocess
import sys

import pytest

import mini_autograd  # noqa: F401 -- the library that is in use
from conformance import cli
from conformance.mutation.edit import changed, edited
from conformance.mutation.hunt import Verdict
from conformance.mutation.message import reworded
from conformance.mutation.mutant import Family
from conformance.mutation.row_change import each, other_dim, with_fields, without
from conformance.mutation.score import missed, score


class Base:
    def value(self):
        return 1


class Derived(Base):
    def value(self):
        return super().value() + 1

    @property
    def twice(self):
        return 2 * self.value()


def said():
    """Words."""
    return RuntimeError("some words")


def test_an_edited_function_is_wrong_for_all_who_have_it_while_it_is():
    held = Derived.value
    with edited(Derived.value, "+ 1", "+ 5"):
        assert held(Derived()) == Derived().value() == 6
    assert held(Derived()) == Derived().value() == 2


def test_it_is_right_again_after_an_error():
    with pytest.raises(ZeroDivisionError), edited(Derived.value, "+ 1", "// 0"):
        Derived().value()
    assert Derived().value() == 2


def test_an_edited_function_lies_where_it_lay():
    code = changed(Derived.twice.fget, "2 *", "3 *")
    assert code.co_filename == __file__
    assert code.co_firstlineno == Derived.twice.fget.__code__.co_firstlineno + 1  # without its decorator


@pytest.mark.parametrize("text", ["+ 2", "value"])
def test_a_text_that_is_not_there_once_is_no_edit(text):
    with pytest.raises(LookupError, match="not once"), edited(Derived.value, text, ""):
        pass


def test_a_reworded_message_differs_in_one_letter():
    with reworded(said):
        assert str(said()) == "some wordt"
    assert str(said()) == "some words"
    assert said.__doc__ == "Words."


def test_fields_are_as_they_were():
    one = Derived()
    one.field = 1
    with with_fields([one], field=2):
        assert one.field == 2
    assert one.field == 1
    with without(Derived, "twice"):
        assert not hasattr(one, "twice")
    assert one.twice == 4


def test_none_is_no_gradient_to_change():
    assert each([1, None, (2,)], lambda one: -one) == [-1, None, (-2,)]


def test_another_dim():
    assert [other_dim(one) for one in (0, 1, -1, None, (1, 2))] == [-1, 0, 0, None, (0,)]


def verdict(name, by, programs=7):
    return Verdict(name, Family.HOOK, by, None, programs, 5)


def test_the_score_counts_what_a_program_could_tell(monkeypatch):
    monkeypatch.setattr("conformance.mutation.score.EQUIVALENT", {"same": "it is the same"})
    verdicts = [
        verdict("first", "mul|grad|value|float"),
        verdict("second", None, 2000),
        verdict("same", None),
    ]
    assert [one.mutant for one in missed(verdicts)] == ["second"]
    lines = score(verdicts).splitlines()
    assert lines[2].split() == [*Family.HOOK.split(), "2", "1", "50.0%", "7"]
    assert lines[-2:] == [
        "survived, 5 of 2,000 programs concerned: second",
        "equivalent: same: it is the same",
    ]


# What is put into a library is not put into the one that the other tests run on.
EACH = """
import builtins, dis
from conformance.mutation.library import load_plain, function_at
load_plain()
from conformance.mutation.collection import mutants
from conformance.mutation.edit import changed
from conformance.mutation.equivalent import EQUIVALENT
from conformance.mutation.survey import noted

print(len(mutants()))
with noted([place for mutant in mutants().values() for place in mutant.places], print):
    pass
for mutant in mutants().values():
    for _ in range(2):
        with mutant.put():
            pass
    given = getattr(mutant.put, "args", ())
    if len(given) == 3 and all(isinstance(one, str) for one in given):
        function = function_at(given[0])
        code = changed(function, *given[1:])
        parts = [(one.co_code, one.co_consts, one.co_names) for one in (code, function.__code__)]
        assert parts[0] != parts[1], mutant.name
        for step in dis.get_instructions(code):
            known = step.argval in function.__globals__ or hasattr(builtins, str(step.argval))
            assert step.opname != "LOAD_GLOBAL" or known, (mutant.name, step.argval)
for name in EQUIVALENT:
    assert name in mutants(), name
"""


def test_every_mutant_can_be_put_in():
    done = subprocess.run([sys.executable, "-c", EACH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 300


def test_a_hunt_tells_the_caught_from_the_others(tmp_path):
    wanted = {
        "mul.Tensor: gradient of another sign": True,
        "op.dispatch:execute_in_place counts no write": True,
        "autograd.decoration:_DecoratorContextManager.__call__ does not warn of classes": False,
    }
    path = tmp_path / "records.jsonl"
    only = [word for name in wanted for word in ("--only", name)]
    command = [sys.executable, "-m", "conformance", "mutants", *only, "--programs", "40", "--workers", "2"]
    done = subprocess.run([*command, "--json", str(path)], capture_output=True, text=True)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert {one["mutant"]: one["by"] is not None for one in records} == wanted
    assert {one["equivalent"] for one in records} == {None}
    assert all((one["program"] is None) == (one["by"] is None) for one in records)
    assert done.returncode == 1
    assert "66.7%" in done.stdout
    assert f"of 40 programs concerned: {next(reversed(wanted))}" in done.stdout


def test_a_library_that_is_in_use_is_left_alone(capsys):
    assert cli.main(["mutants", "--only", "mul.Tensor"]) == 2
    assert "imported already" in capsys.readouterr().err
