"""A process that dies costs one item."""

import os
import signal
import time

import pytest
from conformance.isolation import Died, Done, isolated


def test_all_items_are_done_in_order_in_another_process():
    outcomes = list(isolated(lambda index: (index * 2, os.getpid()), 5))
    assert [outcome.index for outcome in outcomes] == [0, 1, 2, 3, 4]
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert [outcome.result[0] for outcome in outcomes] == [0, 2, 4, 6, 8]
    assert os.getpid() not in {outcome.result[1] for outcome in outcomes}


def test_a_crash_costs_one_item():
    def work(index):
        if index in (1, 3):
            os.kill(os.getpid(), signal.SIGKILL)
        return index

    outcomes = list(isolated(work, 5))
    assert [type(outcome) for outcome in outcomes] == [Done, Died, Done, Died, Done]
    assert outcomes[1] == Died(1, "the process ended with status -9")


def test_an_item_that_does_not_end_is_ended():
    outcomes = list(isolated(lambda index: time.sleep(60) if index == 0 else index, 2, patience=0.2))
    assert outcomes == [Died(0, "no answer in 0.2 seconds"), Done(1, 1)]


def test_a_new_child_sees_what_was_done_before():
    seen = []

    def work(index):
        if index == 1:
            os._exit(3)
        return list(seen)

    results = []
    for outcome in isolated(work, 3):
        seen.append(outcome.index)
        results.append(outcome)
    assert results[1] == Died(1, "the process ended with status 3")
    assert results[2].result == [0, 1]


def test_a_reader_that_stops_early_leaves_no_process():
    outcomes = isolated(lambda index: os.getpid(), 100)
    child = next(outcomes).result
    outcomes.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
