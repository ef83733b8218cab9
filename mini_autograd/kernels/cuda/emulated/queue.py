"""Work that is written down instead of run: what a capture is, and what a lazy stream has not come to yet.

NOTE: results of work that has not run. Their shapes and dtypes are known only by running it, so it is run once when it
is written down; when its turn comes it runs again on what its operands hold then, and its results are copied to where
the first ones lie. Work that makes no array but writes into one runs only when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Work = Callable[[], Any]


def arrays(result: Any) -> Iterator[np.ndarray]:
    if isinstance(result, np.ndarray):
        yield result
    elif isinstance(result, (tuple, list)):
        for entry in result:
            yield from arrays(entry)


class Queue:
    def __init__(self) -> None:
        self._works: list[tuple[Work, object]] = []

    def __len__(self) -> int:
        return len(self._works)

    def add(self, work: Work, keeps: object) -> None:
        """``keeps`` are the arrays whose memory the work uses: they live as long as it does."""
        self._works.append((work, keeps))

    def add_with_results(self, work: Work, keeps: object) -> Any:
        result = work()
        places = list(arrays(result))

        def again() -> None:
            for place, new in zip(places, arrays(work()), strict=True):
                np.copyto(place, new)

        self.add(again, keeps)
        return result

    def run(self) -> None:
        for work, _ in self._works:
            work()

    def drain(self) -> None:
        """Run what is there, in order, and forget it."""
        works, self._works = self._works, []
        for work, _ in works:
            work()
