"""Loops as training scripts had them."""

from ..suite.shorthand import (
    Statements,
    attempt,
    backward,
    call,
    chain,
    get,
    leaf,
    loop,
    method,
    put,
    tensor,
    variable,
)
from .idiom import Idiom

# Points on y = 2x + 1, and a line to fit to them.
POINTS = (
    tensor("inputs", [[0.0], [1.0], [2.0], [3.0]]),
    tensor("targets", [[1.0], [3.0], [5.0], [7.0]]),
    variable("x", "inputs"),
    variable("t", "targets"),
    leaf("w", [[0.0]]),
    leaf("b", [0.0]),
)
FIT = (
    call("out", "mm", "x", "w"),
    call("out", "operator.add", "out", "b"),
    call("off", "operator.sub", "out", "t"),
    call("square", "operator.pow", "off", 2),
    call("loss", "mean", "square"),
    backward("loss"),
)
LINE = (leaf("p", [1.0, -1.0]), tensor("buffer", [0.0, 0.0]))
SLOPE = (call("y", "mul", "p", "p"), call("loss", "sum", "y"), backward("loss"), get("g", "p", "grad"))


def descent(name: str) -> Statements:
    """`name.data -= 0.1 * name.grad.data`, and the gradient cleared."""
    return (
        get("g", name, "grad"),
        get("d", "g", "data"),
        call("step", "operator.mul", 0.1, "d"),
        get("held", name, "data"),
        call("held", "operator.isub", "held", "step"),
        put(name, "data", "held"),
        method(None, "d", "zero_"),
    )


TRAINING = (
    Idiom(
        "linear-regression",
        "training",
        "w.data -= lr * w.grad.data; w.grad.data.zero_()",
        "A step of gradient descent by hand; the graph sees nothing of it.",
        (*POINTS, loop(20, *FIT, *descent("w"), *descent("b"))),
        lambda run: run["loss"].item() < 0.2 and run["w"].is_leaf,
        lambda run: (
            f"after 20 steps the loss is {run['loss'].item():.3f}, the line {run['w'].item():.2f} x + "
            f"{run['b'].item():.2f}; w is a leaf at version {run['w']._version}"
        ),
        instead=lambda run: run["w"]._version == 0,
    ),
    Idiom(
        "leaf-in-place",
        "training",
        "w -= lr * w.grad",
        "Refused, which is why scripts wrote w.data.",
        (
            *POINTS,
            *FIT,
            get("g", "w", "grad"),
            call("step", "operator.mul", 0.1, "g"),
            attempt(call("w", "operator.isub", "w", "step")),
        ),
        lambda run: "in-place" in run.error("RuntimeError"),
        lambda run: f"still so: {run.error()}; under no_grad it is not",
    ),
    Idiom(
        "sgd",
        "training",
        "p.data.add_(-lr, p.grad.data)",
        "The step of optim.SGD: the factor comes first.",
        (
            *LINE,
            *SLOPE,
            get("d", "g", "data"),
            get("held", "p", "data"),
            method(None, "held", "add_", -0.25, "d"),
        ),
        lambda run: run.numbers("p") == [0.5, -0.5],
        lambda run: (
            f"p is {run.text('p')}, and a warning that add_(Number alpha, Tensor other) is deprecated"
        ),
        instead=lambda run: "add_(Number alpha, Tensor other)" in run.warnings[0][1],
    ),
    Idiom(
        "momentum",
        "training",
        "buf.mul_(momentum).add_(d_p)",
        "The running mean of gradients, a tensor that no graph knows.",
        (
            *LINE,
            loop(
                2,
                *SLOPE,
                get("d", "g", "data"),
                chain("buffer", method(None, "buffer", "mul_", 0.5), ("add_", "d")),
                call("step", "operator.mul", "buffer", 0.25),
                get("held", "p", "data"),
                method(None, "held", "sub_", "step"),
                method(None, "d", "zero_"),
            ),
        ),
        lambda run: run.numbers("p") == [0, 0] and run["buffer"].grad_fn is None,
        lambda run: f"p is {run.text('p')} after two steps, the buffer {run.text('buffer')} without history",
    ),
    Idiom(
        "adam",
        "training",
        "p.data.addcdiv_(-step_size, exp_avg, denom)",
        "The step of optim.Adam, with factors first.",
        (
            *LINE,
            tensor("squares", [0.0, 0.0]),
            *SLOPE,
            get("d", "g", "data"),
            chain("buffer", method(None, "buffer", "mul_", 0.5), ("add_", 0.5, "d")),
            chain("squares", method(None, "squares", "mul_", 0.75), ("addcmul_", 0.25, "d", "d")),
            chain("denom", method(None, "squares", "sqrt"), ("add_", 1e-8)),
            get("held", "p", "data"),
            method(None, "held", "addcdiv_", -0.5, "buffer", "denom"),
        ),
        lambda run: run.numbers("p") == [0.5, -0.5],
        lambda run: (
            f"p is {run.text('p')} after a step; add_, addcmul_ and addcdiv_ each warn: {len(run.warnings)} warnings"
        ),
        instead=lambda run: len(run.warnings) == 3,
    ),
    Idiom(
        "weight-decay",
        "training",
        "d_p.add_(weight_decay, p.data)",
        "Adds a part of the weights to their gradient.",
        (
            *LINE,
            *SLOPE,
            get("d", "g", "data"),
            get("held", "p", "data"),
            method(None, "d", "add_", 0.5, "held"),
        ),
        lambda run: run["p"].grad.tolist() == [2.5, -2.5],
        lambda run: f"p.grad is {run['p'].grad.tolist()}, with a warning",
        instead=lambda run: len(run.warnings) == 1,
    ),
    Idiom(
        "rnn-repackaged",
        "training",
        "h = Variable(h.data)",
        "Cuts a hidden state from the batch before, so that no backward pass goes further back.",
        (
            leaf("w", [[0.5, 0.0], [0.0, 0.5]]),
            tensor("zeros", [1.0, 1.0]),
            variable("h", "zeros"),
            loop(
                3,
                get("held", "h", "data"),
                variable("h", "held"),
                call("z", "mv", "w", "h"),
                call("h", "tanh", "z"),
                call("loss", "sum", "h"),
                backward("loss"),
            ),
        ),
        lambda run: not run.errors and run["w"].grad is not None and run.node("h") == "TanhBackward0",
        lambda run: (
            f"three backward passes, none through an earlier one: w.grad has shape {tuple(run['w'].grad.shape)}"
        ),
        instead=lambda run: tuple(run["w"].grad.shape) == (2, 2),
    ),
    Idiom(
        "rnn-not-repackaged",
        "training",
        "h of the last batch, as it is",
        "Refused: the second backward pass comes upon buffers that are freed.",
        (
            leaf("w", [[0.5, 0.0], [0.0, 0.5]]),
            tensor("h", [1.0, 1.0]),
            call("z", "mv", "w", "h"),
            call("h", "tanh", "z"),
            call("loss", "sum", "h"),
            backward("loss"),
            call("z", "mv", "w", "h"),
            call("h", "tanh", "z"),
            call("loss", "sum", "h"),
            attempt(backward("loss")),
        ),
        lambda run: "second time" in run.error("RuntimeError"),
        lambda run: f"still so: {run.error()[:64]}...",
    ),
    Idiom(
        "frozen",
        "training",
        "for p in model.features.parameters(): p.requires_grad = False",
        "Leaves a part of a model out of training.",
        (
            leaf("features", [1.0, 2.0]),
            leaf("last", [3.0, 4.0]),
            put("features", "requires_grad", False),
            call("y", "mul", "features", "last"),
            call("loss", "sum", "y"),
            backward("loss"),
        ),
        lambda run: run["features"].grad is None and run["last"].grad.tolist() == [1, 2],
        lambda run: f"features.grad is {run['features'].grad}, last.grad {run['last'].grad.tolist()}",
    ),
    Idiom(
        "thawed",
        "training",
        "y.requires_grad = False",
        "Refused for what was computed: only leaves have a flag to set.",
        (leaf("w", [1.0]), call("y", "mul", "w", 2), attempt(put("y", "requires_grad", False))),
        lambda run: bool(run.error("RuntimeError")) and run["y"].requires_grad,
        lambda run: f"still so: {run.error()[:72]}...",
    ),
    Idiom(
        "reinforce",
        "training",
        "action.reinforce(reward); action.backward()",
        "A draw is told its reward, and the graph goes through it.",
        (
            leaf("policy", [[0.0, 1.0]]),
            method("action", "policy", "multinomial", 1),
            tensor("reward", [[1.0]]),
            attempt(method(None, "action", "reinforce", "reward")),
            attempt(backward("action")),
        ),
        lambda run: run["policy"].grad is not None,
        lambda run: (
            f"{run.error().split(chr(10))[0]} The text says what to write; the draw is a {run['action'].dtype} tensor "
            f"without history, of which backward says: {str(run.errors[-1])[:34]}..."
        ),
        instead=lambda run: len(run.errors) == 2 and run["action"].grad_fn is None,
    ),
    Idiom(
        "policy-gradient",
        "training",
        "loss = -log_prob.gather(1, action) * Variable(reward)",
        "The same by hand, as the examples had it later.",
        (
            leaf("logits", [[0.0, 1.0], [1.0, 0.0]]),
            tensor("action", [[1], [0]], "int64"),
            variable("a", "action"),
            tensor("reward", [[2.0], [-1.0]]),
            variable("r", "reward"),
            call("log_prob", "nn.functional.log_softmax", "logits", 1),
            method("chosen", "log_prob", "gather", 1, "a"),
            call("weighted", "operator.mul", "chosen", "r"),
            call("total", "sum", "weighted"),
            call("loss", "operator.neg", "total"),
            backward("loss"),
        ),
        lambda run: run["logits"].grad is not None and run["logits"].grad[0, 1].item() < 0,
        lambda run: f"it works: the rewarded action gains, by {-run['logits'].grad[0, 1].item():.3f}",
    ),
    Idiom(
        "gradient-penalty",
        "training",
        "grad(d, x, grad_outputs=ones, create_graph=True, retain_graph=True, only_inputs=True)",
        "The penalty of a Wasserstein critic, which is differentiated once more.",
        (
            leaf("w", [[1.0], [2.0]]),
            tensor("data", [[1.0, 1.0]]),
            variable("x", "data", requires_grad=True),
            call("d", "mm", "x", "w"),
            call("d", "operator.mul", "d", "d"),
            call("ones", "ones", 1, 1),
            call(
                "gs",
                "autograd.grad",
                "d",
                "x",
                grad_outputs="ones",
                create_graph=True,
                retain_graph=True,
                only_inputs=True,
            ),
            call("g", "cat", "gs"),
            method("norm", "g", "norm", 2, 1),
            call("off", "operator.sub", "norm", 1),
            call("square", "operator.pow", "off", 2),
            call("penalty", "mean", "square"),
            backward("penalty"),
        ),
        lambda run: run["w"].grad is not None and not run.errors,
        lambda run: (
            f"the penalty is {run['penalty'].item():.2f}, and w.grad of shape {tuple(run['w'].grad.shape)}"
        ),
    ),
    Idiom(
        "accuracy",
        "training",
        "correct += pred.eq(target.data).sum()",
        "A Python number: how many are right.",
        (
            tensor("out", [[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]),
            tensor("target", [1, 0, 0], "int64"),
            call(("best", "pred"), "max", "out", 1),
            method("right", "pred", "eq", "target"),
            method("correct", "right", "sum"),
            call("share", "operator.truediv", "correct", 3),
        ),
        lambda run: run["correct"] == 2 and isinstance(run["correct"], int),
        lambda run: (
            f"a tensor of shape {tuple(run['correct'].shape)}, {run['correct'].dtype}; the share is one as well, "
            f"{run['share'].item():.2f}, where an integer division used to give 0"
        ),
        instead=lambda run: run["correct"].ndim == 0 and run["share"].is_floating_point(),
    ),
    Idiom(
        "kept-histories",
        "training",
        "total += loss",
        "Keeps the graph of every batch: a mistake that fills the memory.",
        (
            leaf("w", [1.0, 2.0]),
            tensor("total", 0.0),
            loop(
                2,
                call("y", "mul", "w", "w"),
                call("loss", "sum", "y"),
                call("total", "operator.add", "total", "loss"),
            ),
        ),
        lambda run: run["total"].requires_grad,
        lambda run: f"still so: the total ends in {run.node('total')}",
    ),
)
