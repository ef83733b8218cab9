"""What a node keeps of a tensor between forward and backward."""

from __future__ import annotations

import weakref
from typing import Any

from mini_autograd import errors
from mini_autograd import tensor as tensors  # type: ignore[no-redef]
from mini_autograd.graph import anomaly, collector, modes, packing
from mini_autograd.graph.node import Node
from mini_autograd.graph.tangent import attach_kept
from mini_autograd.graph.view import grad_fn
from mini_autograd.tensor import Tensor, TensorBase, alias_of

# Stands for a saved tensor that was let go, and for one that has yet to be saved, or could not be.
FREED = object()
MISSING = object()

# NOTE [Saved outputs]: a node that kept its own output would be kept by it in turn, and neither would be freed
# before the cycle collector ran. It keeps an alias without history instead, which shares memory and version, and
# puts itself back as ``grad_fn`` when the value is asked for while recording.


class SavedTensor:
    """A tensor as it was when it was saved; writing to its memory since is an error at :meth:`unpack`.

    ``packed``: what hooks made of it, None without hooks; ``tensor`` is None then. ``made_by``: of an output, a weak
    reference to the node that has made it where that is not the saving one, None otherwise.
    """

    __slots__ = ("leaf", "made_by", "output_nr", "packed", "tensor", "version")

    def _hold(self, tensor: TensorBase, output_nr: int) -> None:
        if tensor._inference:
            raise errors.inference_saved()
        self.packed: Any = None
        self.leaf = tensor._node is None
        self.output_nr = output_nr
        if packing.active and not tensor._marks & tensors.WRAPPED:
            hooks = packing.hooks_in_force()
            if hooks is not None:
                self.packed = packing.packed(tensor, tensor, hooks)
                self.tensor: Any = None
                return
        if output_nr >= 0:
            alias = tensors.twin(tensor)
            alias._counter = tensors.counter_of(tensor)
            alias._storage = tensor._storage
            alias._marks = tensor._marks
            alias._tangent = tensor._tangent
            tensor = alias
            self.made_by: Any = None
        self.tensor = tensor
        self.version = tensors.version_of(tensor)

    def unpack(self, node: Node) -> TensorBase:
        """The tensor for a backward pass; RuntimeError where :meth:`shown` has one, and for a detached input."""
        if self.packed is not None:
            if self.is_cut_off():
                raise errors.saved_detached()
            return self.restored()
        tensor = self.tensor
        if type(tensor) is not Tensor and tensor._layered and tensor._outside() is not tensor:
            return tensor._outside()
        if self.output_nr < 0:
            if tensor._node is None and not self.leaf and grad_fn(tensor) is None:
                raise errors.saved_detached()
            if tensors.version_of(tensor) != self.version:
                raise self._modified(node)
            return tensor
        if tensors.version_of(tensor) != self.version:
            raise self._modified(node)
        switches = modes.current()
        return self.whole(node) if switches.grad or switches.level >= 0 else tensor

    def shown(self, node: Node) -> TensorBase:
        """The tensor, with its history; RuntimeError when it was written to in the meantime."""
        if self.packed is not None:
            made = self.restored()
            if self.is_cut_off():
                made._node = node  # for want of another, torch shows the node that saved it
            return made
        tensor = self.tensor
        if type(tensor) is not Tensor and tensor._layered and tensor._outside() is not tensor:
            return tensor._outside()
        if tensors.version_of(tensor) != self.version:
            raise self._modified(node)
        if collector.HIDES:
            collector.track(tensor)
        return tensor if self.output_nr < 0 else self.whole(node)

    def is_cut_off(self) -> bool:
        """Whether the tensor was detached in place before hooks came to what is kept of it."""
        return not self.leaf and self.output_nr < 0 and self.packed.node is None

    def restored(self) -> TensorBase:
        """What the unpack hook gives."""
        made: TensorBase = self.packed.restored()
        return made

    def pack(self, node: Node, hooks: tuple) -> None:
        """Keep what a pack hook makes of the tensor, in its stead."""
        tensor = self.whole(node) if self.output_nr >= 0 else self.tensor
        if self.leaf and self.output_nr < 0 and tensor._node is not None:
            raise RuntimeError("grad_accumulator() should be only called on leaf Variables")
        self.packed = packing.packed(tensor, alias_of(self.tensor), hooks)
        self.tensor = None

    def whole(self, node: Node) -> TensorBase:
        """An output of ``node`` with its history."""
        tensor = self.tensor
        whole = tensors.twin(tensor)
        whole._counter = tensor._counter
        whole._storage = tensor._storage
        whole._marks = tensor._marks
        if tensor._tangent is not None:
            attach_kept(whole, tensor._tangent)
        whole._node = self.maker(node)
        whole._nr = self.output_nr
        return whole

    def maker(self, node: Node) -> Node | None:
        """The node that has made the tensor; of a written view the saving one, once that is gone."""
        if self.output_nr < 0:
            return grad_fn(self.tensor)
        maker: Node | None = None if self.made_by is None else self.made_by()
        return node if maker is None else maker

    def _modified(self, node: Node) -> RuntimeError:
        tensor = self.tensor
        maker = self.maker(node)
        nr = max(self.output_nr, 0)  # of an input torch does not know which output it is, and says the first
        if maker is None and not self.leaf:
            maker = node
        kind = f"{tensor._dtype.old_name} {list(tensor._array.shape)}"
        name = None if maker is None else maker.plain_name()
        version = tensors.version_of(tensor)
        return errors.modified_in_place(kind, name, nr, version, self.version, anomaly.is_enabled())


def hold_written(tensor: TensorBase) -> SavedTensor:
    """Save a view that the saving node has written in place: NOTE [Saved outputs] goes for it, though its history is
    another node's, which only the view keeps."""
    saved = hold(tensor, tensor._nr)
    saved.made_by = weakref.ref(tensor._node)
    return saved


def hold(tensor: TensorBase, output_nr: int) -> SavedTensor:
    """Save ``tensor``; ``output_nr`` says which output of the saving node it is, -1 that it is an input."""
    saved = SavedTensor.__new__(SavedTensor)
    saved._hold(tensor, output_nr)
    return saved
