"""Records of single measurements for the tests of the reports: `python -m tests.reports.measure_sample FILE`.

Their form is that of real ones; nothing in them was ever measured.
"""

import json
import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.reports.run_sample import drawing, timing

ELEMENTS = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000)
SWEPT = ("add", "exp", "matmul", "sum", "softmax", "linalg.inv")
FAMILIES = (
    "sign or factor", "operands swapped", "conjugate dropped", "reduction over the wrong axis", "wrong dtype",
    "memory wrongly shared", "hook skipped, repeated or reordered", "error missing", "message altered", "wrong jvp",
)  # fmt: skip
BINS = ("0", "0.5", "1", "2", "4", "8", "16", "64", "256", "4096", "inf")


def measurements(seed: int = 7) -> Iterator[dict[str, Any]]:
    """Every sort of record, each with its special cases."""
    rng = random.Random(seed)
    yield from (
        score(rng, entry, check) for entry in ("mul", "linalg.det") for check in ("value", "gradient")
    )
    yield from (sample("mul", False), sample("linalg.det", True))
    yield from (sweep(rng, op, at) for at, op in enumerate((*SWEPT, "linalg.det")))
    yield from (pace(rng, at) for at in range(240))
    yield from (mutant(rng, at) for at in range(160))
    yield timing("mul-4", "a*b, n=4", 9100, 8800, 0.05, None) | {"device": "cuda"}
    yield drift()
    yield from device(rng)


def device(rng: random.Random) -> Iterator[dict[str, Any]]:
    """What an emulated device came to: one check is lost there, and numbers were drawn."""
    for entry in ("mul", "linalg.det"):
        for check in ("value", "gradient"):
            lost = entry == "linalg.det" and check == "value"
            yield score(rng, entry, check) | {
                "device": "cuda (host)", "drawn": 2 * (entry == "mul"), "errors": None,
                "agree": 8 if lost else 9, "differ": int(lost) or 2 * (check == "gradient"),
            }  # fmt: skip
    checks = (
        ("peak", "mul-4", "measured", "", 1.02, 1020, 1000),
        ("peak", "softmax-64", "error", "RuntimeError: no <b>room</b>", None, None, None),
        ("flat", "mlp-8-16-1", "measured", "100,000 passes", 0.0, 4096, 4096),
        ("out of memory", "empty", "measured", "", None, 0, None),
    )
    names = ("check", "program", "status", "detail", "figure", "subject_bytes", "reference_bytes")
    yield from (
        {"record": "memory", "device": "cuda", **dict(zip(names, one, strict=True))} for one in checks
    )
    for entry, waits in (("nonzero", "the shape of its result"), ("max", None), ("sin", None)):
        reasons = {} if entry == "sin" else {"<i>item</i>": 3}
        yield {"record": "copies", "entry": entry, "samples": 4, "reasons": reasons, "bytes": 24, "launches": 9,
               "waits": waits}  # fmt: skip


def score(rng: random.Random, entry: str, check: str) -> dict[str, Any]:
    """A score in float32, with errors on both sides."""
    sides = {side: errors(rng, most) for side, most in (("subject", 5), ("reference", 7))}
    return {
        "record": "op", "entry": entry, "family": "pointwise" if entry == "mul" else "linalg", "check": check,
        "dtype": "float32", "agree": 9, "differ": 2 * (check == "gradient"), "silent": 1, "unsupported": None,
        "calls": [f"Tensor.{entry}", entry], "errors": sides,
        "signatures": {"prod|grad|value|float32": 1, f"{entry}|grad|value|<b>": 1} if check == "gradient" else {},
    }  # fmt: skip


def errors(rng: random.Random, most: int, elements: int = 1000) -> dict[str, int]:
    """Fewer and fewer elements in the bins up to so many, the rest of all in the first."""
    found = {bound: rng.randint(1, int(300 / 3**at) + 1) for at, bound in enumerate(BINS[1:most])}
    return {"0": elements - sum(found.values()), **found}


def sample(entry: str, parting: bool) -> dict[str, Any]:
    expected, got = drawing(True), drawing(not parting)
    if not parting:
        for node in (*expected["nodes"], *got["nodes"]):
            node["differs"] = False
    return {
        "record": "sample",
        "entry": entry,
        "listing": f"x0 = torch.tensor([1.5, -0.5], requires_grad=True)\ny1 = torch.{entry}(x0)",
        "graphs": {"expected": expected, "got": got},
    }


def sweep(rng: random.Random, op: str, at: int) -> dict[str, Any]:
    """An op that is faster while it is small; the first always is, and the last never."""
    points = []
    for elements in ELEMENTS:
        reference = 4000 + 0.4 * elements * rng.uniform(0.9, 1.1)
        ratio = 0.25 + (0.15 * at) * math.log10(1 + elements / 50) if op != "linalg.det" else 1.6
        points.append({
            "elements": elements, "subject_ns": reference * ratio, "reference_ns": reference, "ratio": ratio,
            "noise": rng.uniform(0.005, 0.06), "subject_bytes": 12 * elements, "reference_bytes": 16 * elements,
        })  # fmt: skip
    slower = [one["elements"] for one in points if one["ratio"] > 1 - one["noise"]]
    return {"record": "sweep", "op": op, "points": points, "crossover": min(slower, default=None)}


def pace(rng: random.Random, at: int) -> dict[str, Any]:
    ratio = math.exp(rng.gauss(0.05, 0.5))
    return {
        "record": "pace", "entry": f"op_{at}", "family": rng.choice(("pointwise", "linalg", "reduction")),
        "elements": 1_000_000, "subject_ns": 1e6 * ratio, "reference_ns": 1e6, "ratio": ratio,
        "noise": rng.uniform(0.005, 0.08) if at % 9 else None,
    }  # fmt: skip


def mutant(rng: random.Random, at: int) -> dict[str, Any]:
    """One of thirteen survives, and of those the first is equivalent."""
    alive = at % 13 == 4
    return {
        "record": "mutant", "mutant": f"rows.op_{at}:backward leaves out a factor",
        "family": FAMILIES[at % len(FAMILIES)],
        "by": None if alive else f"op_{at}|grad|value|float32", "program": None if alive else f"g-7-{at}",
        "programs": 2000 if alive else int(rng.expovariate(1 / 90)) + 1, "concerned": rng.randint(0, 40),
    } | ({"equivalent": "what is left out is one"} if at == 4 else {})  # fmt: skip


def drift() -> dict[str, Any]:
    changes = [
        {"signature": signature, "programs": programs, "program": f"g-0-{programs}", "statement": statement,
         "location": "x1", "was": was, "is": now}
        for signature, programs, statement, was, now in (
            ("Tensor.sum|shape|shape|none", 40, "x1 = x0.sum(1)", "(3, 1)", "(3,)"),
            ("div|value|value|int64", 31, "x1 = x0 / 2", "tensor([0, 1, 1])", "tensor([0.0, 1.0, 1.5])"),
            ("div|dtype|dtype|int64", 12, "x1 = torch.div(x0, 3)", "int64", "float32"),
            ("Tensor.index_put_|error|text|none", 2, "x0[i] = v",
             "RuntimeError: expand(torch.FloatTensor{[3]}, size=[2])", "IndexError: shape mismatch: <3>"),
        )
    ]  # fmt: skip
    return {
        "record": "drift", "old": "torch 0.4.1", "new": "torch 2.13.0", "programs": 500,
        "statuses": {"agree": 380, "crash": 1, "differ": 83, "unsupported": 36},
        "unsupported": {"torch.linalg": 30, "torch.special": 6}, "changes": changes,
    }  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("".join(json.dumps(one) + "\n" for one in measurements()), encoding="utf-8")
