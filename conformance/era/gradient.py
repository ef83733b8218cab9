"""Gradients between two steps: cleared, scaled and set by hand."""

from ..suite.shorthand import (
    attempt,
    backward,
    call,
    get,
    leaf,
    loop,
    method,
    put,
    set_none,
    tensor,
    variable,
)
from .idiom import Idiom

STEP = (call("y", "mul", "w", "w"), call("loss", "sum", "y"), backward("loss"))
ZEROED = (get("g", "w", "grad"), get("held", "g", "data"), method(None, "held", "zero_"))

GRADIENT = (
    Idiom(
        "grad-zeroed",
        "grad",
        "w.grad.data.zero_() after each step",
        "Clears the gradient, which would otherwise be added to.",
        (leaf("w", [1.0, 2.0]), loop(3, *STEP, *ZEROED), *STEP),
        lambda run: run["w"].grad.tolist() == [2, 4],
        lambda run: (
            f"after three cleared steps and one more w.grad is {run['w'].grad.tolist()}; it is the same tensor "
            "throughout, not None"
        ),
        instead=lambda run: run["w"].grad is run["g"],
    ),
    Idiom(
        "grad-zeroed-first",
        "grad",
        "w.grad.data.zero_() before the first step",
        "Harmless: in the first releases grad was there from the start, and zero.",
        (leaf("w", [1.0, 2.0]), get("g", "w", "grad"), get("held", "g", "data")),
        lambda run: run["g"] is not None,
        lambda run: run.error(),
        instead=lambda run: run["g"] is None and bool(run.error("AttributeError")),
    ),
    Idiom(
        "grad-none",
        "grad",
        "w.grad = None",
        "Drops the gradient, so that the next one takes its place.",
        (leaf("w", [1.0, 2.0]), *STEP, set_none("w"), *STEP),
        lambda run: run["w"].grad.tolist() == [2, 4],
        lambda run: f"w.grad is {run['w'].grad.tolist()} after two steps",
    ),
    Idiom(
        "grad-not-cleared",
        "grad",
        "two steps without clearing",
        "The second gradient is added to the first.",
        (leaf("w", [1.0, 2.0]), loop(2, *STEP)),
        lambda run: run["w"].grad.tolist() == [4, 8],
        lambda run: f"w.grad is {run['w'].grad.tolist()}",
    ),
    Idiom(
        "grad-set",
        "grad",
        "w.grad = Variable(g)",
        "Hands a gradient that was computed elsewhere to the optimizer.",
        (leaf("w", [1.0, 2.0]), tensor("g", [0.5, 0.5]), variable("v", "g"), put("w", "grad", "v")),
        lambda run: run["w"].grad is run["v"],
        lambda run: f"w.grad is that very tensor, {run['w'].grad.tolist()}",
    ),
    Idiom(
        "grad-set-of-another-type",
        "grad",
        "w.grad = Variable(g.double())",
        "Refused where types or sizes differ.",
        (leaf("w", [1.0, 2.0]), tensor("g", [0.5, 0.5], "float64"), attempt(put("w", "grad", "g"))),
        lambda run: bool(run.error("RuntimeError")) and run["w"].grad is None,
        lambda run: f"{run.error()[:96]}...",
    ),
    Idiom(
        "grad-clipped",
        "grad",
        "norm = p.grad.data.norm(2); p.grad.data.mul_(clip / norm)",
        "Clips a gradient to a length: a Python number scales it.",
        (
            leaf("w", [1.5, 2.0]),
            *STEP,
            get("g", "w", "grad"),
            get("held", "g", "data"),
            method("norm", "held", "norm", 2),
            call("scale", "operator.truediv", 1.0, "norm"),
            method(None, "held", "mul_", "scale"),
        ),
        lambda run: abs(run["w"].grad.norm().item() - 1) < 1e-6,
        lambda run: (
            f"w.grad has length {run['w'].grad.norm().item():.3f}; the norm is a tensor, {run.text('norm')}"
        ),
        instead=lambda run: run["norm"].ndim == 0,
    ),
    Idiom(
        "grad-volatile",
        "grad",
        "w.grad.volatile",
        "Whether the gradient has a graph of its own: only without one was it volatile.",
        (leaf("w", [1.0, 2.0]), *STEP, get("g", "w", "grad"), get("flag", "g", "volatile")),
        lambda run: run["flag"] is True,
        lambda run: f"{run['flag']}, with a warning; requires_grad says it: {run['g'].requires_grad}",
        instead=lambda run: run["flag"] is False and len(run.warnings) == 1,
    ),
    Idiom(
        "grad-underscored",
        "grad",
        "w._grad",
        "The field behind grad, which extensions wrote to.",
        (leaf("w", [1.0, 2.0]), *STEP, get("g", "w", "_grad")),
        lambda run: run["g"] is run["w"].grad,
        lambda run: f"the same tensor as w.grad, {run.text('g')}",
    ),
)
