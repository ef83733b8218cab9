"""The two listings of the article, line by line."""

from ..suite import Reading
from ..suite.shorthand import array, backward, call, get, leaf, no_grad, tensor
from .claim import Claim

ARRAY = (array("a", [1.0, 2.0, 3.0]), call("x", "from_numpy", "a"))
ENABLED = (*ARRAY, call(None, "Tensor.requires_grad_", "x", True))
FUNCTION = (*ENABLED, call("square", "operator.mul", "x", "x"), call("y", "operator.add", "square", 4))
DOUBLED = (leaf("x", 1.0), call("y", "operator.mul", "x", 2))

FIRST = (
    Claim(
        "listing-randn",
        "first listing",
        "torch.randn(n, requires_grad=True) makes a 1-D tensor with gradients enabled.",
        # Of no elements, so that the random numbers do not have to agree.
        Reading(
            (call("x", "randn", 0, requires_grad=True),),
            lambda run: (run["x"].ndim, run["x"].requires_grad, run["x"].is_leaf) == (1, True, True),
        ),
        lambda run: f"shape {tuple(run['x'].shape)}, requires_grad {run['x'].requires_grad}",
    ),
    Claim(
        "listing-arrary",
        "first listing",
        "np.arrary([1., 2., 3.]) makes an array.",
        Reading((array("a", [1.0, 2.0, 3.0], name="arrary"),), lambda run: not run.errors),
        lambda run: run.error(),
        meant=Reading((array("a", [1.0, 2.0, 3.0]),), lambda run: run["a"].tolist() == [1, 2, 3]),
        instead=lambda run: "has no attribute" in run.error("AttributeError"),
    ),
    Claim(
        "listing-from-numpy",
        "first listing",
        "torch.from_numpy makes a tensor of the array's numbers.",
        Reading(ARRAY, lambda run: run.numbers("x") == [1, 2, 3]),
        lambda run: f"{run.text('x')}, {run['x'].dtype}, requires_grad {run['x'].requires_grad}",
    ),
    Claim(
        "listing-requires-grad",
        "first listing",
        "x.requires_grad_(True) then enables the gradient of that tensor.",
        Reading(ENABLED, lambda run: run["x"].requires_grad and run["x"].is_leaf),
        lambda run: f"requires_grad {run['x'].requires_grad}, is_leaf {run['x'].is_leaf}",
    ),
    Claim(
        "listing-function",
        "first listing",
        "y = x*x + 4 is a function of x, and is tracked.",
        Reading(FUNCTION, lambda run: run.numbers("y") == [5, 8, 13] and run["y"].requires_grad),
        lambda run: f"y is {run.text('y')}, its grad_fn {run.node('y')}",
    ),
    Claim(
        "listing-backward-of-x",
        "first listing",
        "After y.backward(x), x.grad is the derivative of y = x*x + 4, which is 2x.",
        Reading((*FUNCTION, backward("y", "x")), lambda run: run["x"].grad.tolist() == [2, 4, 6]),
        lambda run: (
            f"x.grad is {run['x'].grad.tolist()}: 2x weighted by the argument, which here is x itself"
        ),
        meant=Reading(
            (*FUNCTION, tensor("ones", [1.0, 1.0, 1.0], "float64"), backward("y", "ones")),
            lambda run: run["x"].grad.tolist() == [2, 4, 6],
        ),
        instead=lambda run: run["x"].grad.tolist() == [2 * x * x for x in run.numbers("x")],
    ),
)

SECOND = (
    Claim(
        "listing-graph",
        "second listing",
        "x = torch.tensor(1.0, requires_grad=True); y = x*2 creates the graph.",
        Reading(DOUBLED, lambda run: run["y"].grad_fn.next_functions[0][0].variable is run["x"]),
        lambda run: f"y.grad_fn is {run.node('y')}, and behind it the node that accumulates into x",
    ),
    Claim(
        "listing-x-tracked",
        "second listing",
        "x.requires_grad prints True.",
        Reading((*DOUBLED, get("seen", "x", "requires_grad")), lambda run: run["seen"] is True),
        lambda run: f"{run['seen']}",
    ),
    Claim(
        "listing-y-tracked",
        "second listing",
        "y.requires_grad prints True.",
        Reading((*DOUBLED, get("seen", "y", "requires_grad")), lambda run: run["seen"] is True),
        lambda run: f"{run['seen']}",
    ),
    Claim(
        "listing-untracked",
        "second listing",
        "Computed again inside torch.no_grad(), y.requires_grad prints False.",
        Reading(
            (*DOUBLED, no_grad(call("y", "operator.mul", "x", 2), get("seen", "y", "requires_grad"))),
            lambda run: run["seen"] is False,
        ),
        lambda run: f"{run['seen']}; x itself still has requires_grad {run['x'].requires_grad}",
    ),
)
