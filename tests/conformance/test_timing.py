"""What keeps the timings honest: no wrong program is timed, and a slower one is seen to be slower."""

import gc
import json
import time
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from conformance import timing
from conformance.timing import disagreement, results, summarize, table, time_workload, time_workloads
from conformance.workload import WORKLOADS, Workload, from_scalar, leaf, normal
from conformance.workload import Task as Bound

NAMES = [workload.name for workload in WORKLOADS]


class Wrapped(ModuleType):
    """Torch with some names replaced, or missing where the replacement is None."""

    def __init__(self, **names: object) -> None:
        super().__init__("wrapped")
        self._names = names

    def __getattr__(self, name: str) -> object:
        if name in self._names:
            if self._names[name] is None:
                raise AttributeError(f"module 'wrapped' has no attribute '{name}'")
            return self._names[name]
        return getattr(torch, name)


def sin_sum(lib: ModuleType, x: object) -> Bound:
    leaves = (x,) = leaf(x)
    return Bound(leaves, lambda: lib.sin(x).sum(), from_scalar)


SIN_SUM = Workload("sin-sum", "sin(x).sum()", None, normal((16,)), sin_sum)


class HalvedSine(torch.autograd.Function):
    """The sine, with half its derivative."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x.cos() / 2


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SAMPLE_NS", 200_000)


@pytest.mark.parametrize("workload", WORKLOADS, ids=NAMES)
def test_every_workload_gives_each_leaf_a_gradient_that_is_not_zero(workload: Workload) -> None:
    task = workload.task(torch)
    output, *grads = results(task)
    assert np.isfinite(output).all()
    assert all(grad is not None and np.abs(grad).max() > 0 for grad in grads)
    assert all(leaf.grad is None for leaf in task.leaves)


def test_two_tasks_share_no_memory() -> None:
    first, second = SIN_SUM.task(torch), SIN_SUM.task(torch)
    with torch.no_grad():
        first.leaves[0].zero_()
    assert second.leaves[0].abs().min() > 0


def test_the_reference_against_itself_is_timed_in_every_phase() -> None:
    timed = time_workload(SIN_SUM, torch, rounds=4)
    assert timed.status == "timed"
    assert timed.rounds == 4
    assert list(timed.phases) == ["forward_backward", "forward", "backward"]
    for phase in timed.phases.values():
        assert phase.ratio == phase.subject_ns / phase.reference_ns > 0
        assert phase.noise >= 0


def test_a_wrong_derivative_is_not_timed() -> None:
    timed = time_workload(SIN_SUM, Wrapped(sin=HalvedSine.apply), rounds=2)
    assert timed.status == "wrong"
    assert timed.detail.startswith("gradient of leaf 0: values differ by up to")
    assert timed.phases == {}


def test_a_lost_gradient_is_not_timed() -> None:
    timed = time_workload(SIN_SUM, Wrapped(sin=lambda x: x.detach().sin() + 0 * x), rounds=2)
    assert timed.status == "wrong"
    with pytest.raises(RuntimeError):
        results(SIN_SUM.task(Wrapped(sin=lambda x: x.detach().sin())))
    assert time_workload(SIN_SUM, Wrapped(sin=lambda x: x.detach().sin()), rounds=2).status == "error"


def test_what_goes_wrong_only_later_is_not_timed() -> None:
    calls = []

    def tiring_sine(x: torch.Tensor) -> torch.Tensor:
        calls.append(x)
        return x.sin() if len(calls) < 5 else x.sin() * 2

    timed = time_workload(SIN_SUM, Wrapped(sin=tiring_sine), rounds=2)
    assert timed.status == "wrong"
    assert timed.detail.startswith("after 2 rounds, output: values differ")


def test_a_missing_name_is_absent() -> None:
    timed = time_workload(SIN_SUM, Wrapped(sin=None), rounds=2)
    assert (timed.status, timed.detail) == ("absent", "module 'wrapped' has no attribute 'sin'")
    record = timed.record()
    assert record["forward_backward"] is None
    assert "sin-sum: absent: module 'wrapped' has no attribute 'sin'" in table([timed], "wrapped")


def test_a_slower_subject_has_a_higher_ratio_than_the_noise() -> None:
    def slow_sine(x: torch.Tensor) -> torch.Tensor:
        time.sleep(0.0005)
        return x.sin()

    timed = time_workload(SIN_SUM, Wrapped(sin=slow_sine), rounds=3)
    both, backward = timed.phases["forward_backward"], timed.phases["backward"]
    assert both.subject_ns > 500_000
    assert both.ratio > 3
    assert backward.ratio < both.ratio


def test_garbage_is_counted() -> None:
    def littering_sine(x: torch.Tensor) -> torch.Tensor:
        cycle: list[object] = []
        cycle.append(cycle)
        return x.sin()

    assert time_workload(SIN_SUM, Wrapped(sin=littering_sine), rounds=2).garbage == 1
    assert time_workload(SIN_SUM, torch, rounds=2).garbage == 0


def test_none_is_not_zero() -> None:
    zero, nothing = [np.zeros(2, np.float32)], [None]
    assert disagreement(zero, nothing) == "output: no gradient where the reference has one"
    assert disagreement(nothing, zero) == "output: a gradient where the reference has none"
    assert disagreement(nothing, nothing) == ""


def test_shape_and_dtype_count() -> None:
    want = np.ones((2, 1), np.float32)
    assert disagreement([want], [want.copy()]) == ""
    assert disagreement([want], [np.ones(2, np.float32)]) == "output: expected float32(2, 1), got float32(2,)"
    assert disagreement([want], [np.ones((2, 1))]) == "output: expected float32(2, 1), got float64(2, 1)"


def test_the_noise_is_the_widest_of_the_whole_and_the_quarters() -> None:
    phase = summarize([10.0, 10.0, 12.0, 10.0], [5.0, 6.0, 7.0, 8.0], [11.0, 10.0, 13.0, 14.0])
    assert phase.subject_ns == 5.0
    assert phase.reference_ns == 10.0
    assert phase.ratio == 0.5
    assert phase.noise == pytest.approx(0.4)


def test_a_record_is_json_and_has_what_the_reports_read() -> None:
    record = json.loads(json.dumps(time_workload(SIN_SUM, torch, rounds=2).record()))
    assert record["record"] == "timing"
    assert record["program"] == "sin-sum"
    assert record["goal"] is None
    assert set(record["forward_backward"]) == {"subject_ns", "reference_ns", "ratio", "spread", "noise"}


def test_threads_and_collector_are_as_before_afterwards() -> None:
    def pools() -> list[int]:
        return [torch.get_num_threads(), *(pool["num_threads"] for pool in threadpool_info())]

    before, inside = pools(), []
    noted = SimpleNamespace(**vars(torch))
    noted.sin = lambda x: inside.append(pools()) or x.sin() if not inside else x.sin()
    assert [timed.status for timed in time_workloads(noted, rounds=1, workloads=[SIN_SUM])] == ["timed"]
    assert inside[0] == [1] * len(before)
    assert pools() == before
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_pair_of_functions_is_timed_with_the_first_as_control() -> None:
    took = timing.time_pair(lambda: None, lambda: time.sleep(0.0005), rounds=2)
    assert took.subject_ns > 500_000
    assert took.ratio == took.subject_ns / took.reference_ns > 100


def test_no_rounds_is_an_error() -> None:
    with pytest.raises(ValueError, match="rounds and threads must be at least 1, got 0 and 1"):
        next(time_workloads(torch, rounds=0))
