"""How an op runs: checks, promotion, kernel, and, while recording, a node. Every op, forward and backward, comes here.

NOTE [Cost]: the backward pass is made of ops that are not recorded, so what recording needs is behind one test.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd import dtypes, errors
from mini_autograd.dtypes import OPMATH
from mini_autograd.graph import modes
from mini_autograd.graph.view import DEFAULT, INFERENCE, MULTI_OUTPUT, NO_GRAD, check_writable, mark_view, rebase_history
from mini_autograd.op.forward import push_forward
from mini_autograd.op.recorded import finish, record, save_outputs
from mini_autograd.op.row import AS_IS, CUSTOM, PROMOTE, SAME, TO_FLOAT, Op
from mini_autograd.op.rules import result_type, to_float
from mini_autograd.tensor import TensorBase, counter_of, requires_grad, wrap

ndarray = np.ndarray


def execute(op: Op, args: list) -> Any:
    """Run ``op`` on ``args``, one value for each argument of its schema; its output or a tuple of them."""
    if op.composite is not None:
        return op.composite(*args)
    if op.in_place:
        return execute_in_place(op, args)
    if op.check is not None:
        op.check(*args)
    recording = False
    dual = False
    tensors = []
    for position in op.tensors:
        argument = args[position]
        if isinstance(argument, TensorBase):
            tensors.append(argument)
        elif argument is not None:
            tensors.extend([one for one in argument if one is not None])
    switches = modes.current()
    if op.differentiable and switches.grad:
        for tensor in tensors:
            if requires_grad(tensor):
                recording = True
                break
    if switches.level >= 0:
        dual = any([tensor._tangent is not None for tensor in tensors])
    dtype = computing_dtype(op, args, tensors)
    results = run_kernel(op, args, dtype)
    if op.n_outputs == 1 and not op.multi_view:
        outputs = [output_of(op, results, dtype, 0, args)]
    else:
        outputs = [output_of(op, result, dtype, index, args) for index, result in enumerate(results)]
    if op.alias >= 0:
        mark_views(op, outputs, args[op.alias], switches)
    elif switches.inference:
        for output in outputs:
            output._inference = True
    if recording:
        finish(record(op, args, False), op, outputs)
    if dual:
        push_forward(op, args, outputs)
    if op.n_outputs == 1 and not op.multi_view:
        return outputs[0]
    return tuple(outputs)


def computing_dtype(op: Op, args: list, tensors: list) -> Any:
    """The dtype the kernel computes in; None when it takes its arguments as they are."""
    rule = op.rule
    if rule == AS_IS:
        return None
    if rule == CUSTOM:
        return op.custom_dtype(*args)
    first = tensors[0]._dtype
    if rule == SAME:
        return first
    for tensor in tensors:
        if tensor._dtype is not first or tensor._wrapped:
            if op.promoted is not op.tensors:
                tensors = [args[position] for position in op.promoted if args[position] is not None]
            first = result_type(tensors)
            break
    return to_float(first) if rule == TO_FLOAT else first


def run_kernel(op: Op, args: list, dtype: Any) -> Any:
    """Call the kernel on arrays, promoted ones cast to ``dtype`` (to float32 for half types: NOTE [Opmath])."""
    arrays = args[:]
    for position in op.tensors:
        argument = args[position]
        if isinstance(argument, TensorBase):
            arrays[position] = argument._array
        elif argument is not None:
            arrays[position] = [None if one is None else one._array for one in argument]
    if dtype is not None:
        target = dtype
        if op.opmath and dtype in OPMATH:
            target = OPMATH[dtype]
        for position in op.promoted:
            argument = args[position]
            if isinstance(argument, TensorBase):
                if argument._dtype is not target:
                    arrays[position] = cast(argument._array, target)
            elif argument is not None:
                arrays[position] = [cast(array, target) for array in arrays[position]]
    count = len(arrays)
    if count == 2:
        return op.kernel(arrays[0], arrays[1])
    if count == 1:
        return op.kernel(arrays[0])
    if count == 3:
        return op.kernel(arrays[0], arrays[1], arrays[2])
    return op.kernel(*arrays)


def cast(array: Any, dtype: Any) -> Any:
    """``array`` with elements of ``dtype``; itself when it has them."""
    if array.dtype is dtype.numpy:
        return array
    if array.dtype.kind == "c" and dtype.category != dtypes.COMPLEX:
        array = array.real
    with np.errstate(all="ignore"):
        return array.astype(dtype.numpy)


def output_of(op: Op, result: Any, dtype: Any, index: int, args: list) -> TensorBase:
    """Wrap what the kernel gave for output ``index``, in the dtype that the row says it has."""
    rule = op.result_dtype
    if rule is not None:
        one = rule[index] if type(rule) is tuple else rule
        dtype = one if isinstance(one, dtypes.dtype) else (dtype if one is None else one(dtype))
    if type(result) is not ndarray:
        result = np.asarray(result)
    if dtype is None:
        dtype = args[op.tensors[0]]._dtype if op.alias >= 0 else dtypes.of_numpy(result.dtype)
    if result.dtype is not dtype.numpy:
        result = cast(result, dtype)
    return wrap(result, dtype)


def mark_views(op: Op, outputs: list, source: TensorBase, switches: modes.Modes) -> None:
    if switches.inference:
        creation = INFERENCE
    elif not switches.grad:
        creation = NO_GRAD
    else:
        creation = MULTI_OUTPUT if op.multi_view else DEFAULT
    for output in outputs:
        mark_view(output, source, creation, op.node_name)
        output._inference = source._inference


def execute_in_place(op: Op, args: list) -> TensorBase:
    """Run ``op`` and write its result over its first argument, with torch's checks and its effect on history."""
    target = args[0]
    if op.check is not None:
        op.check(*args)
    tensors = []
    for position in op.tensors:
        argument = args[position]
        if isinstance(argument, TensorBase):
            tensors.append(argument)
        elif argument is not None:
            tensors.extend([one for one in argument if one is not None])
    switches = modes.current()
    recording = False
    if switches.grad and op.differentiable:
        for tensor in tensors:
            if requires_grad(tensor):
                recording = True
                break
        if recording:
            check_in_place(target)
    dtype = computing_dtype(op, args, tensors)
    node = None
    if recording:
        node = record(op, args, True)
    result = run_kernel(op, args, dtype)
    write(op, target, result, dtype)
    counter_of(target).value += 1
    if node is not None:
        node.outputs = ((target._array.shape, target._dtype),)
        rebase_history(target, node)
        save_outputs(node, op, [target])
    if switches.level >= 0:
        push_forward(op, args, [target])
    return target


def check_in_place(target: TensorBase) -> None:
    """RuntimeError when writing to ``target`` would lose the gradient of a leaf."""
    view = target._view
    if view is not None:
        check_writable(target, indirect=False)
        base = view.base
        if base._requires and base._node is None:
            raise errors.leaf_view_in_place()
    elif target._requires and target._node is None:
        raise errors.leaf_in_place()


def write(op: Op, target: TensorBase, result: Any, dtype: Any) -> None:
    """Copy a kernel's result into the memory of ``target``; RuntimeError where dtype, shape or overlap forbid it."""
    array = target._array
    rule = op.result_dtype
    if rule is not None:
        one = rule[0] if type(rule) is tuple else rule
        dtype = one if isinstance(one, dtypes.dtype) else (dtype if one is None else one(dtype))
    if result is array:
        return
    if dtype is not None and dtype is not target._dtype and not dtypes.can_cast(dtype, target._dtype):
        raise errors.cannot_cast(dtype.legacy, target._dtype.legacy)
    if type(result) is not ndarray:
        result = np.asarray(result)
    if result.shape != array.shape:
        raise RuntimeError(
            f"output with shape {list(array.shape)} doesn't match the broadcast shape {list(result.shape)}"
        )
    check_overlap(array)
    array[...] = result if result.dtype is array.dtype else cast(result, target._dtype)


def check_overlap(array: Any) -> None:
    if 0 in array.strides and any(
        stride == 0 and size > 1 for stride, size in zip(array.strides, array.shape, strict=True)
    ):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )


__all__ = ["PROMOTE", "execute", "execute_in_place"]
