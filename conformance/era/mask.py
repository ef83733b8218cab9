"""Masks: comparisons gave tensors of bytes, there were none of bools."""

from ..suite.shorthand import attempt, call, item, method, tensor
from .idiom import Idiom

X = (tensor("x", [1.0, -2.0, 3.0]),)
BYTES = (*X, call("mask", "ByteTensor", [1, 0, 1]))
POSITIVE = (*X, method("mask", "x", "gt", 0))

MASK = (
    Idiom(
        "comparison-type",
        "masks",
        "(x > 0).type()",
        "torch.ByteTensor.",
        (*POSITIVE, method("name", "mask", "type")),
        lambda run: run["name"] == "torch.ByteTensor",
        lambda run: run["name"],
        instead=lambda run: run["name"] == "torch.BoolTensor",
    ),
    Idiom(
        "mask-inverted",
        "masks",
        "1 - (x > 0)",
        "The other elements.",
        (*POSITIVE, attempt(call("others", "operator.sub", 1, "mask"))),
        lambda run: run.numbers("others") == [0, 1, 0],
        lambda run: f"{run.error()}",
        instead=lambda run: bool(run.error("RuntimeError")),
    ),
    Idiom(
        "masks-added",
        "masks",
        "(x > 0) + (x > 2)",
        "How many of the conditions hold.",
        (*POSITIVE, method("large", "x", "gt", 2), call("count", "operator.add", "mask", "large")),
        lambda run: run.numbers("count") == [1, 0, 2],
        lambda run: f"whether one of them does: {run.text('count')}",
        instead=lambda run: run.numbers("count") == [True, False, True],
    ),
    Idiom(
        "mask-counted",
        "masks",
        "(x > 0).sum()",
        "How many; in a tensor of bytes it went round at 256.",
        (call("many", "ones", 300), method("mask", "many", "gt", 0), method("count", "mask", "sum")),
        lambda run: run["count"] == 300 and isinstance(run["count"], int),
        lambda run: f"{run['count'].item()}, a tensor of {run['count'].dtype}",
        instead=lambda run: run["count"].dtype is run.lib.int64,
    ),
    Idiom(
        "mask-index",
        "masks",
        "x[mask] with a ByteTensor",
        "The elements where it is 1.",
        (*BYTES, item("kept", "x", "mask")),
        lambda run: run.numbers("kept") == [1, 3],
        lambda run: f"{run.text('kept')}, and a warning: {run.warnings[0][1][:50]}...",
    ),
    Idiom(
        "mask-fill",
        "masks",
        "x.masked_fill_(mask, 0) with a ByteTensor",
        "Zero where it is 1.",
        (*BYTES, attempt(method(None, "x", "masked_fill_", "mask", 0))),
        lambda run: run.numbers("x") == [0, -2, 0],
        lambda run: f"{run.error()}",
        instead=lambda run: bool(run.error("RuntimeError")),
    ),
    Idiom(
        "mask-select",
        "masks",
        "x.masked_select(mask) with a ByteTensor",
        "The elements where it is 1.",
        (*BYTES, attempt(method("kept", "x", "masked_select", "mask"))),
        lambda run: run.numbers("kept") == [1, 3],
        lambda run: f"{run.error()}",
        instead=lambda run: bool(run.error("RuntimeError")),
    ),
    Idiom(
        "mask-multiplied",
        "masks",
        "x * (x > 0).float()",
        "Zero where the condition does not hold.",
        (*POSITIVE, method("ones", "mask", "float"), call("kept", "operator.mul", "x", "ones")),
        lambda run: run.numbers("kept") == [1, 0, 3],
        lambda run: f"{run.text('kept')}; the .float() is no longer needed",
    ),
)
