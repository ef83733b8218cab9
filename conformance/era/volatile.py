"""Volatile Variables: inputs of which nothing computed keeps a graph."""

from ..suite.shorthand import attempt, call, get, leaf, loop, put, tensor, variable
from .idiom import Idiom

VOLATILE = (
    Idiom(
        "volatile-input",
        "volatile",
        "v = Variable(x, volatile=True)",
        "Nothing computed from v has a graph, whatever else goes into it.",
        (
            tensor("x", [1.0, 2.0]),
            leaf("w", [3.0, 4.0]),
            variable("v", "x", volatile=True),
            call("y", "mul", "v", "w"),
        ),
        lambda run: not run["y"].requires_grad,
        lambda run: (
            f"a warning, “{run.warnings[0][1][:28]}...”, and no more: v * w has {run.node('y')}, and keeps its graph"
        ),
        instead=lambda run: len(run.warnings) == 1 and run.node("y") == "MulBackward0",
    ),
    Idiom(
        "volatile-leaf",
        "volatile",
        "Variable(x, requires_grad=True, volatile=True)",
        "Refused, for the two contradict each other.",
        (tensor("x", [1.0, 2.0]), attempt(variable("v", "x", requires_grad=True, volatile=True))),
        lambda run: bool(run.error("ValueError")),
        lambda run: f"{run.error()}; and a warning before it",
        instead=lambda run: len(run.warnings) == 1,
    ),
    Idiom(
        "volatile-set",
        "volatile",
        "v.volatile = True",
        "What is computed from now on keeps no graph.",
        (leaf("v", [1.0, 2.0]), put("v", "volatile", True), call("y", "mul", "v", "v")),
        lambda run: not run["y"].requires_grad,
        lambda run: f"a warning; v * v has {run.node('y')} all the same",
        instead=lambda run: len(run.warnings) == 1 and run.node("y") == "MulBackward0",
    ),
    Idiom(
        "volatile-read",
        "volatile",
        "assert not v.volatile",
        "Makes sure that there is a graph to go back through.",
        (leaf("v", [1.0, 2.0]), get("flag", "v", "volatile")),
        lambda run: run["flag"] is False,
        lambda run: f"{run['flag']}, always, and a warning: {run.warnings[0][1]}",
    ),
    Idiom(
        "volatile-read-back",
        "volatile",
        "v.volatile = True; v.volatile",
        "True: it spreads to all that is computed from v.",
        (tensor("v", [1.0, 2.0]), put("v", "volatile", True), get("flag", "v", "volatile")),
        lambda run: run["flag"] is True,
        lambda run: f"{run['flag']}, with {len(run.warnings)} warnings",
        instead=lambda run: run["flag"] is False,
    ),
    Idiom(
        "volatile-evaluation",
        "volatile",
        "for x in test: total += loss(model(Variable(x, volatile=True)))",
        "An evaluation in little memory: no batch leaves a graph.",
        (
            leaf("w", [0.5, -0.5]),
            tensor("batch", [[1.0, 2.0], [3.0, 4.0]]),
            tensor("total", 0.0),
            loop(
                3,
                variable("v", "batch", volatile=True),
                call("out", "mv", "v", "w"),
                call("loss", "sum", "out"),
                call("total", "operator.add", "total", "loss"),
            ),
        ),
        lambda run: not run["total"].requires_grad,
        lambda run: (
            f"the total is right, {run['total'].item():g}, but ends in {run.node('total')}: the graphs of all batches "
            f"hang on it; {len(run.warnings)} warnings"
        ),
        instead=lambda run: run["total"].item() == -3 and run.node("total") == "AddBackward0",
    ),
)
