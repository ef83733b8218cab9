"""What the article says of the dynamic computation graph, the chain rule and grad_fn."""

import math

from ..suite import Reading, Seen
from ..suite.shorthand import backward, call, grad, leaf, tensor, watch
from .claim import Claim

SQUARE = (leaf("x", [1.0, 2.0, 3.0]), call("u", "mul", "x", "x"), call("y", "add", "u", 4))
COMPOSED = (leaf("x", 2.0, "float64"), call("u", "mul", "x", "x"), call("y", "sin", "u"))


def chain(run: Seen, name: str) -> list[str]:
    """The names of the nodes met by always going to the first input."""
    node, found = run[name].grad_fn, []
    while node is not None:
        found.append(node.name())
        node = node.next_functions[0][0] if node.next_functions else None
    return found


GRAPH = (
    Claim(
        "graph-tracks-every-operation",
        "dynamic computation graph",
        "The graph tracks every operation applied.",
        Reading(
            SQUARE,
            lambda run: (
                chain(run, "y") == ["AddBackward0", "MulBackward0", "torch::autograd::AccumulateGrad"]
            ),
        ),
        lambda run: f"y = x*x + 4 leaves {' -> '.join(chain(run, 'y'))}",
    ),
    Claim(
        "graph-leaves",
        "dynamic computation graph",
        "Its leaves are the input tensors.",
        Reading(
            SQUARE,
            lambda run: (
                [run[name].is_leaf for name in "xuy"] == [True, False, False]
                and run["u"].grad_fn.next_functions[0][0].variable is run["x"]
            ),
        ),
        lambda run: f"is_leaf of x, u and y: {[run[name].is_leaf for name in 'xuy']}",
    ),
    Claim(
        "graph-roots",
        "dynamic computation graph",
        "Its roots are the output tensors.",
        Reading(SQUARE, lambda run: run["y"].grad_fn.next_functions[0][0] is run["u"].grad_fn),
        lambda run: f"from y, {chain(run, 'y')[0]}, every other node is reached and none leads back to it",
        instead=lambda run: (
            chain(run, "y").count("AddBackward0") == 1 and chain(run, "y")[-1].endswith("AccumulateGrad")
        ),
    ),
    Claim(
        "graph-root-to-leaf",
        "dynamic computation graph",
        "Gradients are calculated from the root to the leaf.",
        Reading(
            (*COMPOSED, watch("at_x", "x"), watch("at_u", "u"), watch("at_y", "y"), backward("y")),
            lambda run: [label for label, _ in run.events] == ["at_y", "at_u", "at_x"],
        ),
        lambda run: f"hooks run in the order {', '.join(label for label, _ in run.events)}",
    ),
    Claim(
        "graph-chain-rule",
        "dynamic computation graph",
        "The gradients on the way are multiplied, by the chain rule.",
        Reading(
            (
                *COMPOSED,
                grad("dy_du", "y", "u", retain_graph=True),
                grad("du_dx", "u", "x", retain_graph=True),
                backward("y"),
            ),
            lambda run: math.isclose(run["x"].grad.item(), run["dy_du"].item() * run["du_dx"].item()),
        ),
        lambda run: (
            "for y = sin(x*x) at 2, the two steps' derivatives "
            f"{run['dy_du'].item():.6f} and {run['du_dx'].item():g} multiply to {run['x'].grad.item():.6f}"
        ),
    ),
    Claim(
        "graph-one-product",
        "dynamic computation graph",
        "A gradient is the product along the way to its leaf.",
        Reading(
            (
                leaf("x", 3.0),
                call("u", "mul", "x", "x"),
                call("v", "mul", "x", 5),
                call("y", "add", "u", "v"),
                backward("y"),
            ),
            lambda run: run["x"].grad.item() in (3, 5),  # x, x and 5 are what the three ways have on them
        ),
        lambda run: (
            f"for y = x*x + 5x at 3 it is {run['x'].grad.item():g}: "
            "where several ways lead to a leaf, their products are added"
        ),
        instead=lambda run: run["x"].grad.item() == 3 + 3 + 5,
    ),
    Claim(
        "graph-many-partials",
        "dynamic computation graph",
        "Functions of many variables are what it is efficient for.",
        Reading(
            (
                leaf("x", [place / 8 for place in range(64)]),
                call("u", "mul", "x", "x"),
                call("y", "sum", "u"),
                watch("at_u", "u"),
                backward("y"),
            ),
            lambda run: len(run.events) == 1 and run["x"].grad.tolist() == [place / 4 for place in range(64)],
        ),
        lambda run: (
            f"one backward pass, which goes through each node {len(run.events)} time, "
            f"gives all {run['x'].grad.numel()} partial derivatives"
        ),
    ),
    Claim(
        "graph-made-in-forward",
        "dynamic computation graph",
        "The graph is made during the forward pass, before backward is called.",
        Reading(SQUARE, lambda run: run.node("y") == "AddBackward0" and run["x"].grad is None),
        lambda run: f"before any backward y.grad_fn is {run.node('y')} and x.grad is {run['x'].grad}",
    ),
    Claim(
        "graph-left-as-it-is",
        "dynamic computation graph",
        "Backward only calculates with the graph that is already made.",
        Reading(
            (leaf("x", 3.0), call("y", "mul", "x", "x"), backward("y"), backward("y")),
            lambda run: not run.errors,
        ),
        lambda run: f"it frees what the graph has saved; a second backward raises {run.error()[:96]}...",
        instead=lambda run: "after they have already been freed" in run.error("RuntimeError"),
    ),
)

GRAD_FN = (
    Claim(
        "grad-fn-calculates",
        "grad_fn",
        "grad_fn is the backward function used to calculate the gradient.",
        Reading(
            (*SQUARE, tensor("ones", [1.0, 1.0, 1.0]), watch("at_u", "u", "node"), backward("y", "ones")),
            lambda run: (
                [sum(column) for column in zip(*(one.tolist() for one in run.events[0][1][0]), strict=True)]
                == run["x"].grad.tolist()
            ),
        ),
        lambda run: (
            f"{run.node('u')} gives {[one.tolist() for one in run.events[0][1][0]]} to x, "
            f"whose gradient is {run['x'].grad.tolist()}"
        ),
    ),
    Claim(
        "grad-fn-of-leaf",
        "grad_fn",
        "As it has data and grad, every variable has a grad_fn.",
        Reading(SQUARE, lambda run: all(run[name].grad_fn is not None for name in "xuy")),
        lambda run: f"of x, u and y: {[run.node(name) for name in 'xuy']}; a leaf has none",
        instead=lambda run: run.node("x") is None and run["x"].is_leaf,
    ),
)
