"""The node of a custom Function, which is also its ``ctx``: its derivative is a Python method of a subclass."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.graph.node import Node
from mini_autograd.graph.operations import zeros_of
from mini_autograd.graph.saved import hold
from mini_autograd.tensor import TensorBase
from mini_autograd.typename import type_name


class CustomNode(Node):
    """``apply`` of a subclass takes a gradient for each output and returns one for each argument.

    The first five fields are what a Function's ``forward`` tells of its tensors, as ``FunctionCtx`` describes them.
    ``_are_tensors``: for each argument whether it was a tensor and so has an edge. ``_fills`` and ``_fills_all``:
    whether zeros stand for gradients that did not arrive, also of outputs that cannot have one; ``_zeros``: for each
    output the metadata of those, None for what is no tensor. ``_saved``: for each tensor a SavedTensor, None
    for None; None instead of a list once they were looked at, where that may be only once; ``_freed`` when a pass has
    let go of them. ``_pure_view``: the output is a view like those that ops make.
    """

    __slots__ = (
        "_are_tensors",
        "_fills",
        "_fills_all",
        "_freed",
        "_pure_view",
        "_saved",
        "_zeros",
        "dirty_tensors",
        "needs_input_grad",
        "non_differentiable",
        "saved_for_forward",
        "to_save",
    )

    def _begin(self) -> None:
        """Give every field its first value."""
        self._link((), (), ())
        self._reveal()  # a Function may keep on it whatever it likes
        self.dirty_tensors: Any = None
        self.needs_input_grad: Any = None
        self.non_differentiable: Any = None
        self.saved_for_forward: Any = None
        self.to_save: Any = None
        self._are_tensors: tuple = ()
        self._fills = True
        self._fills_all = True
        self._freed = False
        self._pure_view = False
        self._saved: Any = []
        self._zeros: tuple = ()

    def apply(self, *grads: Any) -> Any:
        """The gradients of the arguments: a tuple, or the only one by itself."""
        raise NotImplementedError(type(self).__name__)

    def _apply(self, grads: list) -> list:
        results = self.apply(*self._filled(grads))
        if not isinstance(results, tuple):
            results = (results,)
        expected = len(self._are_tensors)
        if len(results) > expected and all([one is None for one in results[expected:]]):  # noqa: C419
            results = results[:expected]
        if len(results) != expected:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {expected}, got "
                f"{len(results)})"
            )
        return [grad for at, grad in enumerate(results) if self._has_edge(at, grad)]

    def _apply_within(self, grads: list, plan: dict) -> list:
        return self._apply(grads)  # hooks see all that the Function gives

    def _filled(self, grads: list) -> list:
        """The gradients, zeros in place of those that did not arrive where the Function wants them."""
        if not self._fills:
            return grads
        filled = []
        for nr, (grad, zeros) in enumerate(zip(grads, self._zeros, strict=True)):
            if grad is None and zeros is not None and (self._fills_all or self._outputs[nr] is zeros):
                grad = zeros_of(*zeros)
            filled.append(grad)
        return filled

    def _has_edge(self, at: int, grad: Any) -> bool:
        """Whether argument ``at`` was a tensor; RuntimeError when ``grad`` is no gradient for it."""
        if self._are_tensors[at]:
            if grad is not None and not isinstance(grad, TensorBase):
                raise RuntimeError(f"expected Variable or None (got {type_name(grad)})")
            return True
        if grad is not None:
            raise RuntimeError(
                f"function {self.name()} returned a gradient different than None at position {at + 1}, but the "
                "corresponding forward input was not a Variable"
            )
        return False

    def _save(self, tensors: list, dirty: dict) -> None:
        """Keep ``tensors``, or None, for :meth:`apply`; the outputs are tied to the node by now, a view that is among
        the ``dirty`` ones by way of its base."""
        for tensor in tensors:
            if tensor is None:
                self._saved.append(None)
            else:
                made_here = tensor._node is self or (tensor._view is not None and id(tensor) in dirty)
                self._saved.append(hold(tensor, tensor._nr if made_here else -1))

    def _unpacked(self) -> tuple:
        """The saved tensors; RuntimeError once they were let go, and for one that was written to since."""
        return tuple([None if one is None else one.shown(self) for one in self._packed()])

    def _packed(self) -> Any:
        if self._saved is None:
            raise RuntimeError(
                "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the "
                "autograd.Function. Either access saved_tensors only once, or set clear_saved_tensors_on_access=False."
            )
        if self._freed:
            raise errors.saved_freed()
        return self._saved

    def _release(self) -> None:
        if self._saved is not None:
            self._saved = []
        self._freed = True

    def is_strict(self) -> bool:
        return True

    def is_custom(self) -> bool:
        return True
