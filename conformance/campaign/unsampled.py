"""Workers of a Dask cluster that are not sampled while they run a campaign's programs."""

from __future__ import annotations

from typing import Any

from distributed import WorkerPlugin

# NOTE [Held frames]: a worker looks at the frames of its thread a hundred times a second, for its dashboard. What a
# function has in local names lives as long as someone holds its frame. Where torch keeps a guard in such a name (as it
# does while it prints a tensor), the guard ends late, amid something else, and the program's thread can stay without
# torch.func: every transform after that gives zeros. conformance/findings/printed_under_a_profiler.py shows it;
# `leaked_state` sees it.


class Unsampled(WorkerPlugin):  # type: ignore[misc, unused-ignore]  # where the package is not installed
    """Ends the sampling of a worker, and takes it up again when it is unregistered: NOTE [Held frames]."""

    name = "unsampled"

    def setup(self, worker: Any) -> None:
        self.sampling = worker.periodic_callbacks.pop("profile", None)
        if self.sampling is not None:
            self.sampling.stop()

    def teardown(self, worker: Any) -> None:
        if self.sampling is not None:
            worker.periodic_callbacks["profile"] = self.sampling
            self.sampling.start()
