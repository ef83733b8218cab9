"""Where batches run: in this process, in a pool of processes, or on a cluster that somebody else keeps."""

from __future__ import annotations

import importlib
import importlib.util
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol

from ..crew import Crew
from ..fork import Lost
from ..records import RunError

Submitted = Callable[..., Any]


class Executor(Protocol):
    """What a campaign needs of one: ``width`` calls go on at once, each alone in its process if ``guarded``."""

    width: int
    guarded: bool

    def submit(self, function: Submitted, /, *args: Any) -> Future[Any]: ...

    def lost(self, error: BaseException) -> str | None:
        """How the process ended that was to do a call, None for an error of another sort."""

    def shutdown(self) -> None:
        """End what is still going on."""


class Here:
    """This process, one call after the other: for debugging, and for what must not be forked."""

    width, guarded = 1, False

    def submit(self, function: Submitted, /, *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def lost(self, error: BaseException) -> str | None:
        return None

    def shutdown(self) -> None:
        pass


# Of what programs leave behind torch keeps something like a kilobyte each: hooks that hold what they are called with.
PATIENCE = 600.0  # seconds of a call, whose process ends itself long before
RENEWED = 500  # tasks that a process does, about as many times a hundred programs


class Pool:
    """Processes on this machine, each replaced when it ends, or has done so many ``tasks``: copies of this one, or
    ``fresh`` ones, where it holds what cannot be copied, as the context of a GPU."""

    guarded = True

    def __init__(self, workers: int, tasks: int = 0, fresh: bool = False) -> None:
        import pebble

        self.width, self.expired = workers, pebble.ProcessExpired
        self.pool: Any = pebble.ProcessPool(
            workers, tasks, initializer=leave_interrupts, context=processes(fresh)
        )

    def submit(self, function: Submitted, /, *args: Any) -> Future[Any]:
        future: Future[Any] = self.pool.schedule(function, args=args)
        return future

    def lost(self, error: BaseException) -> str | None:
        if isinstance(error, SystemExit):
            (status,) = error.args or (0,)  # which are pickled, as its code may not be
            return f"it exited with status {status}"
        return ended(error.exitcode) if isinstance(error, self.expired) else None

    def shutdown(self) -> None:
        self.pool.stop()
        self.pool.join()


class Threads:
    """What a :class:`Pool` is, without the package that it takes: a thread for each of the processes of a crew."""

    guarded = True

    def __init__(self, workers: int, fresh: bool = False) -> None:
        self.width = workers
        self.crew = Crew(processes(fresh), workers, PATIENCE)
        self.threads = ThreadPoolExecutor(workers)

    def submit(self, function: Submitted, /, *args: Any) -> Future[Any]:
        return self.threads.submit(self.crew.call, function, args)

    def lost(self, error: BaseException) -> str | None:
        return str(error) if isinstance(error, Lost) else None

    def shutdown(self) -> None:
        self.threads.shutdown(cancel_futures=True)
        self.crew.end()


class Cluster:
    """Any executor as ``concurrent.futures`` has them, one that Dask gives for a cluster included."""

    guarded = True

    def __init__(
        self,
        executor: Any,
        width: int,
        losses: tuple[type[BaseException], ...] = (),
        close: Callable[[], Any] = lambda: None,
    ) -> None:
        self.executor, self.width, self.close = executor, width, close
        self.losses: tuple[type[BaseException], ...] = (SystemExit, BrokenExecutor, *losses)

    def submit(self, function: Submitted, /, *args: Any) -> Future[Any]:
        future: Future[Any] = self.executor.submit(function, *args)
        return future

    def lost(self, error: BaseException) -> str | None:
        return f"its worker was lost: {error}" if isinstance(error, self.losses) else None

    def shutdown(self) -> None:
        with suppress(CancelledError):
            self.executor.shutdown(wait=False)
        self.close()


def processes(fresh: bool = False) -> Any:
    """How processes are started: as copies of this one, or ``fresh``, where that is asked for or there is no other."""
    copied = "fork" in multiprocessing.get_all_start_methods() and not fresh
    return multiprocessing.get_context("fork" if copied else "spawn")


def executor(address: str, workers: int, fresh: bool = False) -> Executor:
    """``local`` for a pool of so many processes, ``here`` for this one, ``dask://host:port`` for the scheduler of a
    cluster; RunError for any other, and where there is none."""
    if address == "here":
        return Here()
    if address == "local" and importlib.util.find_spec("pebble") is not None:
        return Pool(workers, RENEWED, fresh)
    if address == "local":
        return Threads(workers, fresh)
    if address.startswith("dask://"):
        return _dask(address.removeprefix("dask://"))
    raise RunError(f"no executor {address!r}: there are 'local', 'here' and 'dask://host:port'")


def _dask(address: str) -> Cluster:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise RunError(f"dask://{address}: needs the package 'distributed': {error}") from None
    try:
        client = distributed.Client(f"tcp://{address}", timeout=10, set_as_default=False)
    except OSError as error:
        raise RunError(f"dask://{address}: no scheduler answers: {error}") from None
    threads = sum(client.nthreads().values())
    if not threads:
        client.close()
        raise RunError(f"dask://{address}: the scheduler has no workers")
    # A call whose worker is lost comes back at once, to be made smaller, instead of ending one worker after the other.
    made = client.get_executor(pure=False, retries=0)
    from .unsampled import Unsampled

    client.register_plugin(Unsampled())

    def close() -> None:
        client.unregister_worker_plugin(Unsampled.name)
        client.close()

    return Cluster(made, threads, (distributed.KilledWorker,), close)


def ended(code: int) -> str:
    """How a process ended, by its exit code."""
    if code >= 0:
        return f"it exited with status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return "it did not end in time" if name == "SIGALRM" else f"it died of {name}"


def leave_interrupts() -> None:
    """An interrupt is the campaign's, which ends this process; an alarm ends it, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
