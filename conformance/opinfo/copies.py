"""Which ops of the table read back from a device to the host although torch does not wait for it there.

Each copy to the host is counted while a sample runs forward and backward, on a device that counts: an emulated one
(`mini_autograd.testing.count_copies`). An op whose result depends on values waits on every library, and has its reason.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tabulate import tabulate

from ..placed import unsaid
from ..placement import NoDevice
from ..program import Program
from ..statements import Op, Seeded, Statement, TensorLiteral
from ..subjects import Subject
from .entry import Entry, Sample
from .scoreboard import GIVEN

# What torch itself waits for on CUDA, by the last words of a name, and why.
SHAPE = "the shape of its result is a number of elements that is known on the device alone"
NUMBER = "its result is a Python number, or is steered by one"
CHECKED = "torch reads back whether its arguments are valid"
ZEROS = "its derivative asks whether there are zeros"
SOLVED = "torch reads back whether the decomposition went well"
WAITING = {
    **dict.fromkeys(
        ("nonzero", "argwhere", "masked_select", "unique", "unique_consecutive", "combinations"), SHAPE
    ),
    **dict.fromkeys(
        ("repeat_interleave", "bincount", "histc", "histogram", "histogramdd", "ctc_loss"), SHAPE
    ),
    **dict.fromkeys(("item", "tolist", "equal", "allclose", "is_nonzero", "__contains__", "isclose"), NUMBER),
    **dict.fromkeys(("index", "__getitem__", "index_put", "index_put_", "where", "take_along_dim"), SHAPE),
    **dict.fromkeys(("multinomial", "binomial", "segment_reduce", "_segment_reduce", "one_hot"), CHECKED),
    **dict.fromkeys(("tensor_split", "linspace", "logspace", "arange", "quantile", "nanquantile"), NUMBER),
    **dict.fromkeys(("prod", "cumprod"), ZEROS),
    **dict.fromkeys(("narrow", "cov", "gaussian_nll_loss"), NUMBER),
    **dict.fromkeys(("embedding_bag", "pack_padded_sequence", "grid_sample", "unravel_index"), CHECKED),
    **dict.fromkeys(("cholesky", "inverse", "pinverse", "lu", "lu_solve", "svd", "qr", "logdet"), SOLVED),
    **dict.fromkeys(("slogdet", "det", "cholesky_inverse", "cholesky_solve", "matrix_exp", "geqrf"), SOLVED),
    **dict.fromkeys(("pca_lowrank", "svd_lowrank", "lobpcg", "ormqr", "triangular_solve"), SOLVED),
}
SPACES = {"linalg": SOLVED}  # namespaces all of whose functions may wait


@dataclass(slots=True)
class CopyCount:
    """What an entry read back in so many samples: reasons with how often, and why torch waits, too, or None."""

    entry: str
    samples: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    launches: int = 0
    waits: str | None = None

    @property
    def hidden(self) -> bool:
        """Whether it reads back where torch does not."""
        return bool(self.reasons) and self.waits is None

    def record(self) -> dict[str, Any]:
        """The count as a record."""
        return {
            "record": "copies",
            "entry": self.entry,
            "samples": self.samples,
            "reasons": dict(self.reasons.most_common()),
            "bytes": self.bytes,
            "launches": self.launches,
            "waits": self.waits,
        }


def readings(entries: Sequence[Entry], subject: Subject) -> Iterator[CopyCount]:
    """What each entry that can be run reads back; NoDevice where nothing counts."""
    module = getattr(subject.module, "testing", None)
    counted = getattr(module, "count_copies", None)
    if subject.placement is None or not subject.placement.emulated or counted is None:
        raise NoDevice(
            "copies are counted on an emulated device alone: MINI_AUTOGRAD_CUDA=host and --device cuda"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in entries:
            found = reading(entry, subject, counted)
            if found.samples:
                yield found


def reading(entry: Entry, subject: Subject, counted: Any) -> CopyCount:
    """What the samples of an entry read back."""
    found = CopyCount(entry.id, waits=waits(entry.name))
    for sample in entry.samples.get("float64", ()):
        if unsaid(Program(entry.id, sample.statements)) is None:
            try:
                copies = passes(sample, subject, counted)
            except Exception:  # what it cannot run is the scoreboard's business
                continue
            found.samples += 1
            found.launches += len(copies.launches)
            for reason, size in copies.to_host:
                found.reasons[str(reason)] += 1
                found.bytes += size
    return found


def passes(sample: Sample, subject: Subject, counted: Any) -> Any:
    """The copies of a sample, forward and backward, whose tensors are there before."""
    lib, env = subject.module, {}  # type: Any, dict[str, Any]
    prepared = [one for one in sample.statements if _prepares(one)]
    for one in prepared:
        one.execute(lib, env, [])
    with counted() as copies:
        for one in sample.statements:
            if one not in prepared:
                one.execute(lib, env, [])
        outputs = [env[one.name] for one in sample.results if env[one.name].requires_grad]
        inputs = [env[name] for name in sample.inputs]
        if outputs and inputs:
            lib.autograd.grad(outputs, inputs, [one.detach() for one in outputs], allow_unused=True)
    return copies


def _prepares(statement: Statement) -> bool:
    inner = statement.statement if isinstance(statement, Seeded) else statement
    return isinstance(inner, TensorLiteral) or (isinstance(inner, Op) and inner.name in GIVEN)


def waits(name: str) -> str | None:
    """Why torch waits for the device in an op, None where it does not."""
    space, _, last = name.rpartition(".")
    return WAITING.get(last.rstrip("_"), WAITING.get(last, SPACES.get(space)))


def table(found: Sequence[CopyCount]) -> str:
    """The entries that read back, the hidden ones first, and how many there are."""
    hidden = [one for one in found if one.hidden]
    waiting = [one for one in found if one.reasons and not one.hidden]
    told = (
        f"{len(found)} entries: {len(hidden)} read back where torch does not wait, {len(waiting)} where it does, "
        f"{len(found) - len(hidden) - len(waiting)} never"
    )
    rows = [
        [
            one.entry,
            sum(one.reasons.values()),
            one.samples,
            f"{one.bytes:,}",
            _first(one.reasons),
            one.waits or "",
        ]
        for one in (*hidden, *waiting)
    ]
    head = ["entry", "copies", "samples", "bytes", "of", "torch waits, for"]
    return told + (f"\n\n{tabulate(rows, head, disable_numparse=True)}" if rows else "")


def _first(reasons: Counter[str]) -> str:
    return ", ".join(f"{count} x {reason}" for reason, count in reasons.most_common(2))
