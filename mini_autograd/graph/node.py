"""A node of the graph: one recorded operation, its edges to the nodes of its inputs, and its hooks."""

from __future__ import annotations

from typing import Any

from mini_autograd.devices import CPU, device
from mini_autograd.dtypes import dtype
from mini_autograd.graph import anomaly, collector, modes, removable
from mini_autograd.size import Size
from mini_autograd.tensor import TensorBase

# An AccumulateGrad is ready before every other node: it has the largest sequence number there is.
LAST = 2**63 - 1


class InputMetadata:
    """What a gradient that arrives at a node must look like: shape, dtype, device."""

    __slots__ = ("device", "dtype", "shape")

    is_nested_tensor = False
    is_cpp_nested_tensor = False

    def __init__(self, shape: Size, dtype: dtype, device: device) -> None:
        self.shape = shape
        self.dtype = dtype
        self.device = device


InputMetadata.__name__ = InputMetadata.__qualname__ = "_InputMetadata"
InputMetadata.__module__ = "torch._C._autograd"


class Node:
    """One recorded operation.

    Fields have a leading underscore, for what a custom Function keeps on its ``ctx``, a node, may have any other name.

    ``_next_nodes`` and ``_next_nrs``: for every differentiable input the node that made it (None where no gradient is
    needed) and which of that node's outputs it was. ``_outputs``: for every output its shape and dtype, which a
    gradient that arrives must have. ``_pre_hooks`` and ``_post_hooks``: ordered dicts id -> function, or None.
    ``_tensor_hooks``: dict output_nr -> dict id -> function, hooks that were registered on the output tensors.
    ``_retained``: dict output_nr -> weak reference to the tensor whose ``.grad`` is to be kept. ``_at_pass``: the
    number of the pass that is at the node, 0 for none; ``_waiting``: how many gradients have yet to arrive;
    ``_buffer``: the sums of those that have, one per output. See ``graph.engine``. ``_cyclic``, which plain Python does
    without: NOTE [Hidden nodes].
    """

    __slots__ = (
        "__weakref__",
        "_at_pass",
        "_buffer",
        "_extra",
        "_next_nodes",
        "_next_nrs",
        "_outputs",
        "_post_hooks",
        "_pre_hooks",
        "_retained",
        "_sequence",
        "_tensor_hooks",
        "_waiting",
    )

    _cyclic: bool

    def _link(self, next_nodes: tuple, next_nrs: tuple, outputs: tuple) -> None:
        """Give every field its first value, and the node the thread's next sequence number."""
        switches = modes.current()
        self._place(next_nodes, next_nrs, outputs, switches.sequence)
        switches.sequence += 1
        if anomaly.enabled:
            anomaly.remember(self)

    def _place(self, next_nodes: tuple, next_nrs: tuple, outputs: tuple, sequence_nr: int) -> None:
        """Give every field its first value; called once, right after allocation."""
        self._next_nodes = next_nodes
        self._next_nrs = next_nrs
        self._outputs = outputs
        self._sequence: Any = sequence_nr
        self._pre_hooks: Any = None
        self._post_hooks: Any = None
        self._tensor_hooks: Any = None
        self._retained: Any = None
        self._extra: Any = None
        self._at_pass = 0
        self._waiting = 0
        self._buffer: Any = None

    def _apply(self, grads: list) -> list:
        """Gradients of the inputs (None where none is needed) from those of the outputs (None: no gradient)."""
        raise NotImplementedError(type(self).__name__)

    def _apply_by_hand(self, grads: list) -> list:
        """:meth:`_apply` where no engine makes the results fit the inputs."""
        return self._apply(grads)

    def _apply_within(self, grads: list, plan: dict) -> list:
        """:meth:`_apply`, but only for inputs that ``plan`` says are reached: no work for the others."""
        nodes = self._reached(plan)
        return [None if node is None else one for node, one in zip(nodes, self._apply(grads), strict=True)]

    def _reached(self, plan: dict) -> tuple:
        """``_next_nodes`` with None in place of those that ``plan`` does not lead to."""
        return tuple([None if node is None or not plan[node].reached else node for node in self._next_nodes])

    def _release(self) -> None:
        """Let go of what was saved for :meth:`_apply`."""

    def _reveal(self) -> None:
        """Let the collector of cycles see the node, and what will be made on top of it."""
        if collector.HIDES:
            self._cyclic = True  # type: ignore[misc]  # plain Python wastes no slot on it
            collector.track(self)
            if self._next_nodes:
                collector.track(self._next_nodes)

    def name(self) -> str:
        """The node's name, as torch prints it."""
        return type(self).__name__

    def is_strict(self) -> bool:
        """Whether a complex gradient of a real tensor is an error; else its real part is taken."""
        return False

    def is_custom(self) -> bool:
        """Whether its derivative is the user's code."""
        return False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def plain_name(self) -> str:
        """``Mul`` for ``MulBackward0``, ``Min1`` for ``MinBackward1``: the name as error texts have it."""
        name = self.name()
        head, _, ordinal = name.rpartition("Backward")
        if not head or not (ordinal == "" or ordinal.isdigit()):
            return name
        return head + ordinal.removeprefix("0")

    @property
    def next_functions(self) -> tuple:
        """``(node, output_nr)`` for every differentiable input; node is None where no gradient flows."""
        return tuple(zip(self._next_nodes, self._next_nrs, strict=True))

    @property
    def _input_metadata(self) -> tuple:
        return tuple(
            [
                InputMetadata(Size(shape), kind, device("cuda", place[0]) if place else CPU)
                for shape, kind, *place in self._outputs
            ]
        )

    @property
    def requires_grad(self) -> bool:
        return True

    @property
    def metadata(self) -> dict:
        """A dict of the user's own, kept as long as the node."""
        if self._extra is None:
            self._extra = {}
            self._reveal()
        return self._extra

    def __call__(self, *grads: Any) -> Any:
        """Run the node alone, without its hooks: the gradient of its input, or a tuple of those of several."""
        if len(grads) != len(self._outputs):
            raise TypeError(f"expected {len(self._outputs)} arguments, got {len(grads)} instead")
        for index, grad in enumerate(grads):
            if grad is not None and not isinstance(grad, TensorBase):
                raise TypeError(f"argument {index} is not a Variable")
        recorder = modes.current().recorder
        begun = None if recorder is None else recorder.begin_node(self, list(grads))
        try:
            results = self._apply_by_hand(list(grads))
        finally:
            if begun is not None:
                recorder.end_node(begun)
        return results[0] if len(results) == 1 else tuple(results)

    def _sequence_nr(self) -> int:
        return 2**64 - 1 if self._sequence == LAST else self._sequence

    def _set_sequence_nr(self, sequence_nr: int) -> None:
        """Let the engine run the node as if it had been recorded then."""
        if not isinstance(sequence_nr, int):
            raise TypeError("an integer is required")
        if sequence_nr < 0:
            raise OverflowError("can't convert negative int to unsigned")
        self._sequence = min(sequence_nr, LAST)

    def register_hook(self, hook: Any) -> Any:
        """Call ``hook(grad_inputs, grad_outputs)`` after the node ran; what it returns replaces ``grad_inputs``."""
        if self._post_hooks is None:
            self._post_hooks = {}
            self._reveal()
        return removable.add(self._post_hooks, hook)

    def register_prehook(self, hook: Any) -> Any:
        """Call ``hook(grad_outputs)`` before the node runs; what it returns replaces them."""
        if self._pre_hooks is None:
            self._pre_hooks = {}
            self._reveal()
        return removable.add(self._pre_hooks, hook)


def watched_apply(node: Node, grads: list, plan: Any) -> list:
    """What the node gives, which a profiler sees."""
    recorder = modes.current().recorder
    if recorder is None:
        return node._apply(grads) if plan is None else node._apply_within(grads, plan)
    begun = recorder.begin_node(node, grads)
    try:
        return node._apply(grads) if plan is None else node._apply_within(grads, plan)
    finally:
        recorder.end_node(begun)
