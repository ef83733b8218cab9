"""Writes run folders for the tests of the reports: `python run_sample.py FOLDER [PROGRAMS [DAYS]]`.

Their form is that of real ones; nothing in them was ever measured.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OPS = (
    "mul", "add", "sub", "div", "pow", "exp", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "relu",
    "softmax", "matmul", "mm", "bmm", "sum", "mean", "prod", "max", "min", "amax", "amin", "argmax",
    "cumsum", "cumprod", "where", "clamp", "abs", "neg", "reciprocal", "sqrt", "rsqrt", "reshape", "view",
    "transpose", "permute", "expand", "squeeze", "unsqueeze", "cat", "stack", "split", "chunk",
    "index_select", "gather", "scatter", "lerp", "norm", "linalg.norm", "linalg.solve", "linalg.inv",
    "fft.fft", "fft.rfft", "special.erfc", "special.i0", "nn.functional.linear", "nn.functional.gelu",
    "nn.functional.layer_norm", "Tensor.add_", "Tensor.mul_", "Tensor.copy_", "Tensor.zero_", "Tensor.t_",
    "Tensor.index_put_", "Tensor.masked_fill_", "operator.mul", "operator.add", "operator.pow",
    "operator.matmul", "Tensor.__getitem__", "detach", "topk", "sort", "kthvalue", "logcumsumexp",
    "unfold", "roll", "flip", "tril", "triu", "diagonal", "einsum",
)  # fmt: skip

KINDS = ("value", "dtype", "shape", "stride", "alias", "version", "leaf", "requires_grad", "graph", "saved",
         "grad", "warning", "error", "repr")  # fmt: skip

SCRIPT = '''\
"""{signature}: reduced from {program}.

    python {slug}.py --impl torch|mini|both
"""
import argparse
import importlib


def program(torch):
    x0 = torch.tensor([float.fromhex("0x1.8p+0"), float.fromhex("-0x1.0p-1")], requires_grad=True)
    x1 = {call}
    x1.backward(torch.tensor([float.fromhex("0x1.2p+0"), float.fromhex("0x1.ap-1")]))
    return x0.grad  # the statement at which the two part


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--impl", choices=("torch", "mini", "both"), default="both")
    choice = parser.parse_args().impl
    for name in ("torch", "mini_autograd"):
        if choice in ("both", name[: len(choice)]):
            print(name, program(importlib.import_module(name)))


if __name__ == "__main__":
    main()
'''

# signature, weight in 1000 programs, expected, got, reason
DIFFERENCES = (
    ("prod|grad|value|float32", 3, "tensor([0., 0., 6.])", "tensor([nan, nan, 6.])", None),
    ("topk|saved|names|float32", 2, "dim, indices, self_sym_sizes", "dim, indices, self_sym_sizes, k", None),
    ("Tensor.t_|error|text|float32", 1,
     "RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation.",
     "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.", None),
    ("cumprod|graph|name|float64", 1, "CumprodBackward0", "MulBackward0", None),
    ("Tensor.index_put_|version|_version|int64", 1, "2", "1", None),
    ("kthvalue|error|type|float32", 4, "no exception",
     "AttributeError: module 'mini_autograd' has no attribute 'kthvalue'", None),
    ("fft.rfft|error|type|float32", 4, "no exception", "NotImplementedError: fft.rfft", None),
    ("special.i0|value|value|float32", 2, "tensor(1.2660658e+00)", "tensor(1.2660660e+00)",
     "torch's float32 polynomial is 6 ULP from its own float64 result; ours is 1 ULP from it."),
    ("detach|repr|text|complex64", 1, "tensor([1.+0.j])", "tensor([1.+0.j], )",
     "torch prints complex zeros with a trailing space in some widths; the text carries no information."),
)  # fmt: skip

CLAIMS = (
    ("requires-grad-float-only", "requires_grad", "Only tensors of floating point dtype require gradients.",
     "does not hold", "Complex tensors can require gradients too; integer and bool tensors raise.", True),
    ("backward-scalar-default", ".backward()", "Without an argument, backward() passes torch.tensor(1.0).",
     "holds", "The same: ones of the root's own dtype.", True),
    ("grad-none-before-backward", "grad", "grad is None unless backward() was called.",
     "holds", "The same; reading it on a non-leaf also warns.", True),
    ("np-arrary", "code", "np.arrary([1., 2., 3.]) makes an array.", "misprint",
     "numpy has no such name; np.array is meant.", True),
    ("variable-same-class", "Variable", "torch.tensor and torch.autograd.Variable are now the same class.",
     "does not hold", "tensor is a function; Variable(x) returns a Tensor.", False),
)  # fmt: skip

IDIOMS = (
    ("loss-data-0", "loss", "loss.data[0]", "The number that the loss is.", "raises",
     "IndexError: invalid index of a 0-dim tensor.", True),
    ("sum-keeps-dimension", "arithmetic", "x.sum(1)", "A column.", "changed", "shape (2,)", True),
    ("grad-variables", "graph", "backward([y], grad_variables=[g])", "Goes back from several outputs.", "warns",
     "a FutureWarning", False),
    ("grad-none", "grad", "w.grad = None", "Drops the gradient.", "works", "w.grad is [2.0, 4.0]", True),
)  # fmt: skip

TIMINGS = (
    ("mul-4", "a*b, n=4", 820, 2900, 0.02, 0.35),
    ("chain-10", "chain of 10 muls + backward, n=4", 19_400, 61_000, 0.03, 0.35),
    ("graph-100", "100-node graph + backward, n=4", 410_000, 398_000, 0.04, 0.35),
    ("matmul-256", "(a@b).sum(), 256x256", 2_950_000, 1_100_000, 0.11, None),
    ("layer-norm", "layer_norm, 32x512", 610_000, 590_000, 0.06, 1.0),
)

# What agrees in it is counted here alone; the programs above have records of their own.
BATCH = {
    "record": "batch",
    "origin": "corpus",
    "first": 0,
    "count": 9,
    "agree": 9,
    "statements": 72,
    "rounded": 3,
    "arbitrated": 1,
    "kinds": {"value": [9, 144], "process": [9, 9]},
    "ops": {"mul": 9, "kthvalue": 2, "einsum": 1},
    "areas": {"in-place and views": 4, "hooks": 1},
}
AREAS = (
    "second order",
    "forward mode",
    "no_grad and modes",
    "in-place and views",
    "hooks",
    "custom functions",
)

COVERAGE = {
    "record": "coverage",
    "kinds": {"tensor": [5210, 5210], "op": [4102, 4390], "numpy_call": [0, 0]},
    "mistakes": {"write_to_a_leaf": [21, 23], "second_backward": [0, 0]},
    "errors": {
        "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.": 21
    },
    "nodes": {"MulBackward0": 913, "torch::autograd::AccumulateGrad": 2050},
}


OP_SCORES = [
    {
        "record": "op",
        "entry": entry,
        "family": entry.partition(".")[0],
        "check": check,
        "dtype": "float64",
        "agree": agree,
        "differ": differ,
        "silent": 0,
        "unsupported": None if entry != "fft.rfft" else entry,
        "calls": [entry],
        "signatures": {"grad|value|value|float": differ} if differ else {},
    }
    for entry, check, agree, differ in (
        ("linalg.det", "value", 8, 0),
        ("linalg.det", "gradient", 7, 1),
        ("linalg.inv", "value", 10, 0),
        ("fft.rfft", "value", 0, 0),
    )
]


PACES = [
    {
        "record": "pace", "entry": entry, "family": entry.partition(".")[0], "elements": 1_000_000,
        "subject_ns": 1e6 * ratio, "reference_ns": 1e6, "ratio": ratio, "noise": 0.04,
    }
    for entry, ratio in (("linalg.det", 0.8), ("linalg.inv", 1.4), ("mul", 0.97))
]  # fmt: skip


DRAWING = {
    "width": 120, "height": 90,
    "nodes": [
        {
            "x": 10, "y": y, "width": 100, "height": 20, "title": title, "lines": ["[3]"], "kind": kind,
            "differs": kind == "node",
        }
        for y, title, kind in ((10, "y1", "output"), (60, "DetBackward0", "node"))
    ],
    "edges": [{"points": [[60, 30], [60, 60]]}],
}  # fmt: skip

SAMPLE = {
    "record": "sample",
    "entry": "linalg.det",
    "listing": "x0 = torch.tensor([[1.0]], requires_grad=True)\ny1 = torch.linalg.det(x0)",
    "graphs": {"expected": DRAWING, "got": DRAWING},
}

POINTS = [
    {
        "elements": elements, "subject_ns": 1e3 * ratio, "reference_ns": 1e3, "ratio": ratio, "noise": 0.05,
        "subject_bytes": 4 * elements if elements > 1000 else None, "reference_bytes": None,
    }
    for elements, ratio in ((1, 0.3), (1000, 0.6), (1_000_000, 1.2))
]  # fmt: skip

SWEEP = {"record": "sweep", "op": "mul", "points": POINTS, "crossover": 1_000_000}

MUTANTS = [
    {
        "record": "mutant", "mutant": f"ops.{name}", "family": "sign or factor", "by": by,
        "program": by and "g-0-7", "programs": 8 if by else 2000, "concerned": 3, "equivalent": None,
    }
    for name, by in (("sin: cos negated", "sin|grad|value|float"), ("cos: sin not negated", None))
]  # fmt: skip

DRIFT = {
    "record": "drift",
    "old": "torch 1.13.1",
    "new": "torch 2.13.0",
    "programs": 40,
    "statuses": {"agree": 31, "differ": 6, "unsupported": 3},
    "unsupported": {"vmap": 3},
    "changes": [
        {
            "signature": "sum|graph|name|float", "programs": 6, "program": "g-0-3", "statement": "y = x.sum(0)",
            "location": "y.grad_fn", "was": "SumBackward0", "is": "SumBackward1",
        }
    ],
}  # fmt: skip

ERRORS = {"subject": {"0.5": 90, "2": 8, "inf": 2}, "reference": {"0.5": 100}}

MEASURES = [SAMPLE, SWEEP, *MUTANTS, DRIFT]


def run_json(**changes: Any) -> dict[str, Any]:
    """The header of a valid, complete run, with fields replaced."""
    return {
        "format": 2,
        "run": "20261120-101500-7",
        "started": "2026-11-20T10:15:00+00:00",
        "finished": "2026-11-20T10:16:07+00:00",
        "status": "complete",
        "subject": {"name": "mini_autograd", "version": "0.1.0", "compiled": True},
        "reference": {"name": "torch", "version": "2.13.0+cpu"},
        "seed": 7,
        "programs": 2000,
        "environment": {"commit": "49f35e7", "python": "3.11.2", "numpy": "2.4.6", "platform": "Linux", "threads": 1},
        "controls": {"agree": [200, 200], "differ": [12, 12]},
        "rate": 431.5,
        "absent": ["Tensor.kthvalue", "fft.rfft", "kthvalue", "linalg.eigh"],
        "unproven": {"einsum": 3},
        **changes,
    }  # fmt: skip


def program(index: int, rng: random.Random) -> dict[str, Any]:
    count = rng.randint(4, 12)
    ops = rng.choices(OPS, weights=[1 / (1 + i) ** 0.5 for i in range(len(OPS))], k=count)
    observed = {kind: rng.randint(0, count) for kind in KINDS}
    return {
        "record": "program",
        "id": f"g-7-{index}",
        "origin": "generated",
        "status": "agree",
        "statements": count,
        "completed": count,
        "ops": ops,
        "areas": [AREAS[index % 6], AREAS[index % 5]] if index % 7 else [],
        "kinds": observed,
        "signature": None,
        "arbitrated": rng.choice((0, 0, 0, 1)),
    }


def difference(
    signature: str, program_id: str, expected: str, got: str, reason: str | None
) -> dict[str, Any]:
    op, kind, field, _ = signature.split("|")
    call = f"x0.{op.removeprefix('Tensor.')}(x0)" if op.startswith("Tensor.") else f"torch.{op}(x0)"
    statements = [{"kind": "tensor", "name": "x0"}, {"kind": "op", "name": op, "args": [{"ref": "x0"}]}]
    slug = signature.replace("|", "-")
    return {
        "record": "difference",
        "signature": signature,
        "program": program_id,
        "statement": 2,
        "kind": kind,
        "field": field,
        "op": op,
        "location": "x0.grad",
        "expected": expected,
        "got": got,
        "reduced": {"format": 1, "name": slug, "origin": "generated", "seed": 7, "statements": statements},
        "listing": f"x0 = torch.tensor([1.5, -0.5], requires_grad=True)\nx1 = {call}",
        "script": SCRIPT.format(signature=signature, program=program_id, slug=slug, call=call),
        "accepted": reason,
        "steps": [
            {
                "code": ["x0 = torch.tensor([1.5, -0.5], requires_grad=True)"],
                "rows": [[" ", "x0 = [1.5, -0.5]", "x0 = [1.5, -0.5]"]],
            },
            {"code": [f"x1 = {call}"], "rows": [["~", "x1 = 1.25", "x1 = 1.2500001"], ["≠", expected, got]]},
        ],
        "graphs": {"expected": drawing(True), "got": drawing(False)}
        if kind in ("grad", "graph", "saved")
        else None,
    }


def drawing(second: bool) -> dict[str, Any]:
    """A graph of two nodes or one, the first marked."""
    titles = ["x1", "MulBackward0", *(["SumBackward0"] if second else []), "AccumulateGrad"]
    nodes = [
        {
            "x": 10,
            "y": 10 + 60 * at,
            "width": 160,
            "height": 40,
            "title": title,
            "lines": ["float32 [2]"],
            "kind": "output" if at == 0 else "leaf" if title == "AccumulateGrad" else "node",
            "differs": at == 1,
        }
        for at, title in enumerate(titles)
    ]
    edges = [{"points": [[90, 50 + 60 * at], [90, 70.5 + 60 * at]]} for at in range(len(nodes) - 1)]
    return {"width": 180, "height": 60 * len(nodes) + 10, "nodes": nodes, "edges": edges}


def records(programs: int = 2000, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Programs, each difference at least once and then sprinkled among them, a crash, claims, idioms, timings."""
    rng = random.Random(seed)
    weights = [weight for _, weight, *_ in DIFFERENCES]
    for index in range(programs):
        one = program(index, rng)
        if index < len(DIFFERENCES):
            yield from differing(one, DIFFERENCES[index])
        elif rng.random() < 0.02:
            yield from differing(one, rng.choices(DIFFERENCES, weights)[0])
        else:
            yield one | ({"status": "crash", "completed": 3} if index % 997 == len(DIFFERENCES) else {})
    yield BATCH
    yield from (claim(*row) for row in CLAIMS)
    yield from (idiom(*row) for row in IDIOMS)
    yield from (timing(*row) for row in TIMINGS)
    yield COVERAGE
    yield from OP_SCORES
    yield from PACES
    yield from MEASURES
    yield {"record": "names", "names": {"mul": True, "linalg.det": True, "fft.rfft": False, "nanmean": True}}


def differing(one: dict[str, Any], row: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    signature, _, expected, got, reason = row
    status = "differ" if reason is None else "accepted"
    ops = [*one["ops"], signature.split("|")[0]]
    yield one | {"ops": ops, "signature": signature, "status": status}
    yield difference(signature, one["id"], expected, got, reason)


def claim(id: str, section: str, text: str, verdict: str, today: str, agree: bool) -> dict[str, Any]:
    statements = [{"kind": "tensor", "name": "x0", "data": ["0x1.0p+0"]}]
    return {
        "record": "claim",
        "id": id,
        "section": section,
        "claim": text,
        "verdict": verdict,
        "today": today,
        "agree": agree,
        "program": {"format": 1, "name": id, "origin": "article", "statements": statements},
        "listing": "x0 = torch.tensor([1.0])",
    }


def idiom(
    id: str, section: str, written: str, then: str, verdict: str, today: str, agree: bool
) -> dict[str, Any]:
    like = claim(id, section, then, verdict, today, agree)
    del like["claim"]
    return like | {"record": "idiom", "written": written, "then": then}


def timing(
    id: str, title: str, subject: float, reference: float, noise: float, goal: float | None
) -> dict[str, Any]:
    phase = {"subject_ns": subject, "reference_ns": reference, "ratio": subject / reference, "noise": noise}
    return {
        "record": "timing",
        "program": id,
        "title": title,
        "status": "timed",
        "detail": "",
        "forward_backward": phase | {"spread": 0.01},
        "forward": phase,
        "backward": None,
        "rounds": 200,
        "garbage": 0.0,
        "goal": goal,
    }


def write(
    folder: Path, header: dict[str, Any], lines: Iterator[dict[str, Any]] | list[dict[str, Any]]
) -> Path:
    """Write one run folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(header), encoding="utf-8")
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "records.jsonl").write_text(text, encoding="utf-8")
    return folder


def write_history(folder: Path, days: int, programs: int = 300) -> list[Path]:
    """A run a day, of which some are no result; in the last one an op is wrong and one takes three times as long."""
    paths = []
    for day in range(days):
        last = day == days - 1
        rng = random.Random(day)
        started = datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(days=day)
        name = f"{started:%Y%m%d-%H%M%S}-{day}"
        header = run_json(
            run=name, started=started.isoformat(), finished=(started + timedelta(minutes=7)).isoformat(),
            seed=day, programs=programs, status="incomplete" if day % 29 == 3 and not last else "complete",
            controls={"agree": [200 - (day % 41 == 5 and not last), 200], "differ": [12, 12]},
        )  # fmt: skip
        lines = [_changed(line, rng, last) for line in records(programs, day)]
        left_out = {row[0] for row in DIFFERENCES if rng.random() < 0.3 and row[-1] is None and not last}
        lines = [line for line in lines if line.get("signature") not in left_out]
        header["programs"] = sum(line["record"] == "program" for line in lines)
        paths.append(write(folder / name, header, lines))
    return paths


def _changed(line: dict[str, Any], rng: random.Random, last: bool) -> dict[str, Any]:
    """A record as another day might have it."""
    line = json.loads(json.dumps(line))
    if line["record"] == "pace":
        line["ratio"] *= rng.uniform(0.98, 1.02) * (3 if last and line["entry"] == "mul" else 1)
    elif line["record"] == "op" and line["entry"] == "linalg.inv" and last:
        line |= {"agree": line["agree"] - 2, "differ": 2}
    elif line["record"] == "timing":
        for phase in ("forward_backward", "forward"):
            slowed = 2 if last and line["program"] == "graph-100" else 1
            line[phase]["ratio"] *= rng.uniform(0.99, 1.01) * slowed
    return line


if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    if len(sys.argv) > 3:
        write_history(Path(sys.argv[1]), int(sys.argv[3]), count)
    else:
        write(Path(sys.argv[1]), run_json(programs=count), records(count))
