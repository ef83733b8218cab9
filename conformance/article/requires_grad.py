"""What the article says of requires_grad and of grad."""

from ..suite import Reading
from ..suite.shorthand import array, attempt, backward, call, get, grad, leaf, set_grad, tensor
from .claim import Claim


def enabled(data: list[object], dtype: str) -> Reading:
    """Enabling gradients of a tensor of that dtype, which is claimed to fail."""
    statements = (tensor("x", data, dtype), attempt(call(None, "Tensor.requires_grad_", "x", True)))
    return Reading(statements, lambda run: not run["x"].requires_grad and bool(run.error("RuntimeError")))


REQUIRES_GRAD = (
    Claim(
        "requires-grad-tracks",
        "requires_grad",
        "With requires_grad true, a tensor's operations are tracked and form a backward graph.",
        Reading(
            (
                leaf("x", 2.0),
                tensor("c", 2.0),
                call("tracked", "mul", "x", "c"),
                call("plain", "mul", "c", "c"),
            ),
            lambda run: run.node("tracked") == "MulBackward0" and run.node("plain") is None,
        ),
        lambda run: (
            f"grad_fn of a product with such a tensor: {run.node('tracked')}; without: {run.node('plain')}"
        ),
    ),
    Claim(
        "requires-grad-from-then-on",
        "requires_grad",
        "The tensor starts to track when it is set, not before.",
        Reading(
            (
                tensor("x", 2.0),
                call("before", "mul", "x", "x"),
                call(None, "Tensor.requires_grad_", "x"),
                call("after", "mul", "x", "x"),
            ),
            lambda run: not run["before"].requires_grad and run["after"].requires_grad,
        ),
        lambda run: (
            f"of two products, before and after, requires_grad is {run['before'].requires_grad} "
            f"and {run['after'].requires_grad}"
        ),
    ),
    Claim(
        "requires-grad-in-place",
        "requires_grad",
        "a.requires_grad_(True) does it in place.",
        Reading(
            (tensor("a", 2.0), call("b", "Tensor.requires_grad_", "a", True)),
            lambda run: run["b"] is run["a"] and run["a"].requires_grad,
        ),
        lambda run: f"it returns a itself: {run['b'] is run['a']}",
    ),
    Claim(
        "requires-grad-not-integer",
        "requires_grad",
        "Integer tensors cannot require gradients.",
        enabled([1, 2, 3], "int64"),
        lambda run: run.error(),
    ),
    Claim(
        "requires-grad-only-floating",
        "requires_grad",
        "Only tensors of floating point dtype can require gradients.",
        enabled([1j], "complex64"),
        lambda run: f"a complex64 tensor can: requires_grad is {run['x'].requires_grad}",
        instead=lambda run: run["x"].requires_grad and not run.errors,
    ),
    Claim(
        "requires-grad-decimal-points",
        "requires_grad",
        "That is why the array is written [1., 2., 3.].",
        Reading(
            (
                array("whole", [1, 2, 3]),
                call("x", "from_numpy", "whole"),
                attempt(call(None, "Tensor.requires_grad_", "x", True)),
                array("decimal", [1.0, 2.0, 3.0]),
                call("z", "from_numpy", "decimal"),
                call(None, "Tensor.requires_grad_", "z", True),
            ),
            lambda run: (run["x"].requires_grad, run["z"].requires_grad) == (False, True),
        ),
        lambda run: (
            f"[1, 2, 3] gives {run['x'].dtype}, which cannot; [1., 2., 3.] gives {run['z'].dtype}, which can"
        ),
    ),
)

GRAD = (
    Claim(
        "grad-holds-gradient",
        "grad",
        "grad holds the value of the gradient.",
        Reading(
            (leaf("x", 3.0), call("y", "mul", "x", "x"), backward("y")),
            lambda run: run["x"].grad.item() == 6,
        ),
        lambda run: f"x.grad is {run['x'].grad.item():g} for y = x*x at 3",
    ),
    Claim(
        "grad-none-without-requires-grad",
        "grad",
        "With requires_grad=False, grad is None.",
        Reading(
            (
                tensor("c", 3.0),
                leaf("x", 2.0),
                call("y", "mul", "x", "c"),
                backward("y"),
                get("held", "c", "grad"),
            ),
            lambda run: run["held"] is None and run["x"].grad is not None,
        ),
        lambda run: f"after a backward pass through it, c.grad is {run['held']}",
    ),
    Claim(
        "grad-none-when-switched-off",
        "grad",
        "With requires_grad=False, grad is None, also where it was True before.",
        Reading(
            (
                leaf("x", 3.0),
                call("y", "mul", "x", "x"),
                backward("y"),
                call(None, "Tensor.requires_grad_", "x", False),
                get("held", "x", "grad"),
            ),
            lambda run: run["held"] is None,
        ),
        lambda run: f"switched off after a backward pass, a tensor keeps its grad: {run.text('held')}",
        instead=lambda run: not run["x"].requires_grad and run["held"].item() == 6,
    ),
    Claim(
        "grad-none-before-backward",
        "grad",
        "Even with requires_grad=True, grad is None before backward is called.",
        Reading(
            (leaf("x", 3.0), call("y", "mul", "x", "x"), get("held", "x", "grad")),
            lambda run: run["held"] is None,
        ),
        lambda run: f"x.grad is {run['held']}, and not zero",
    ),
    Claim(
        "grad-only-by-backward",
        "grad",
        "grad stays None unless backward is called.",
        Reading(
            (
                leaf("x", 3.0),
                call("y", "mul", "x", "x"),
                grad("dy_dx", "y", "x"),
                get("after_grad", "x", "grad"),
                set_grad("x", "dy_dx"),
            ),
            lambda run: run["after_grad"] is None and run["x"].grad is None,
        ),
        lambda run: (
            f"autograd.grad leaves it {run['after_grad']}, but it can be assigned: "
            f"after x.grad = ... it is {run['x'].grad.item():g}"
        ),
        instead=lambda run: run["after_grad"] is None and run["x"].grad is run["dy_dx"],
    ),
)
