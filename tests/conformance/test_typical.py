"""A typical sample of an entry: small, and drawn as both sides have its graph."""

import pytest
import torch

from conformance import cli
from conformance.opinfo.entry import read_table
from conformance.opinfo.typical import sample_record
from conformance.records import decode
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")
ENTRIES = {entry.id: entry for entry in read_table()}


class Detour:
    """torch with an abs that goes through another node."""

    def abs(self, x):
        return torch.abs(x.neg())

    def __getattr__(self, name):
        return getattr(torch, name)


def titles(record, side, **asked):
    nodes = record["graphs"][side]["nodes"]
    return [node["title"] for node in nodes if all(node[name] == value for name, value in asked.items())]


@pytest.mark.parametrize("name", ["abs", "nn.functional.conv2d", "linalg.eigh", "nn.functional.rrelu"])
def test_a_sample_is_small_and_has_the_graph_of_both(name):
    record = sample_record(ENTRIES[name], TORCH, load_subject("mini_autograd"))
    assert record["entry"] == name
    assert len(record["listing"]) < 1000
    compile(record["listing"], name, "exec")
    assert titles(record, "expected") == titles(record, "got")
    assert not titles(record, "got", differs=True)


def test_the_nodes_that_differ_are_marked():
    record = sample_record(ENTRIES["abs"], TORCH, Subject("detour", "1", Detour()))
    assert titles(record, "got", differs=True) == ["AbsBackward0", "NegBackward0"]
    assert titles(record, "expected", differs=True) == ["AbsBackward0", "AccumulateGrad"]


def test_what_makes_no_graph_has_a_listing_alone():
    record = sample_record(ENTRIES["eq"], TORCH, TORCH)
    assert record["graphs"] is None
    assert "torch.eq(" in record["listing"]
    assert sample_record(ENTRIES["empty"], TORCH, TORCH) is None


def test_a_library_that_lacks_it_leaves_the_listing():
    class Poor(Detour):
        def __getattr__(self, name):
            if name == "cosh":
                raise AttributeError(name)
            return getattr(torch, name)

    record = sample_record(ENTRIES["cosh"], TORCH, Subject("poor", "1", Poor()))
    assert record["graphs"] is None
    assert "torch.cosh(" in record["listing"]


def test_the_command_writes_scores_samples_and_names(tmp_path, capsys):
    out = tmp_path / "ops.jsonl"
    asked = ["ops", "^cosh$", "--check", "value", "--dtype", "float32", "--workers", "1", "--json", str(out)]
    assert cli.main(asked) == 0
    records = [decode(line) for line in out.read_bytes().splitlines()]
    assert [one["record"] for one in records] == ["op", "sample", "names"]
    assert set(records[0]["errors"]) == {"subject", "reference"}
    assert "value" in capsys.readouterr().out
