"""The tensor inside of a Variable, `.data`, and what writing to it does."""

from ..suite.shorthand import array, attempt, backward, call, get, leaf, method, put
from .idiom import Idiom

SQUARED = (leaf("w", [1.0, 2.0]), call("y", "mul", "w", "w"), call("loss", "sum", "y"))

DATA = (
    Idiom(
        "data-read",
        "data",
        "x = v.data",
        "The tensor in the box, without history.",
        (leaf("w", [1.0, 2.0]), call("v", "mul", "w", 3), get("x", "v", "data")),
        lambda run: not run["x"].requires_grad and run["x"].data_ptr() == run["v"].data_ptr(),
        lambda run: f"a tensor over the same memory, {run.text('x')}, that needs no gradient",
    ),
    Idiom(
        "data-written-behind",
        "data",
        "w.data.mul_(10) between forward and backward",
        "A write that the graph does not notice: the gradient comes out wrong, and nobody says so.",
        (*SQUARED, get("held", "w", "data"), method(None, "held", "mul_", 10), backward("loss")),
        lambda run: run["w"].grad.tolist() == [20, 40],
        lambda run: (
            f"still so: w.grad is {run['w'].grad.tolist()} and not [2.0, 4.0], with w at version {run['w']._version} "
            f"and its data at {run['held']._version}"
        ),
    ),
    Idiom(
        "detach-written-behind",
        "data",
        "w.detach().mul_(10) between forward and backward",
        "The same tensor without history; a write to it is noticed when the graph needs what was there.",
        (
            *SQUARED,
            method("held", "w", "detach"),
            method(None, "held", "mul_", 10),
            attempt(backward("loss")),
        ),
        lambda run: "modified by an inplace operation" in run.error("RuntimeError"),
        lambda run: (
            f"still so: {run.error()[:76]}...; both are at version {run['w']._version}, "
            f"{run['held']._version}"
        ),
    ),
    Idiom(
        "data-assigned",
        "data",
        "w.data = w.data - 0.5 * g",
        "Puts another tensor into the box; hooks, grad and graph stay.",
        (
            leaf("w", [1.0, 2.0]),
            get("held", "w", "data"),
            call("less", "operator.sub", "held", 0.5),
            put("w", "data", "less"),
            call("y", "mul", "w", "w"),
        ),
        lambda run: run.numbers("w") == [0.5, 1.5] and run["w"].is_leaf and run.node("y") == "MulBackward0",
        lambda run: (
            f"w is {run.text('w')} and still a leaf; it now shares the memory of the other tensor: "
            f"{run['w'].data_ptr() == run['less'].data_ptr()}"
        ),
    ),
    Idiom(
        "data-of-another-shape",
        "data",
        "w.data = torch.zeros(3)",
        "Any tensor of the same type fits, of another shape too.",
        (leaf("w", [1.0, 2.0]), call("zeros", "zeros", 3), put("w", "data", "zeros")),
        lambda run: tuple(run["w"].shape) == (3,),
        lambda run: f"w has shape {tuple(run['w'].shape)}",
    ),
    Idiom(
        "data-of-an-array",
        "data",
        "w.data = a",
        "Refused, for an array is no tensor.",
        (leaf("w", [1.0, 2.0]), array("a", [0.0, 0.0]), attempt(put("w", "data", "a"))),
        lambda run: bool(run.error("TypeError")),
        lambda run: run.error(),
    ),
    Idiom(
        "data-resized",
        "data",
        "w.data.resize_(4)",
        "Gives the parameter another shape.",
        (leaf("w", [[1.0, 2.0], [3.0, 4.0]]), get("held", "w", "data"), method(None, "held", "resize_", 4)),
        lambda run: tuple(run["w"].shape) == (4,),
        lambda run: (
            f"the tensor that .data gave has shape {tuple(run['held'].shape)}, w keeps {tuple(run['w'].shape)}: "
            "data is made anew each time"
        ),
        instead=lambda run: tuple(run["held"].shape) == (4,) and tuple(run["w"].shape) == (2, 2),
    ),
    Idiom(
        "data-to-numpy",
        "data",
        "v.data.numpy()",
        "The array of the numbers; of a Variable there was none.",
        (
            leaf("w", [1.0, 2.0]),
            get("held", "w", "data"),
            method("a", "held", "numpy"),
            attempt(method("b", "w", "numpy")),
        ),
        lambda run: run["a"].tolist() == [1, 2],
        lambda run: f"{run['a'].tolist()}; of w itself {run.error()}",
        instead=lambda run: bool(run.error("RuntimeError")),
    ),
    Idiom(
        "data-clamped",
        "data",
        "for p in critic.parameters(): p.data.clamp_(-0.01, 0.01)",
        "Keeps the weights of a Wasserstein critic small.",
        (
            leaf("p", [0.5, -0.005, -2.0]),
            get("held", "p", "data"),
            method(None, "held", "clamp_", -0.01, 0.01),
        ),
        lambda run: run["p"].abs().max().item() <= 0.011 and run["p"].is_leaf,
        lambda run: f"p is within {run['p'].abs().max().item():.2f}, at version {run['p']._version}",
    ),
    Idiom(
        "data-copied",
        "data",
        "target.data.copy_(target.data * (1 - tau) + source.data * tau)",
        "Draws a target network after its source.",
        (
            leaf("source", [1.0, 2.0]),
            leaf("target", [0.0, 0.0]),
            get("s", "source", "data"),
            get("t", "target", "data"),
            call("kept", "operator.mul", "t", 0.75),
            call("moved", "operator.mul", "s", 0.25),
            call("mixed", "operator.add", "kept", "moved"),
            method(None, "t", "copy_", "mixed"),
        ),
        lambda run: run.numbers("target") == [0.25, 0.5] and run["target"].grad_fn is None,
        lambda run: f"target is {run.text('target')}, without history",
    ),
    Idiom(
        "data-loaded",
        "data",
        "w.data.copy_(torch.from_numpy(a))",
        "Fills a parameter from an array, of doubles too.",
        (
            leaf("w", [0.0, 0.0]),
            array("a", [1.5, 2.5]),
            call("x", "from_numpy", "a"),
            get("held", "w", "data"),
            method(None, "held", "copy_", "x"),
        ),
        lambda run: run.numbers("w") == [1.5, 2.5],
        lambda run: f"w is {run.text('w')}, {run['w'].dtype} although the array is {run['a'].dtype}",
    ),
)
