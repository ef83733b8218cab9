"""What a node keeps of a tensor between forward and backward."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd import tensor as tensors  # type: ignore[no-redef]
from mini_autograd.graph import modes
from mini_autograd.graph.node import Node
from mini_autograd.graph.view import grad_fn
from mini_autograd.tensor import Tensor, TensorBase

# NOTE [Saved outputs]: a node that kept its own output would be kept by it in turn, and neither would be freed
# before the cycle collector ran. It keeps an alias without history instead, which shares memory and version, and
# puts itself back as ``grad_fn`` when the value is asked for while recording.


class SavedTensor:
    """A tensor as it was when it was saved; writing to its memory since is an error at :meth:`unpack`."""

    __slots__ = ("leaf", "output_nr", "tensor", "version")

    def _hold(self, tensor: TensorBase, output_nr: int) -> None:
        if tensor._inference:
            raise errors.inference_saved()
        self.leaf = tensor._node is None
        self.output_nr = output_nr
        if output_nr >= 0:
            alias = tensors.twin(tensor)
            alias._counter = tensors.counter_of(tensor)
            alias._storage = tensor._storage
            alias._tangent = tensor._tangent
            tensor = alias
        self.tensor: Any = tensor
        self.version = tensors.version_of(tensor)

    def unpack(self, node: Node) -> TensorBase:
        """The tensor for a backward pass; RuntimeError where :meth:`shown` has one, and for a detached input."""
        tensor = self.tensor
        if type(tensor) is not Tensor:
            outside = tensor._outside()
            if outside is not tensor:
                return outside
        if self.output_nr < 0:
            if tensor._node is None and not self.leaf and grad_fn(tensor) is None:
                raise errors.saved_detached()
            if tensors.version_of(tensor) != self.version:
                raise self._modified(node)
            return tensor
        if tensors.version_of(tensor) != self.version:
            raise self._modified(node)
        switches = modes.current()
        return self.whole(node) if switches.grad else tensor

    def shown(self, node: Node) -> TensorBase:
        """The tensor, with its history; RuntimeError when it was written to in the meantime."""
        if tensors.version_of(self.tensor) != self.version:
            raise self._modified(node)
        return self.tensor if self.output_nr < 0 else self.whole(node)

    def whole(self, node: Node) -> TensorBase:
        """An output of ``node`` with its history."""
        tensor = self.tensor
        whole = tensors.twin(tensor)
        whole._counter = tensor._counter
        whole._storage = tensor._storage
        whole._tangent = tensor._tangent
        whole._node = node
        whole._nr = self.output_nr
        return whole

    def _modified(self, node: Node) -> RuntimeError:
        tensor = self.tensor
        maker, nr = (node, self.output_nr) if self.output_nr >= 0 else (grad_fn(tensor), tensor._nr)
        if maker is None and not self.leaf:
            maker = node
        kind = f"{tensor._dtype.old_name} {list(tensor._array.shape)}"
        name = None if maker is None else maker.plain_name()
        return errors.modified_in_place(kind, name, nr, tensors.version_of(tensor), self.version)


def hold(tensor: TensorBase, output_nr: int) -> SavedTensor:
    """Save ``tensor``; ``output_nr`` says which output of the saving node it is, -1 that it is an input."""
    saved = SavedTensor.__new__(SavedTensor)
    saved._hold(tensor, output_nr)
    return saved
