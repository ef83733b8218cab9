"""What the article says of torch.autograd.Variable."""

from ..suite import Reading
from ..suite.shorthand import call, leaf, tensor
from .claim import Claim

MADE = (tensor("x", 2.0), call("v", "autograd.Variable", "x", requires_grad=True))
USED = (*MADE, call("y", "mul", "v", "v"))

VARIABLE = (
    Claim(
        "variable-supports-gradients",
        "Variable",
        "torch.autograd.Variable makes a tensor that supports gradients and tracking.",
        Reading(USED, lambda run: run["v"].requires_grad and run.node("y") == "MulBackward0"),
        lambda run: (
            f"it still does: requires_grad {run['v'].requires_grad}, and a product has {run.node('y')}"
        ),
    ),
    Claim(
        "variable-wraps",
        "Variable",
        "The Variable supports gradients, the tensor it is made of need not.",
        Reading(
            (*MADE, call(None, "Tensor.requires_grad_", "v"), call(None, "Tensor.detach", "v")),
            lambda run: run["v"] is not run["x"] and not run["x"].requires_grad,
        ),
        lambda run: (
            f"x keeps requires_grad {run['x'].requires_grad}; the two share their memory: "
            f"{run['v'].data_ptr() == run['x'].data_ptr()}"
        ),
    ),
    Claim(
        "variable-deprecated",
        "Variable",
        "The Variable class has been deprecated, so that its use is warned of.",
        Reading(
            USED,
            lambda run: any(
                "Deprecat" in category or category == "FutureWarning" for category, _ in run.warnings
            ),
        ),
        lambda run: f"using it gives {len(run.warnings)} warnings",
    ),
    Claim(
        "variable-same-class",
        "Variable",
        "torch.tensor and torch.autograd.Variable are the same class.",
        Reading(MADE, lambda run: run.lib.tensor is run.lib.autograd.Variable),
        lambda run: (
            f"torch.tensor is a {type(run.lib.tensor).__name__}, no class; "
            f"what it makes and what Variable makes are both of class {type(run['v']).__name__}"
        ),
        meant=Reading(MADE, lambda run: type(run["v"]) is type(run["x"]) is run.lib.Tensor),
        instead=lambda run: not isinstance(run.lib.tensor, type) and type(run["v"]) is type(run["x"]),
    ),
    Claim(
        "variable-is-tensor-class",
        "Variable",
        "The classes torch.Tensor and torch.autograd.Variable are one.",
        Reading(MADE, lambda run: run.lib.autograd.Variable is run.lib.Tensor),
        lambda run: (
            "they are two, but every tensor is an instance of both: "
            f"{isinstance(run['x'], run.lib.autograd.Variable)}"
        ),
        instead=lambda run: isinstance(run["x"], run.lib.autograd.Variable),
    ),
    Claim(
        "variable-tensor-tracks",
        "Variable",
        "torch.tensor can track history, as Variable did.",
        Reading(
            (leaf("x", 2.0), call("y", "mul", "x", "x")),
            lambda run: run.node("y") == "MulBackward0" and run["x"].requires_grad,
        ),
        lambda run: f"torch.tensor(2.0, requires_grad=True) gives products with {run.node('y')}",
    ),
)
