"""What the article says of Tensor.backward."""

from ..suite import Reading
from ..suite.shorthand import array, attempt, backward, call, get, leaf, set_none, tensor
from .claim import Claim

SQUARE = (leaf("x", [1.0, 2.0, 3.0]), call("y", "mul", "x", "x"))
SCALAR = (leaf("x", 3.0), call("y", "mul", "x", "x"))
EXAMPLE = (
    array("a", [1.0, 2.0, 3.0]),
    call("x", "from_numpy", "a"),
    call(None, "Tensor.requires_grad_", "x", True),
    call("square", "operator.mul", "x", "x"),
    call("y", "operator.add", "square", 4),
)


def default(x: list[object] | float, dtype: str = "float32") -> Reading:
    """The same backward pass twice, without an argument and with torch.tensor(1.0)."""
    statements = (
        leaf("x", x, dtype),
        call("y", "mul", "x", "x"),
        backward("y", retain_graph=True),
        get("first", "x", "grad"),
        call("without", "clone", "first"),
        set_none("x"),
        tensor("one", 1.0),
        backward("y", "one"),
    )
    return Reading(statements, lambda run: run["x"].grad is not None and run["x"].grad.equal(run["without"]))


BACKWARD = (
    Claim(
        "backward-passes-argument",
        "backward",
        "backward calculates the gradient by passing its argument through the graph to the leaf.",
        Reading(
            (*SQUARE, tensor("v", [1.0, -2.0, 0.5]), backward("y", "v")),
            lambda run: run["x"].grad.tolist() == [2, -8, 3],
        ),
        lambda run: f"for y = x*x and the argument {run.text('v')} x.grad is {run['x'].grad.tolist()}",
    ),
    Claim(
        "backward-every-leaf",
        "backward",
        "It goes up to a specific leaf, the one that can be traced.",
        Reading(
            (
                leaf("x", 3.0),
                leaf("z", 4.0),
                tensor("c", 5.0),
                call("u", "mul", "x", "z"),
                call("y", "mul", "u", "c"),
                backward("y"),
            ),
            lambda run: [run[name].grad is not None for name in "xzc"].count(True) == 1,
        ),
        lambda run: (
            "it goes to every leaf that requires gradients: of x, z and the constant c, grad is "
            f"{[None if run[name].grad is None else run[name].grad.item() for name in 'xzc']}"
        ),
        instead=lambda run: (
            [run[name].requires_grad for name in "xzc"] == [run[name].grad is not None for name in "xzc"]
        ),
    ),
    Claim(
        "backward-scalar-without-argument",
        "backward",
        "backward() without an argument is for scalar outputs.",
        Reading(
            (
                *SCALAR,
                backward("y"),
                leaf("w", [1.0, 2.0]),
                call("z", "mul", "w", "w"),
                attempt(backward("z")),
            ),
            lambda run: (
                run["x"].grad.item() == 6 and run["w"].grad is None and bool(run.error("RuntimeError"))
            ),
        ),
        lambda run: f"of a vector, {run.error()}",
    ),
    Claim(
        "backward-one-element",
        "backward",
        "For an output that is not 0-D the argument has to be given.",
        Reading(
            (leaf("x", [[3.0]]), call("y", "mul", "x", "x"), attempt(backward("y"))),
            lambda run: bool(run.error("RuntimeError")),
        ),
        lambda run: (
            f"one element is enough: one of shape {tuple(run['y'].shape)} gives {run['x'].grad.tolist()}"
        ),
        instead=lambda run: not run.errors and run["x"].grad.tolist() == [[6]],
    ),
    Claim(
        "backward-default-argument",
        "backward",
        "For a scalar, backward() is backward(torch.tensor(1.0)).",
        default(3.0),
        lambda run: f"both give {run['x'].grad.item():g}",
    ),
    Claim(
        "backward-default-of-float64",
        "backward",
        "backward() is backward(torch.tensor(1.0)) for a float64 scalar too.",
        default(3.0, "float64"),
        lambda run: (
            f"the float32 argument is accepted; both give a {run['x'].grad.dtype} gradient, "
            f"{run['x'].grad.item():g}"
        ),
        instead=lambda run: run["one"].dtype is run.lib.float32 and not run.errors,
    ),
    Claim(
        "backward-default-of-one-element",
        "backward",
        "backward() is backward(torch.tensor(1.0)) for any output of one element.",
        default([[3.0]]),
        lambda run: (
            f"the default has the output's shape, {tuple(run['y'].shape)}; torch.tensor(1.0) has not: "
            + run.error().partition(":")[0]
            + ": "
            + run.error().partition(": ")[2][:96]
        ),
        instead=lambda run: (
            "Mismatch in shape" in run.error("RuntimeError") and run.numbers("without") == [[6]]
        ),
    ),
    Claim(
        "backward-explicit-argument",
        "backward",
        "For a vector the argument has to be given, of the same shape.",
        Reading(
            (*SQUARE, attempt(backward("y")), tensor("ones", [1.0, 1.0, 1.0]), backward("y", "ones")),
            lambda run: bool(run.error("RuntimeError")) and run["x"].grad.tolist() == [2, 4, 6],
        ),
        lambda run: f"without: {run.error()}; with ones: {run['x'].grad.tolist()}",
    ),
    Claim(
        "backward-shape-of-gradient",
        "backward",
        "The argument has the shape of the intended gradient, which is that of x.",
        Reading(
            (
                leaf("x", [1.0, 2.0, 3.0]),
                tensor("w", [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]),
                call("y", "mv", "w", "x"),
                tensor("like_x", [1.0, 1.0, 1.0]),
                attempt(backward("y", "like_x")),
                tensor("like_y", [1.0, 1.0]),
                backward("y", "like_y"),
            ),
            lambda run: not run.errors,
        ),
        lambda run: (
            f"it has the shape of the output: for x of 3 and y of 2 elements, an argument of 3 raises "
            f"{run.error()[:72]}..., one of 2 gives {run['x'].grad.tolist()}"
        ),
        instead=lambda run: len(run.errors) == 1 and run["x"].grad.tolist() == [1, 1, 3],
    ),
    Claim(
        "backward-two-for-three",
        "backward",
        "For x = tensor([1., 2., 3.]) call backward(torch.tensor([1., 1.])).",
        Reading(
            (*EXAMPLE, tensor("ones", [1.0, 1.0]), backward("y", "ones")),
            lambda run: not run.errors and run["x"].grad.tolist() == [2, 4, 6],
        ),
        lambda run: run.error(),
        meant=Reading(
            (*EXAMPLE, tensor("ones", [1.0, 1.0, 1.0]), backward("y", "ones")),
            lambda run: not run.errors and run["x"].grad.tolist() == [2, 4, 6],
        ),
        instead=lambda run: "Mismatch in shape" in run.error("RuntimeError"),
    ),
    Claim(
        "backward-stores-in-leaves",
        "backward",
        "backward stores the gradients in the leaves.",
        Reading(
            (
                *SQUARE,
                call("z", "sum", "y"),
                backward("z"),
                get("at_leaf", "x", "grad"),
                get("between", "y", "grad"),
            ),
            lambda run: run.numbers("at_leaf") == [2, 4, 6] and run["between"] is None,
        ),
        lambda run: (
            f"x.grad is {run.text('at_leaf')}; y.grad is {run['between']}, and reading it warns: "
            f"{'; '.join(category for category, _ in run.warnings)}"
        ),
    ),
    Claim(
        "backward-stores-anew",
        "backward",
        "backward stores the gradient, so that grad is that of the last call.",
        Reading(
            (*SCALAR, backward("y", retain_graph=True), backward("y")),
            lambda run: run["x"].grad.item() == 6,
        ),
        lambda run: f"it adds to what is there: 6 twice gives {run['x'].grad.item():g}",
        instead=lambda run: run["x"].grad.item() == 6 + 6,
    ),
)
