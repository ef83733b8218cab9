"""The short way through an elementwise row: from the tensors to the output and its node.

It is for tensors of one type, float32 or float64, that are no views, and perhaps a number of Python's, outside of
inference and of forward mode; it does what NOTE [Plain calls] says, and records.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from mini_autograd.graph import packing
from mini_autograd.interpreted.source import edge, indented, made, node, saved, saved_output, tensor
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.dispatch import arrange
from mini_autograd.op.row import LIKE, OUTPUT, PLAIN, PROMOTE, SAME, TENSOR, TO_FLOAT, Op
from mini_autograd.op.schema import Kind
from mini_autograd.op.underived import UnderivedOp
from mini_autograd.tensor import wrap_number

# What a row's kernel comes to on floating arrays and defaults, which pass the row's check; where that is not itself.
KERNELS: dict[str, Any] = {
    "add.Tensor": np.add,
    "sub.Tensor": np.subtract,
    "div.Tensor": np.true_divide,
    "neg": np.negative,
    "rsub.Scalar": kernel.rsub_scalar,
    "pow.Tensor_Scalar": kernel.pow_scalar,
}
# The same of two numbers.
OPERATORS: dict[Any, Any] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.true_divide: operator.truediv,
}
# Every whole number up to this size is a float64, so that it does not matter by which way it becomes a float32.
EXACT = 1 << 53


def kernel_of(op: Op) -> Any:
    """The function of arrays that a plain call of ``op`` comes to; None if it takes the general way."""
    listed = KERNELS.get(op.schema.full_name)
    if op.check is not None or listed is not None:
        return listed
    return op.kernel


def is_plain(op: Op) -> bool:
    return (
        bool(op.elementwise)
        and not op.in_place
        and op.composite is None
        and op.alias < 0
        and op.n_outputs == 1
        and op.result_dtype is None
        and kernel_of(op) is not None
        and op.joint is None
        and op.differentiable in ((), op.tensors)
        and not issubclass(op.node_class, UnderivedOp)
        and not op.has_lists
        and (op.rule in (SAME, PROMOTE, TO_FLOAT) or getattr(op.custom_dtype, "keeps_floats", False))
        and op.tensors in ((0,), (0, 1))
        and op.n_required - len(op.tensors) == takes_number(op)
        and all(save.kind in (TENSOR, OUTPUT, PLAIN) for save in op.saves)
    )


def takes_number(op: Op) -> bool:
    """Whether a number must come after the one tensor."""
    return len(op.tensors) == 1 and op.n_required == 2 and op.arguments[1].kind is Kind.SCALAR


def short_way(op: Op, number: bool, general: Callable[..., Any], method: bool = False) -> Callable[..., Any]:
    """``op`` as a function of its tensors, with ``number`` the last of them one of Python's, or that after them.

    What is not plain it leaves to ``general``; as a ``method`` of one tensor it takes whatever that takes.
    """
    function = kernel_of(op)
    names = {"KERNEL": function, "OPERATOR": OPERATORS.get(function), "OP": op, "DEFAULTS": op.defaults}
    names |= {"NODE": op.node_class, "general": general}
    return made("short", text_of(op, number, method), **names, **NAMES)


NAMES = {
    "packing": packing,
    "array_of": np.array,
    "EXACT": EXACT,
    "arrange": arrange,
    "wrap_number": wrap_number,
}


def text_of(op: Op, number: bool, method: bool) -> str:
    given = ["self", "other"][: op.n_required]
    tensors = given[: len(given) - number]
    call = ", ".join(given)
    return f"""\
{METHOD if method else f"def short({call}):"}
    switches = modes._last
    kind = self._dtype if type(self) is Tensor else None
    if not ({conditions(tensors, number)}):
        return general({call})
    left = self._array
{"" if len(tensors) == 1 else "    right = other._array"}
    if type(left) is not ndarray{"" if len(tensors) == 1 else " or type(right) is not ndarray"}:
        return general({call})
    try:
        array = {computing(op, tensors, number)}
    except Exception:
        return general({call})
    if type(array) is not ndarray:
        array = asarray(array)
        shape = ()
    else:
        shape = array.shape
        if {"len(shape) != 1 or not shape[0]" if op.elementwise < LIKE else "True"}:
            if {unlike(op, tensors)}:
                array = {arrangement(op, given, number)}
{"" if keeps_type(kernel_of(op)) else retyped(call)}
{indented(tensor("output", "array", "kind"), 1)}
{indented(recording(op, given, number), 1)}
    return output
"""


METHOD = """\
def short(self, /, *args, **kwargs):
    if args or kwargs:
        return general(self, *args, **kwargs)"""


def keeps_type(function: Any) -> bool:
    """Whether the function has floating results wherever its arguments are."""
    return isinstance(function, np.ufunc) and f"{'f' * function.nin}->f" in function.types


def retyped(call: str) -> str:
    return f"    if array.dtype is not kind.numpy:\n        return general({call})"


def computing(op: Op, tensors: list[str], number: bool) -> str:
    """The kernel's result. Without dimensions there are numbers in the place of arrays, which cost less."""
    function = kernel_of(op)
    values = ["left", "right"][: len(tensors)]
    if number:
        values.append("other" if takes_number(op) else "array_of(other, kind.numpy)")
    if op.kernel is function:
        values += [f"DEFAULTS[{index}]" for index in range(len(values), op.n_arguments)]
    result = f"switches.run(KERNEL, {', '.join(values)})"
    if function in OPERATORS and len(tensors) == 2:
        return f"{result} if left.ndim or right.ndim else switches.run(OPERATOR, left[()], right[()])"
    if function in OPERATORS:
        return f"{result} if left.ndim else switches.run(OPERATOR, left[()], other)"
    if keeps_type(function) and values == ["left"]:
        return "switches.run(KERNEL, left if left.ndim else left[()])"
    return result


def unlike(op: Op, tensors: list[str]) -> str:
    """The test of whether the result may not have torch's strides yet."""
    if op.elementwise >= LIKE:
        return "True"
    strides = " == ".join(["array.strides", "left.strides", "right.strides"][: len(tensors) + 1])
    return f"shape and (len(shape) == 4 or not array.size or not {strides})"


def conditions(tensors: list[str], number: bool) -> str:
    """The test of whether the call is plain."""
    tests = ["(kind is float32 or kind is float64)"]
    if len(tensors) == 2:
        tests.append("type(other) is Tensor and other._dtype is kind")
    for one in tensors:
        tests.append(f"{one}._view is None and not {one}._marks and not {one}._inference")
    if number:
        tests.append("(type(other) is float or (type(other) is int and -EXACT <= other <= EXACT))")
    tests.append("switches.ident == get_ident() and switches.level < 0 and not switches.inference")
    tests.append("not packing.active")
    return "\n        and ".join(tests)


def arrangement(op: Op, given: list[str], number: bool) -> str:
    """The array with torch's strides."""
    values = [*given[:-1], "wrap_number(other)"] if number and not takes_number(op) else given
    tensors = values[: len(op.tensors)]
    args = f"[{', '.join(values)}, *DEFAULTS[{len(values)}:]]"
    return f"arrange(OP, {args}, array, [{', '.join(tensors)}], kind)"


def recording(op: Op, given: list[str], number: bool) -> str:
    """Statements that give the output its node, if one of the tensors needs a gradient."""
    if not op.differentiable:
        return "pass"
    tensors = given[: len(given) - number]
    edges = [f"edge{at}" for at in range(len(tensors))]
    nrs = [f"{one}._nr" for one in tensors]
    if number and not takes_number(op):
        nodes, nrs = [*edges, "None"], [*nrs, "0"]
    else:
        nodes = edges
    found = "\n".join([edge(name, one) for name, one in zip(edges, tensors, strict=True)])
    kept = "\n".join([keeping(op, slot, given, nodes, number) for slot in range(len(op.saves))])
    needed = " or ".join([f"{name} is not None" for name in edges])
    first = edges[0] if len(edges) == 1 else f"{edges[0]} if {edges[0]} is not None else {edges[1]}"
    made_node = node(
        "node",
        op="OP",
        _next_nodes=f"({', '.join(nodes)},)",
        _next_nrs=f"({', '.join(nrs)},)",
        _outputs="outputs",
        saved=f"[{', '.join([f'saved{slot}' for slot in range(len(op.saves))])}]",
    )
    return f"""\
if switches.grad:
{indented(found, 1)}
    if {needed}:
        outputs = ({first})._outputs
        if len(outputs) != 1 or outputs[0][1] is not kind or outputs[0][0] != shape:
            outputs = ((shape, kind),)
{indented(kept, 2)}
{indented(made_node, 2)}
        output._node = node"""


def keeping(op: Op, slot: int, given: list[str], nodes: list[str], number: bool) -> str:
    """Statements that set ``saved<slot>`` to what the node keeps there."""
    save, name = op.saves[slot], f"saved{slot}"
    if save.kind == OUTPUT:
        return saved_output(name, "output")
    if save.kind == PLAIN:
        at = save.index
        return f"{name} = other" if number and takes_number(op) and at == 1 else f"{name} = DEFAULTS[{at}]"
    wrapped = number and save.index == 1
    text = saved(name, "number" if wrapped else given[save.index])
    if wrapped:
        text = "number = wrap_number(other)\n" + text
    if save.guard < 0:
        return text
    return f"if {nodes[save.guard]} is None:\n    {name} = None\nelse:\n{indented(text, 1)}"
