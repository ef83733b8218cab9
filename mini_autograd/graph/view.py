"""Views and the graph: whose history a write to shared memory changes, and how a view finds its own again.

NOTE [Written views]: a view and its base share memory and a version counter. When a view is written in place,
the base's history becomes a :class:`CopySlices` node: "the old base, with this part replaced". Every view of
that base is then out of date, which it notices by the version, and its history is made anew the next time
somebody asks for it: as an ``as_strided`` of the base, or as NOTE [Replayed views] has it.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd import tensor as tensors  # type: ignore[no-redef]
from mini_autograd.dtypes import int64
from mini_autograd.graph import accumulate, replay
from mini_autograd.graph.node import Node, watched_apply
from mini_autograd.graph.operations import F, options_of
from mini_autograd.layouts import contiguous_format
from mini_autograd.tensor import Apart, Tensor, TensorBase, View, metadata_of, storage_offset

# The circumstances in which a view was made.
DEFAULT, CUSTOM_FUNCTION, MULTI_OUTPUT, NO_GRAD, INFERENCE = range(5)


def grad_fn(tensor: TensorBase) -> Node | None:
    """The node that made ``tensor``, made anew for a view whose memory was written since."""
    view = tensor._view
    if view is None:
        return tensor._node
    if tensor._node is None and not tensors.requires_grad(view.base):
        return None
    version = tensors.version_of(tensor)
    if view.attr_version != version:
        check_writable(tensor, indirect=True)
        if view.steps is None:
            node = F.as_strided_node(tensor, view.base)
        else:
            node = replay.recorded(view.steps, view.base)._node
        set_node(tensor, node)
        view.attr_version = version
    return tensor._node


def edge_node(tensor: TensorBase) -> Node | None:
    """The node that the gradient of ``tensor`` goes to, as its output ``tensor._nr``; None where it needs
    none."""
    node = tensor._node if tensor._view is None else grad_fn(tensor)
    if node is None and tensor._requires:
        return accumulate.accumulator_of(tensor)
    return node


def gradient_edge(tensor: TensorBase) -> tuple:
    """``(node, output_nr)`` where the gradient of ``tensor`` goes; ``(None, 0)`` where it needs none."""
    node = edge_node(tensor)
    return (None, 0) if node is None else (node, tensor._nr)


def mark_view(tensor: TensorBase, source: TensorBase, creation: int, made_by: str) -> None:
    """Make ``tensor`` a view of ``source``, or of what ``source`` itself is a view of."""
    above = source._view
    base = source
    if above is not None:
        base = above.base
        if creation == DEFAULT or above.creation == INFERENCE:
            creation = above.creation
    tensor._counter = tensors.counter_of(source)
    tensor._storage = source._storage
    view = View.__new__(View) if above is None or type(above) is not Apart else part_apart(above, source)
    view.base = base
    view.creation = creation
    view.attr_version = tensors.version_of(source)
    view.made_by = made_by
    view.steps = None
    if above is not None and above.steps is not None:
        view.steps = (*above.steps, replay.strided_step(tensor))
    tensor._view = view


def part_apart(above: Apart, source: TensorBase) -> View:
    """What a view of ``source`` is to know, which is a primal or a part of one."""
    part = Apart.__new__(Apart)
    part.top = source if above.top is None else above.top
    return part


def check_in_place(target: TensorBase) -> None:
    """RuntimeError when writing to ``target`` would lose the gradient of a leaf."""
    if target._view is not None:
        check_writable(target, indirect=False)
        if tensors.requires_grad(target):
            if target._view.base._node is None:
                raise errors.leaf_view_in_place()
            if target._node is None:  # yet to be made anew: it passes for the leaf that it was
                raise errors.leaf_in_place()
    elif target._requires and target._node is None:
        raise errors.leaf_in_place()


def check_writable(tensor: TensorBase, indirect: bool) -> None:
    """RuntimeError when the history of a written view could not be told, as torch words it."""
    creation = tensor._view.creation
    if creation == DEFAULT:
        return
    written = "its base or another view of its base has been" if indirect else "is being"
    node = tensor._node
    if creation in (NO_GRAD, INFERENCE) or node is None:
        prefix = "A view was created in"
        if node is not None:
            prefix = f"Output {tensor._nr} of {node.plain_name()} is a view of a view which was created in"
        if creation == INFERENCE:
            message = f"{prefix} inference mode and {written} modified inplace in normal mode."
        else:
            message = f"{prefix} no_grad mode and {written} modified inplace with grad mode enabled."
    else:
        message = f"Output {tensor._nr} of {node.plain_name()} is a view and {written} modified inplace."
    raise RuntimeError(message + _ADVICE[creation])


_AMBIGUOUS = (
    " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by "
    "moving both the view and the inplace either both inside the {0} block (if you don't want the inplace "
    "to be tracked) or both outside (if you want the inplace to be tracked)."
)
_ADVICE = {
    MULTI_OUTPUT: " This view is the output of a function that returns multiple views. Such functions do not allow the "
    "output views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
    CUSTOM_FUNCTION: " This view was created inside a custom Function (or because an input was returned as-is) and the "
    "autograd logic to handle view+inplace would override the custom backward associated with the custom "
    "Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the "
    "output of the custom Function.",
    NO_GRAD: _AMBIGUOUS.format("no_grad"),
    INFERENCE: _AMBIGUOUS.format("inference_mode"),
}


class CopySlices(Node):
    """The history of a base one of whose views was written: the gradient of the part goes through
    ``written``.

    Its first edge is the base's former history, the others those of ``written`` but its first (the view's
    own). ``written`` is None once released.
    """

    __slots__ = ("base_shape", "base_stride", "offset", "shape", "steps", "stride", "written")

    base_shape: tuple
    base_stride: tuple
    offset: int
    shape: tuple
    steps: Any
    stride: tuple
    written: Any

    def __getattr__(self, name: str) -> Any:  # a compiled class would name its module
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def name(self) -> str:
        return "torch::autograd::CopySlices"

    def _apply(self, grads: list) -> list:
        grad = grads[0]
        if grad is None:
            return [None] * len(self._next_nodes)
        if self.written is None:
            raise errors.saved_freed()
        whole = F.new_empty_strided(grad, self.base_shape, self.base_stride)
        F.copy_(whole, grad)
        if self.steps is None:
            part = F.as_strided(whole, self.shape, self.stride, self.offset)
        else:
            part = replay.replayed(self.steps, whole)
        results = watched_apply(self.written, [F.clone(part, memory_format=contiguous_format)], None)
        # Where a custom Function gives none for the part, there is none for the whole.
        if self._next_nodes[0] is not None and results[0] is not None:
            if type(grad) is not Tensor and grad._layered:
                # Under a transform what is written may differ by example where the memory does not.
                whole = self.around(whole, part, results[0])
            else:
                F.copy_(part, results[0])
            results[0] = whole
        return results

    def around(self, whole: TensorBase, part: TensorBase, inner: TensorBase) -> Any:
        """``whole`` with ``inner`` in the place of ``part``."""
        if self.steps is not None:
            F.copy_(part, inner)
            return whole
        options = options_of(whole, int64)
        numbers = F.empty_strided(self.base_shape, self.base_stride, **options)
        F.copy_(numbers, F.view(F.arange(whole._array.size, **options), self.base_shape))
        places = F.reshape(F.as_strided(numbers, self.shape, self.stride, self.offset), (-1,))
        flat = F.index_copy(F.reshape(whole, (-1,)), 0, places, F.reshape(inner, (-1,)))
        return F.view(flat, self.base_shape)

    def _release(self) -> None:
        self.written = None


def rebase_history(tensor: TensorBase, node: Node) -> None:
    """Make ``node`` the maker of ``tensor``, which was just written in place, and of its base's part."""
    view = tensor._view
    if tensor._hooks is not None or tensor._accumulator is not None:
        leave_hooks(tensor)
    if view is None:
        set_node(tensor, node)
        return
    check_writable(tensor, indirect=False)
    base = view.base
    copy_slices: Any = CopySlices.__new__(CopySlices)
    base_node, base_nr = gradient_edge(base)
    copy_slices._link(
        (base_node, *node._next_nodes[1:]),
        (base_nr, *node._next_nrs[1:]),
        (metadata_of(base),),
    )
    copy_slices.written = node
    copy_slices._reveal()
    node._reveal()
    copy_slices.base_shape, copy_slices.base_stride = base._array.shape, _strides(base)
    copy_slices.shape, copy_slices.stride = tensor._array.shape, _strides(tensor)
    copy_slices.offset = storage_offset(tensor) - storage_offset(base)
    copy_slices.steps = view.steps
    set_node(base, copy_slices)
    view.attr_version = -1
    grad_fn(tensor)


def leave_hooks(tensor: TensorBase) -> None:
    """Let new hooks go to the new node; those of what is, or was, a leaf, which its own node has no more, are not
    called again."""
    tensor._hooks = None
    reference: Any = tensor._accumulator
    leaf_node = None if reference is None else reference()
    if leaf_node is not None:
        leaf_node._tensor_hooks = None


def set_node(tensor: TensorBase, node: Node, nr: int = 0) -> None:
    former, former_nr = tensor._node, tensor._nr
    tensor._node = node
    tensor._nr = nr
    move_retained(tensor, former, former_nr, node)


def move_retained(tensor: TensorBase, former: Any, former_nr: int, node: Any) -> None:
    """Keep the gradient of what ``tensor`` has become, not of what it was, where ``retain_grad`` asked for
    it."""
    if tensor._retains and former is not None and former._retained is not None:
        reference = former._retained.pop(former_nr, None)
        if reference is not None and node is not None:
            if node._retained is None:
                node._retained = {}
            node._retained[tensor._nr] = reference


def _strides(tensor: TensorBase) -> tuple:
    size = tensor._dtype.itemsize
    return tuple(stride // size for stride in tensor._array.strides)
