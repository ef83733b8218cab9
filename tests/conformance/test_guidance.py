"""Guided draws go to what was seen least, and are the same however they are carried out."""

from collections import Counter

import pytest

from conformance import guidance
from conformance.campaign import Options, Plan, Run, controls, guides, run, worker
from conformance.choice import RandomChoice
from conformance.generate import Generator
from conformance.guidance import Guidance, Guide, feature
from conformance.mutate import mutate
from conformance.program import program_from_json
from conformance.recorded import program_of_run
from conformance.records import read_records
from conformance.state import State


def test_counts_are_read_as_they_were_written():
    seen = Counter({0: 3, 65535: 255, 77: 1})
    assert guidance.read(guidance.written(seen)) == seen
    assert guidance.read(guidance.written(Counter())) == Counter()


def test_of_some_draws_the_one_that_was_seen_least_is_kept(monkeypatch):
    monkeypatch.setattr(guidance, "DRAWS", 2)
    guide = Guide(Guidance.of(Counter({feature("a"): 9}), []))
    draws = iter(["a", "b", "b", "a", "a", "a"])
    assert [guide.rarer(lambda: next(draws), feature) for _ in range(3)] == ["b", "b", "a"]
    assert guide.is_new([feature("a"), feature("b")])
    assert not guide.is_new([feature("a")])


def test_a_guided_stream_reaches_more_that_is_new():
    generator, seen = Generator(), Counter()
    for index in range(2500):
        seen.update(generator.guided(1, index, None)[1])
    guide = Guide(Guidance.of(seen, []))
    new = {}
    for given in (None, guide):
        found = set().union(*(generator.guided(1, index, given)[1] for index in range(2500, 2800)))
        new[given] = len(found - set(seen))
    assert new[guide] > 1.1 * new[None]


def test_a_guided_stream_is_the_same_each_time():
    generator = Generator()
    programs = [generator.program(1, index).to_json() for index in range(5)]
    guides = [Guide(Guidance.of(Counter({7: 1}), programs)) for _ in range(2)]
    streams = [[generator.guided(1, index, guide) for index in range(60)] for guide in guides]
    assert streams[0] == streams[1]


def test_a_changed_program_is_one_that_can_be_read_and_run():
    generator = Generator()
    for index in range(60):
        parent = generator.program(2, index)
        state = State(RandomChoice(index))
        mutate(state, parent)
        made = {"format": 1, "name": "m", "origin": "generated", "statements": []}
        program_from_json(
            made | {"statements": parent.__class__("m", tuple(state.body), "x").to_json()["statements"]}
        )


@pytest.fixture
def short_epochs(monkeypatch):
    for module in (guidance, guides, run, worker):
        monkeypatch.setattr(module, "EPOCH", 10)
    monkeypatch.setattr(controls, "AGREEING", 2)
    monkeypatch.setattr(run, "SUITES", ())
    monkeypatch.setattr(run, "read_corpus", list)
    worker.worker.cache_clear()
    yield
    worker.worker.cache_clear()


def seen_by(folder, options, **plan):
    one = Run.start(Plan("torch", "torch", programs=45, **plan), Options(folder, **options))
    for _ in one.steps():
        pass
    return seen_in(one.writer.folder)


def seen_in(folder):
    records = [one for one in read_records(folder) if one["record"] == "batch"]
    return sum((guidance.read(one["seen"]) for one in records), Counter())


def test_a_guided_run_is_the_same_on_any_number_of_processes_and_when_gone_on_with(tmp_path, short_epochs):
    expected = seen_by(tmp_path / "a", {"executor": "here"})
    assert expected
    assert seen_by(tmp_path / "b", {"workers": 3}, batch=3) == expected
    (folder,) = (tmp_path / "a").iterdir()
    data = (folder / "records.jsonl").read_bytes()
    (folder / "records.jsonl").write_bytes(data[: len(data) // 2])
    again = Run.resume(folder, Options(executor="here"))
    for _ in again.steps():
        pass
    assert seen_in(folder) == expected


def test_no_batch_is_drawn_before_what_guides_it_is_known():
    found = guides.Guides()
    assert found.ready(2 * guidance.EPOCH - 1)
    assert not found.ready(2 * guidance.EPOCH)
    assert found.at(2 * guidance.EPOCH - 1) is None


def test_a_guided_program_is_found_again_by_its_name(tmp_path, short_epochs):
    seen_by(tmp_path, {"executor": "here"})
    (folder,) = tmp_path.iterdir()
    kept = [one for record in read_records(folder) for one in record.get("novel", ())]
    guided = [one for one in kept if int(one["name"].rpartition("-")[2]) >= 20]
    assert guided
    assert [program_of_run(folder, one["name"]).to_json() for one in guided] == guided
