"""A campaign on a cluster comes to what it comes to on one machine, also when a worker is lost."""

import os
import signal
import time

import pytest

from conformance.campaign import Options, Plan, Run, controls, run, worker
from conformance.campaign.executor import executor
from conformance.records import RunError, read_records

distributed = pytest.importorskip("distributed", reason="the package 'distributed' is not installed")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(controls, "AGREEING", 2)
    monkeypatch.setattr(run, "SUITES", ())
    monkeypatch.setattr(run, "read_corpus", list)
    worker.worker.cache_clear()


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and three workers on this machine, each with one thread."""
    made = distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None)
    yield made
    made.close()


def carried_out(tmp_path, address, kill=None):
    """How many programs each batch of a run holds, and what differed."""
    plan = Plan("tests.conformance.faulty", "torch", programs=60, batch=5, reduction_limit=0)
    one = Run.start(plan, Options(tmp_path, workers=2, executor=address))
    for step in one.steps():
        if kill is not None and step.stage == "programs":
            kill()
            kill = None
    records = list(read_records(one.writer.folder))
    batches = [(record["first"], record["count"]) for record in records if record["record"] == "batch"]
    return batches, [record["signature"] for record in records if record["record"] == "program"]


def test_a_cluster_gives_what_a_pool_gives(tmp_path, cluster):
    address = cluster.scheduler_address.replace("tcp", "dask")
    assert carried_out(tmp_path / "cluster", address) == carried_out(tmp_path / "local", "local")


def test_a_worker_that_is_lost_costs_nothing(tmp_path, cluster):
    def kill():
        os.kill(cluster.workers[0].process.pid, signal.SIGKILL)

    address = cluster.scheduler_address.replace("tcp", "dask")
    batches, differing = carried_out(tmp_path / "cluster", address, kill)
    assert batches == [(first, 5) for first in range(0, 60, 5)]
    assert differing == carried_out(tmp_path / "local", "local")[1]


def test_workers_are_sampled_again_when_it_is_over(cluster):
    def sampled(dask_worker):
        return "profile" in dask_worker.periodic_callbacks

    with distributed.Client(cluster, set_as_default=False) as client:
        before = client.run(sampled)
        one = executor(cluster.scheduler_address.replace("tcp", "dask"), 1)
        during = client.run(sampled)
        one.shutdown()
        after = client.run(sampled)
    assert set(before.values()) == set(after.values()) == {True}
    assert set(during.values()) == {False}


def test_an_executor_that_is_not_there_is_named():
    with pytest.raises(RunError, match="no executor 'slurm'"):
        executor("slurm", 1)
    begin = time.monotonic()
    with pytest.raises(RunError, match=r"dask://127.0.0.1:9: no scheduler answers"):
        executor("dask://127.0.0.1:9", 1)
    assert time.monotonic() - begin < 30
