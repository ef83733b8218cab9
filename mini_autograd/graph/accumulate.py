"""The node at the end of every path: it adds the gradient that arrives to its leaf's ``.grad``."""

from __future__ import annotations

import sys
import weakref
from typing import Any

from mini_autograd import dtypes
from mini_autograd import tensor as tensors
from mini_autograd.graph import anomaly, collector, modes
from mini_autograd.graph.node import LAST, Node
from mini_autograd.graph.operations import F
from mini_autograd.graph.recorder import by_user
from mini_autograd.kernels.by_array import add_into, copy_laid_like
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared import filling, memory
from mini_autograd.layouts import contiguous_format
from mini_autograd.tensor import ZERO_BIT, TensorBase, wrap
from mini_autograd.warning import warn_once

# NOTE [Stealing]: a gradient that nobody else holds becomes the leaf's own without a copy. Who else holds it is
# told by the reference count; what the count is when nobody does depends on how this file was built, so it is
# measured once, below.


class AccumulateGrad(Node):
    """Adds to ``variable.grad``; its only input is that leaf."""

    __slots__ = ("variable",)

    variable: TensorBase

    def __getattr__(self, name: str) -> Any:  # a compiled class would name its module
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def _apply(self, grads: list) -> list:
        variable = self.variable
        if grads[0] is not None:
            if variable._node is not None or (variable._view is not None and is_made_anew(variable)):
                raise RuntimeError("leaf variable has been moved into the graph interior")
            if variable._requires:
                accumulate(variable, grads)
        run_after_hooks(variable)
        return []


def is_made_anew(variable: TensorBase) -> bool:
    """Whether a leaf that is a view has a history by now, as it has where its base was written in place."""
    from mini_autograd.graph.view import grad_fn  # which imports this module

    return grad_fn(variable) is not None


def accumulate(variable: TensorBase, grads: list) -> None:
    """Add ``grads[0]`` to ``variable.grad``; the list is emptied so that its reference does not count."""
    held = variable._gradient
    recording = modes.current().grad
    if held is not None:
        grad = grads.pop()
        if recording:
            variable._gradient = F.add(held, grad)
        else:
            variable._gradient = add_in_place(held, grad)
        if not same_layout(variable._gradient, variable):
            warn_of_layout(variable, recording)
    elif not recording and owned_alone(grads) and is_stolen(grads[0], variable):
        grad = grads.pop()
        variable._gradient = stolen(grad)
    else:
        grad = grads.pop()
        variable._gradient = clone_like(grad, variable, recording)


def add_in_place(held: TensorBase, grad: TensorBase) -> TensorBase:
    """``held`` after ``held += grad`` outside the graph; at once where both are alike and ``held`` has memory of its
    own. A gradient of a transform may be more than ``held`` has room for, so that the sum is another tensor."""
    switches = modes.current()
    mine, other = held._array, grad._array
    alike = held._dtype is grad._dtype and memory.same_shape(mine, other)
    marked = held._inference or held._marks or grad._marks
    if not alike or marked or not memory.owns_memory(mine) or switches.level >= 0 or switches.written:
        apart = held._layered or grad._layered
        return F.add(held, grad) if apart else F.add_(held, grad)
    if not filling.add_at_once(mine, other):
        switches.run(add_into, mine, other)
    counter = tensors.counter_of(held)
    counter.value += 1
    return held


def owned_alone(grads: list) -> bool:
    """Whether the list holds the only reference to its gradient."""
    return holders(grads, 0) <= _ALONE


def is_ours(buffer: list, index: int) -> bool:
    """Whether the list alone refers to its gradient ``index`` and that alone to its memory: it may be added to."""
    if holders(buffer, index) > _ALONE or array_holders(buffer, index) > _ARRAY_ALONE:
        return False
    grad = buffer[index]
    if grad._view is not None or grad._marks & ZERO_BIT:
        return False
    array = grad._array
    if not array.size:
        return True
    if memory.is_whole(array):
        return True
    return (memory.owns_memory(array) or has_base_alone(buffer, index)) and is_dense(array)


def has_base_alone(buffer: list, index: int) -> bool:
    """Whether gradient ``index`` lies in an array that nothing else lies in."""
    if base_holders(buffer, index) > _BASE_ALONE:
        return False
    return getattr(buffer[index]._array.base, "base", buffer) is None


def holders(buffer: list, index: int) -> int:
    """How many references there are to a gradient, this function's own included."""
    return sys.getrefcount(buffer[index])


def array_holders(buffer: list, index: int) -> int:
    """How many references there are to a gradient's array, this function's own included."""
    grad = buffer[index]
    return sys.getrefcount(grad._array)


def base_holders(buffer: list, index: int) -> int:
    """How many references there are to what a gradient's array is a part of, this function's own included."""
    grad = buffer[index]
    return sys.getrefcount(grad._array.base)


def same_layout(grad: TensorBase, variable: TensorBase) -> bool:
    """Whether ``grad`` lies in memory as torch wants the gradient of ``variable`` to lie."""
    if is_dense(variable._array):
        if grad._dtype is not variable._dtype:  # whose data were set to others since
            return has_steps_of(grad._array, variable._array)
        return memory.laid_like(grad._array, variable._array)
    return grad._array.flags.c_contiguous


def has_steps_of(left: Any, right: Any) -> bool:
    """``memory.laid_like``, where elements are not of one size."""
    pairs = zip(memory.steps_of(left), memory.steps_of(right), left.shape, strict=False)
    return all(size == 1 or own == other for own, other, size in pairs)


def is_stolen(grad: TensorBase, variable: TensorBase) -> bool:
    """Whether a gradient that nobody else holds may lie as it does."""
    return same_layout(grad, variable) or not modes.current().layout


def warn_of_layout(variable: TensorBase, recording: bool) -> None:
    """Warn that the gradient lies in memory as torch would not have laid it."""
    switches = modes.current()
    if switches.layout:
        held, mine = variable._gradient._array, variable._array
        text = (
            "grad and param do not obey the gradient layout contract. This is not an error, but may impair "
            f"performance.\ngrad.sizes() = {list(held.shape)}, strides() = {list(memory.steps_of(held))}\n"
            f"param.sizes() = {list(mine.shape)}, strides() = {list(memory.steps_of(mine))}"
        )
        site = (accumulate, recording)
        if switches.task is None:  # the node was called by hand
            warn_once(text, stacklevel=5, site=site)
        else:
            switches.task.warn(text, site)


def is_dense(array: Any) -> bool:
    """Whether the elements fill their memory without gaps or overlaps, in whatever order of dimensions."""
    if memory.is_one_segment(array):
        return True
    expected = array.itemsize
    for stride, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


def stolen(grad: TensorBase) -> TensorBase:
    """``grad`` without history or tangent; nobody else holds it, so its memory is not shared."""
    alias = wrap(grad._array, grad._dtype)
    alias._storage = grad._storage
    alias._marks = grad._marks
    alias._counter = grad._counter
    alias._inference = grad._inference
    return alias


def clone_like(grad: TensorBase, variable: TensorBase, recording: bool) -> TensorBase:
    """A copy of ``grad`` with the strides of a dense ``variable``, contiguous otherwise."""
    if is_dense(variable._array):
        if not recording and is_simple(grad, variable):
            copy = wrap(copy_laid_like(grad._array, variable._array), grad._dtype)
            counter = tensors.counter_of(copy)
            counter.value += 1
            return copy
        size = variable._dtype.itemsize
        stride = tuple([step // size for step in variable._array.strides])
        copy = F.new_empty_strided(grad, variable._array.shape, stride)
        F.copy_(copy, grad)
        return copy
    return F.clone(grad, memory_format=contiguous_format)


def is_simple(grad: TensorBase, variable: TensorBase) -> bool:
    """Whether a copy of the gradient is nothing but its elements."""
    switches = modes.current()
    if switches.inference or switches.level >= 0 or grad._marks or not variable._array.size:
        return False
    return grad._dtype is variable._dtype and memory.same_shape(grad._array, variable._array)


def run_after_hooks(variable: TensorBase) -> None:
    hooks = variable._after_hooks
    if hooks:
        for hook in tuple(hooks.values()):
            returned = by_user(hook, variable)
            if returned is not None and not isinstance(returned, TensorBase):
                raise TypeError(f"expected Variable, but hook returned '{type(returned).__name__}'")


def accumulator_of(tensor: TensorBase) -> AccumulateGrad:
    """The leaf's node, the same one for as long as any graph holds it."""
    reference: Any = tensor._accumulator
    node = None if reference is None else reference()
    if node is None:
        node = AccumulateGrad.__new__(AccumulateGrad)
        node._place((), (), (tensors.metadata_of(tensor),), LAST)
        node.variable = tensor
        if tensor._hooks is not None:
            node._tensor_hooks = {0: tensor._hooks}
        reference = tensor._accumulator = weakref.ref(node)
        if collector.HIDES:
            collector.untrack(reference)
            if tensor._hooks is None and tensor._after_hooks is None:
                collector.untrack(node)
            else:
                node._reveal()
        if anomaly.enabled:
            anomaly.remember(node)
    return node


def part_from_leaf(tensor: TensorBase) -> None:
    """Have another node for a leaf that may be of another shape or type; hooks still come to run at the one that graphs
    hold."""
    leaf: Any = None if tensor._accumulator is None else tensor._accumulator()
    tensor._accumulator = None
    if leaf is not None and tensor._hooks is None and tensor._node is None:
        tensor._hooks = {}
        leaf._tensor_hooks = {0: tensor._hooks}
        leaf._reveal()


def _measure(count: Any) -> int:
    """What ``count`` finds for a gradient that only a list holds, and that alone its memory."""
    found: int = count([wrap(kernel.ones((1,), dtypes.float64.numpy).reshape(()), dtypes.float64)], 0)
    return found


_ALONE = _measure(holders)
_ARRAY_ALONE = _measure(array_holders)
_BASE_ALONE = _measure(base_holders)
