"""Wrapping tensors in Variables, and telling the two apart."""

from ..suite.shorthand import attempt, call, get, instance, leaf, method, tensor, variable
from .idiom import Idiom

WRAPPED = (tensor("x", [1.0, 2.0]), variable("v", "x"))
REQUIRED = (tensor("x", [1.0, 2.0]), variable("w", "x", requires_grad=True))

VARIABLE = (
    Idiom(
        "wrap",
        "Variable",
        "v = Variable(x)",
        "A box around the tensor x: only what is in a box can take part in a graph.",
        (*WRAPPED, method(None, "v", "mul_", 10)),
        lambda run: run.numbers("x") == run.numbers("v") == [10, 20],
        lambda run: (
            f"a {type(run['v']).__name__} over the memory of x, and not x itself: after v.mul_(10) x is "
            f"{run.text('x')}, its version {run['x']._version} and that of v {run['v']._version}"
        ),
        instead=lambda run: run["v"] is not run["x"] and type(run["v"]) is type(run["x"]),
    ),
    Idiom(
        "wrap-leaf",
        "Variable",
        "w = Variable(x, requires_grad=True)",
        "A leaf whose gradient is wanted.",
        (*REQUIRED, call("y", "mul", "w", "w")),
        lambda run: run["w"].is_leaf and run["w"].requires_grad and run.node("y") == "MulBackward0",
        lambda run: (
            f"w is a leaf, requires_grad {run['w'].requires_grad}; x still has {run['x'].requires_grad}"
        ),
        instead=lambda run: not run["x"].requires_grad,
    ),
    Idiom(
        "wrap-nothing",
        "Variable",
        "v = Variable()",
        "A box with an empty tensor.",
        (call("v", "autograd.Variable"),),
        lambda run: run["v"].numel() == 0,
        lambda run: f"a tensor of shape {tuple(run['v'].shape)}",
    ),
    Idiom(
        "wrap-twice",
        "Variable",
        "u = Variable(w)",
        "Refused: what is boxed already is no tensor.",
        (*REQUIRED, variable("u", "w")),
        lambda run: bool(run.error()),
        lambda run: (
            f"another tensor over the same memory, and a leaf of its own: requires_grad {run['u'].requires_grad}"
        ),
        instead=lambda run: run["u"].data_ptr() == run["w"].data_ptr() and not run["u"].requires_grad,
    ),
    Idiom(
        "wrap-integers",
        "Variable",
        "Variable(torch.LongTensor([0, 2]))",
        "The only way to look up rows of a weight, for an index had to be a Variable as well.",
        (
            leaf("w", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
            call("i", "LongTensor", [0, 2]),
            variable("v", "i"),
            method("rows", "w", "index_select", 0, "v"),
        ),
        lambda run: run.numbers("rows") == [[1, 2], [5, 6]],
        lambda run: f"it does no harm: {run.text('rows')}, and the same as with the tensor of indices",
    ),
    Idiom(
        "wrap-integers-with-gradient",
        "Variable",
        "Variable(torch.LongTensor([0, 2]), requires_grad=True)",
        "Refused only later, where a gradient was to be computed.",
        (call("i", "LongTensor", [0, 2]), attempt(variable("v", "i", requires_grad=True))),
        lambda run: "v" in run.env,
        lambda run: run.error(),
        instead=lambda run: bool(run.error("RuntimeError")),
    ),
    Idiom(
        "is-variable",
        "Variable",
        "isinstance(x, Variable)",
        "Whether x is in a box; False for a tensor.",
        (*WRAPPED, instance("boxed", "v", "autograd.Variable"), instance("bare", "x", "autograd.Variable")),
        lambda run: run["boxed"] and not run["bare"],
        lambda run: (
            f"{run['boxed']} of v, and {run['bare']} of a tensor too: code that unwraps by it always does"
        ),
        instead=lambda run: run["boxed"] and run["bare"],
    ),
    Idiom(
        "is-tensor",
        "Variable",
        "torch.is_tensor(v)",
        "False for a Variable.",
        (*WRAPPED, call("of_v", "is_tensor", "v"), call("of_x", "is_tensor", "x")),
        lambda run: run["of_x"] and not run["of_v"],
        lambda run: f"{run['of_v']}, as for every tensor",
        instead=lambda run: run["of_v"] and run["of_x"],
    ),
    Idiom(
        "is-float-tensor",
        "Variable",
        "isinstance(x, torch.FloatTensor)",
        "Whether x is a tensor of this type; False for a Variable, which had none.",
        (*REQUIRED, instance("of_x", "x", "FloatTensor"), instance("of_w", "w", "FloatTensor")),
        lambda run: run["of_x"] and not run["of_w"],
        lambda run: (
            f"{run['of_x']} of x and {run['of_w']} of w, although both are of class {type(run['x']).__name__}"
        ),
        instead=lambda run: run["of_w"] is True,
    ),
    Idiom(
        "print",
        "Variable",
        "print(v)",
        "“Variable containing:”, the numbers, and “[torch.FloatTensor of size 2]”.",
        WRAPPED,
        lambda run: "Variable" in repr(run["v"]),
        lambda run: f"{run['v']!r}, as any tensor",
        instead=lambda run: repr(run["v"]).startswith("tensor("),
    ),
    Idiom(
        "type-name",
        "Variable",
        "torch.typename(x)",
        "The name of the type of its elements.",
        (tensor("x", [1.0, 2.0]), call("name", "typename", "x")),
        lambda run: run["name"] == "torch.FloatTensor",
        lambda run: f"{run['name']}, although the class is {type(run['x']).__name__}",
    ),
    Idiom(
        "name",
        "Variable",
        "v.name",
        "A name given to the Variable, None without one.",
        (*WRAPPED, get("name", "v", "name")),
        lambda run: run["name"] is None,
        lambda run: f"{run['name']}",
    ),
)
