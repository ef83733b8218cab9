"""The number that a loss is: in those days a tensor of one element, there were none of no dimension."""

from ..suite.shorthand import attempt, backward, call, get, item, leaf, loop, method, tensor
from .idiom import Idiom

LOSS = (leaf("w", [1.0, 2.0]), call("y", "mul", "w", "w"), call("loss", "sum", "y"))

SCALAR = (
    Idiom(
        "loss-data-0",
        "loss",
        "loss.data[0]",
        "The number that the loss is.",
        (*LOSS, get("held", "loss", "data"), item("number", "held", 0)),
        lambda run: run["number"] == 5,
        lambda run: run.error(),
        instead=lambda run: bool(run.error("IndexError")),
    ),
    Idiom(
        "loss-0",
        "loss",
        "loss[0].backward()",
        "A Variable of the first element, for what wants one.",
        (*LOSS, item("first", "loss", 0), backward("first")),
        lambda run: run["w"].grad.tolist() == [2, 4],
        lambda run: f"{run.error()[:44]}..., for the loss has shape {tuple(run['loss'].shape)}",
        instead=lambda run: bool(run.error("IndexError")),
    ),
    Idiom(
        "running-loss",
        "loss",
        "running += loss.data[0]",
        "The sum of the losses of an epoch, a Python number.",
        (*LOSS, tensor("running", 0.0), attempt(get("held", "loss", "data")), item("n", "held", 0)),
        lambda run: run["n"] == 5,
        lambda run: f"{run.error()[:44]}...; loss.item() is {run['loss'].item()}",
        instead=lambda run: bool(run.error("IndexError")),
    ),
    Idiom(
        "element-of-vector",
        "loss",
        "x[0]",
        "Of a tensor of one dimension, a Python number.",
        (tensor("x", [1.5, 2.5]), item("first", "x", 0)),
        lambda run: isinstance(run["first"], float),
        lambda run: (
            f"a tensor of shape {tuple(run['first'].shape)} over the memory of x: {run.text('first')}"
        ),
        instead=lambda run: run["first"].ndim == 0 and run["first"].data_ptr() == run["x"].data_ptr(),
    ),
    Idiom(
        "loss-to-numpy-0",
        "loss",
        "loss.data.numpy()[0]",
        "The same number by way of an array.",
        (*LOSS, get("held", "loss", "data"), method("a", "held", "numpy"), item("number", "a", 0)),
        lambda run: run["number"] == 5,
        lambda run: f"{run.error()[:60]}...",
        instead=lambda run: bool(run.error("IndexError")),
    ),
    Idiom(
        "backward-of-ones",
        "loss",
        "loss.backward(torch.FloatTensor([1]))",
        "The gradient of the loss by itself, of the loss's own shape.",
        (*LOSS, call("one", "FloatTensor", [1]), attempt(backward("loss", "one"))),
        lambda run: run["w"].grad is not None,
        lambda run: f"{run.error()[:118]}...",
        instead=lambda run: "Mismatch in shape" in run.error("RuntimeError"),
    ),
    Idiom(
        "sum-is-number",
        "loss",
        "x.sum() / x.size(0)",
        "Of a tensor, arithmetic of Python numbers.",
        (tensor("x", [1.0, 2.0]), method("total", "x", "sum"), call("mean", "operator.truediv", "total", 2)),
        lambda run: isinstance(run["mean"], float),
        lambda run: f"a tensor of shape {tuple(run['mean'].shape)}, {run.text('mean')}",
        instead=lambda run: run["mean"].ndim == 0,
    ),
    Idiom(
        "dot-is-number",
        "loss",
        "x.dot(y)",
        "Of two tensors, a Python number.",
        (tensor("x", [1.0, 2.0]), method("d", "x", "dot", "x")),
        lambda run: isinstance(run["d"], float),
        lambda run: f"a tensor of shape {tuple(run['d'].shape)}, {run.text('d')}",
        instead=lambda run: run["d"].ndim == 0,
    ),
    Idiom(
        "losses-listed",
        "loss",
        "losses.append(loss.data)",
        "Keeps the losses without their graphs.",
        (
            leaf("w", [1.0, 2.0]),
            tensor("sum", 0.0),
            loop(
                2,
                call("y", "mul", "w", "w"),
                call("loss", "sum", "y"),
                get("held", "loss", "data"),
                call("sum", "operator.add", "sum", "held"),
            ),
        ),
        lambda run: not run["sum"].requires_grad,
        lambda run: f"the sum of them is {run.text('sum')}, without history",
    ),
)
