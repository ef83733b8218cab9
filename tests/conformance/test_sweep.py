"""The sweep of ops over sizes: what is a crossover, and that a slower, a hungrier and a wrong library are seen."""

import json
import subprocess
import sys
import time

import numpy
import pytest
import torch

from conformance import cli, peak, sweep, timing
from conformance.sized import OPS, Sized, vector
from conformance.sweep import Point, Sweep

MIB = 1 << 20
SIN = Sized("sin", vector, lambda lib, x: lib.sin(x))


class Otherwise:
    """torch with a sin of its own."""

    def __init__(self, sin):
        self.sin = sin

    def __getattr__(self, name):
        return getattr(torch, name)


@pytest.fixture(autouse=True)
def _brief(monkeypatch):
    monkeypatch.setattr(timing, "SAMPLE_NS", 10_000)


def made(*ratios, noise=0.1):
    points = [Point(10**at, ratio, 1.0, ratio, noise, None, None) for at, ratio in enumerate(ratios)]
    return Sweep("op", tuple(points))


@pytest.mark.parametrize(
    ("ratios", "crossover"),
    [
        ((0.5, 0.6, 0.7), None),
        ((0.5, 0.95, 0.7), None),
        ((0.5, 0.8, 0.95), 100),
        ((0.5, 1.5, 1.2), 10),
        ((1.5, 0.5, 1.2), 100),
        ((2.0, 2.0), 1),
        ((), None),
    ],
)
def test_the_crossover_is_where_the_subject_stops_being_the_faster_beyond_the_noise(ratios, crossover):
    assert made(*ratios).crossover == crossover
    assert made(*ratios).record()["crossover"] == crossover


def test_a_slower_library_is_seen_at_every_size(monkeypatch):
    def slow(x):
        time.sleep(0.002)
        return torch.sin(x)

    monkeypatch.setattr(sweep, "SIZES", (1, 10))
    found = sweep.sweep(SIN, Otherwise(slow), 3)
    assert [point.elements for point in found.points] == [1, 10]
    assert all(point.ratio > 1 for point in found.points)
    assert found.crossover == 1
    assert "sin" in sweep.table([found], "slow")


@pytest.mark.parametrize(
    ("sin", "why"), [(lambda x: torch.sin(x) * 1.5, "output"), (lambda x: x.nothing, "AttributeError")]
)
def test_a_library_that_is_wrong_or_lacks_it_is_not_timed(sin, why):
    found = sweep.sweep(SIN, Otherwise(sin), 1)
    assert found.points == ()
    assert found.detail.startswith("at 1 elements: ")
    assert why in found.detail
    assert found.record()["detail"] == found.detail


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a pass adds")
def test_the_peak_is_what_a_pass_adds_to_the_memory():
    """In a process of its own, as the command has: one that has had threads cannot be copied well."""
    program = "from tests.conformance.test_sweep import check_peaks; check_peaks()"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=200)


def check_peaks():
    def hungry(x):
        return torch.sin(x) + 0 * torch.ones(8 * x.numel()).sum()

    elements = 2 * MIB
    arrays, small = SIN.arrays(elements), SIN.arrays(10_000)
    plain, more = (
        peak.peak(SIN.task(lib, arrays), SIN.task(lib, small)) for lib in (torch, Otherwise(hungry))
    )
    assert plain == pytest.approx(3 * 4 * elements, rel=0.1)  # the result, the cosine, and the gradient
    assert more - plain > 4 * elements
    assert peak.peak(SIN.task(torch, small), SIN.task(torch, small)) is None


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_op_is_given_as_many_elements_as_are_asked_for(op):
    for elements in (size for size in (1, 10, 1000, 100_000) if size >= op.least):
        arrays = op.arrays(elements)
        assert 0.7 * elements <= arrays[0].size <= elements
        assert all(array.dtype in (numpy.float32, numpy.int64) for array in arrays)
        if elements <= 1000:
            assert timing.disagreement(*[timing.results(op.task(torch, arrays)) for _ in range(2)]) == ""


def test_the_command_prints_a_table_and_writes_records(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sweep, "SIZES", (1, 100))
    out = tmp_path / "sweep.jsonl"
    assert cli.main(["time", "--sizes", "--rounds", "1", "--json", str(out)]) == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["op"] for record in records] == [op.name for op in OPS]
    assert {record["record"] for record in records} == {"sweep"}
    assert set(records[0]["points"][0]) == set(Point.__slots__)
    assert "crossover" in capsys.readouterr().out
