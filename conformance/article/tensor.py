"""What the article says a tensor is, and what data it holds."""

from ..suite import Reading
from ..suite.shorthand import array, attempt, call, get, leaf, tensor
from .claim import Claim

ARRAY = (array("a", [1.0, 2.0, 3.0]), call("x", "from_numpy", "a"))
SHARED = (*ARRAY, call(None, "Tensor.mul_", "x", 10))

TENSOR = (
    Claim(
        "tensor-any-dimension",
        "Tensor",
        "A tensor is an n-dimensional array.",
        Reading(
            (
                tensor("scalar", 1.0),
                tensor("vector", [1.0, 2.0]),
                tensor("matrix", [[1.0, 2.0], [3.0, 4.0]]),
                tensor("cube", [[[1.0], [2.0]]]),
            ),
            lambda run: [run[name].ndim for name in ("scalar", "vector", "matrix", "cube")] == [0, 1, 2, 3],
        ),
        lambda run: (
            f"numbers in none to three levels of lists give ndim {[value.ndim for value in run.env.values()]}"
        ),
    ),
    Claim(
        "tensor-2d-array",
        "Tensor",
        "The array of the example, [1., 2., 3.], is 2-D.",
        Reading(ARRAY, lambda run: run["x"].ndim == 2),
        lambda run: f"the tensor made of it has shape {tuple(run['x'].shape)}: {run['x'].ndim}-D",
        meant=Reading(ARRAY, lambda run: run["x"].ndim == 1),
    ),
    Claim(
        "tensor-not-array",
        "Tensor",
        "PyTorch computes with tensors, not with numpy arrays.",
        Reading(
            (*ARRAY, attempt(call("y", "exp", "a")), call("z", "exp", "x")),
            lambda run: "z" in run.env and bool(run.error("TypeError")),
        ),
        lambda run: f"torch.exp of a tensor works; of an array, {run.error()}",
    ),
    Claim(
        "tensor-converted",
        "Tensor",
        "from_numpy converts the array, so the tensor is another thing than the array.",
        Reading(SHARED, lambda run: run["a"].tolist() == [1, 2, 3]),
        lambda run: f"they share memory: after x.mul_(10) the array holds {run['a'].tolist()}",
        instead=lambda run: run["a"].tolist() == run.numbers("x") == [10, 20, 30],
    ),
    Claim(
        "tensor-from-numpy-dtype",
        "Tensor",
        "The tensor keeps the array's dtype.",
        Reading(ARRAY, lambda run: run["x"].dtype is run.lib.float64),
        lambda run: (
            f"Python floats give a float64 array and a {run['x'].dtype} tensor; "
            f"torch.tensor gives {run.lib.tensor([1.0]).dtype}"
        ),
    ),
)

DATA = (
    Claim(
        "data-held",
        "Data",
        "data is what a variable is holding.",
        Reading(
            (leaf("x", [1.0, 2.0]), get("data", "x", "data")),
            lambda run: run.numbers("data") == [1, 2] and not run["data"].requires_grad,
        ),
        lambda run: f"x.data is {run.text('data')}, with requires_grad {run['data'].requires_grad}",
    ),
    Claim(
        "data-shared",
        "Data",
        "data is the variable's own, not a copy of it.",
        Reading(
            (leaf("x", [1.0, 2.0]), get("data", "x", "data"), call(None, "Tensor.zero_", "data")),
            lambda run: run.numbers("x") == [0, 0] and run["x"]._version == 0,
        ),
        lambda run: f"after x.data.zero_() x is {run.text('x')}, its version still {run['x']._version}",
    ),
    Claim(
        "data-1x1",
        "Data",
        "x, made of the number 1.0, holds a 1x1 tensor with the value 1.0.",
        Reading((leaf("x", 1.0),), lambda run: tuple(run["x"].shape) == (1, 1) and run["x"].item() == 1),
        lambda run: (
            f"x has shape {tuple(run['x'].shape)}: it is {run['x'].ndim}-D and holds {run['x'].item()}"
        ),
        meant=Reading((leaf("x", 1.0),), lambda run: run["x"].ndim == 0 and run["x"].item() == 1),
    ),
)
