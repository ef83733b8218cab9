"""An index of runs, and the files that a build leaves behind."""

import json
import os

import pytest

from reports import site
from reports.field import Fields, RecordError
from reports.folder import read_folder
from reports.index import read_index
from reports.manifest import write_site
from reports.past import past, read_past, written
from reports.report import make_report
from reports.site import INDEX, build
from tests.reports import run_sample
from tests.reports.conftest import BUILT


@pytest.fixture
def runs(tmp_path):
    return run_sample.write_history(tmp_path / "runs", 4, 20)


@pytest.fixture
def read(monkeypatch):
    """The names of the runs that are read whole."""
    names = []

    def counted(path):
        names.append(path.name)
        return read_whole(path)

    read_whole = site.read_folder
    monkeypatch.setattr(site, "read_folder", counted)
    return names


def pages(out):
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.html")}


def test_only_new_runs_are_read_and_the_newest_once(runs, tmp_path, read):
    out = tmp_path / "site"
    build(runs[:3], out, BUILT)
    assert sorted(read) == sorted(path.name for path in runs[:3])
    read.clear()
    build(runs, out, BUILT)
    assert read == [runs[3].name]
    cached = pages(out)
    build(runs, tmp_path / "other", BUILT)
    assert pages(tmp_path / "other") == cached


def test_a_run_that_changed_is_read_again(runs, tmp_path, read):
    build(runs, tmp_path / "site", BUILT)
    read.clear()
    os.utime(runs[0] / "records.jsonl", ns=(1, 1))
    build(runs, tmp_path / "site", BUILT)
    assert sorted(read) == [runs[0].name, runs[3].name]


def spoilt(line):
    """Lines of an index that are wrong in one way each."""
    data = json.loads(line)
    yield b"\xff\x00" + line
    yield line[: len(line) // 2]
    yield b'{"key": "' + data["key"].encode() + b'", "past": [1]}'
    for change in (
        {"run": "../../up"}, {"programs": -1}, {"programs": "<script>"}, {"open": {"a": 1.5}}, {"outcome": "fine"},
        {"areas": {"values": [1]}}, {"timings": {"a": [1e999, 0]}}, {"timings": {"a": ["1", None]}},
        {"pair": ["torch"]}, {"seed": 99}, {"started": "2020-01-01T00:00:00+00:00"},
    ):  # fmt: skip
        text = json.dumps({"key": data["key"], "past": data["past"] | change})
        yield text.replace("Infinity", "1e999").encode()


def test_an_index_that_makes_no_sense_is_made_anew(runs, tmp_path, read):
    out = tmp_path / "site"
    build(runs[:2], out, BUILT)
    good, clean = (out / INDEX).read_bytes(), pages(out)
    lines = good.splitlines()
    older = next(at for at, line in enumerate(lines) if runs[0].name.encode() in line)
    for bad in spoilt(lines[older]):
        (out / INDEX).write_bytes(b"\n".join([bad, *(line for at, line in enumerate(lines) if at != older)]))
        read.clear()
        build(runs[:2], out, BUILT)
        assert runs[0].name in read, bad
        assert pages(out) == clean
        assert sorted((out / INDEX).read_bytes().splitlines()) == sorted(lines)


def test_an_index_may_lie_elsewhere_or_be_none(runs, tmp_path):
    index = tmp_path / "index.jsonl"
    build(runs, tmp_path / "site", BUILT, index=index)
    assert index.read_bytes().count(b"\n") == len(runs)
    assert not (tmp_path / "site" / INDEX).exists()
    assert read_index(tmp_path).known == {}  # a folder
    with pytest.raises(RecordError, match="nobody changes"):
        build(runs, tmp_path / "site", BUILT, index=runs[0] / "index")


def test_a_past_comes_back_as_it_was(runs):
    one = past(make_report(read_folder(runs[3]), BUILT))
    text = json.dumps(written(one))
    assert read_past(Fields(json.loads(text), "past")) == one


def test_a_run_whose_records_are_broken_stops_no_other(runs, tmp_path):
    (runs[1] / "records.jsonl").write_text("no record\n", "utf-8")
    (runs[0] / "records.jsonl").unlink()
    build(runs, tmp_path / "site", BUILT)
    text = (tmp_path / "site" / "runs" / f"{runs[1].name}.html").read_text("utf-8")
    assert "records.jsonl:1: not JSON" in text
    assert str(tmp_path) not in text
    with pytest.raises(RecordError, match=r"records.jsonl:1: not JSON"):
        build(runs[:2], tmp_path / "other", BUILT)


def test_pages_that_are_no_longer_written_go_and_others_stay(runs, tmp_path):
    out = tmp_path / "site"
    build(runs, out, BUILT)
    (out / "runs" / "mine.html").write_text("mine", "utf-8")
    (out / "notes.txt").write_text("mine", "utf-8")
    changed = out / "runs" / f"{runs[1].name}.html"
    changed.write_text("changed by hand", "utf-8")
    build(runs[2:], out, BUILT)
    left = {path.name for path in (out / "runs").iterdir()}
    assert left == {f"{runs[2].name}.html", "mine.html", changed.name}
    assert (out / "notes.txt").is_file()


@pytest.mark.parametrize("name", ["../outside.txt", "link/outside.txt", "/etc/hostname", "a\x00b", ""])
def test_a_manifest_never_reaches_outside(tmp_path, name):
    out, outside = tmp_path / "site", tmp_path / "outside.txt"
    outside.write_text("x", "utf-8")
    out.mkdir()
    (out / "link").symlink_to(tmp_path)
    write_site(out, [("index.html", "x")])
    manifest = json.loads((out / ".manifest.json").read_text("utf-8"))
    (out / ".manifest.json").write_text(json.dumps(manifest | {name: manifest["index.html"]}), "utf-8")
    write_site(out, [("index.html", "x")])
    assert outside.is_file()
    assert (out / "index.html").is_file()


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', "[" * 99])
def test_a_manifest_that_is_none_is_passed_over(tmp_path, text):
    (tmp_path / ".manifest.json").write_text(text, "utf-8")
    write_site(tmp_path, [("index.html", "x")])
    assert (tmp_path / "index.html").read_text("utf-8") == "x"
