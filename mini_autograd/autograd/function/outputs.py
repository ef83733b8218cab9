"""Tying the outputs of a Function to its node.

An output may be an input as it is, an input that was changed in place, a view of either, or a tensor from anywhere.
Which of these it is decides whether the node becomes the maker of the tensor itself, of a view or of an alias of it.
"""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.autograd.function.pause import Pause
from mini_autograd.dtypes import DEFAULT as DEFAULT_DTYPE
from mini_autograd.graph import modes, view
from mini_autograd.graph.operations import F
from mini_autograd.graph.view import CUSTOM_FUNCTION, DEFAULT, MULTI_OUTPUT, check_in_place
from mini_autograd.op.override import plain_calls
from mini_autograd.tensor import TensorBase, metadata_of, requires_grad, version_of

# What a node expects for an output that is no tensor or has no gradient.
UNDEFINED = ((0,), DEFAULT_DTYPE.float)


class Outputs:
    """What is known of the outputs of a call.

    ``node`` is None when nothing is recorded. Of ``inputs``, of those marked as ``constant`` or ``dirty``, and of what
    ``setup_context`` has ``kept``, the ids say what an output is.
    """

    def __init__(
        self,
        node: Any,
        inputs: list[TensorBase],
        constant: set[int],
        dirty: dict[int, TensorBase],
        kept: set[int],
    ) -> None:
        self.node = node
        self.inputs = {id(one): place for place, one in reversed(list(enumerate(inputs)))}
        self.constant = constant
        self.dirty = dirty
        self.kept = kept

    def tied(self, outputs: tuple, pure_view: bool) -> list:
        """The outputs as the caller gets them."""
        if self.node is not None:
            self.describe(outputs)
        if pure_view and (len(outputs) != 1 or len(self.inputs) != 1):
            raise RuntimeError(
                "Pure view custom Function can only have one input Tensor and one output Tensor. Open an issue if you "
                "need to support more."
            )
        tied = [self.tie(one, nr, len(outputs), pure_view) for nr, one in enumerate(outputs)]
        if sum(self.is_derived(one) for one in outputs) > 1:
            for one in tied:
                if isinstance(one, TensorBase) and one._view is not None:
                    one._view.creation = MULTI_OUTPUT
        if not self.dirty.keys() <= set(map(id, outputs)):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output. The inputs that "
                "are modified inplace must all be outputs of the Function."
            )
        return tied

    def describe(self, outputs: tuple) -> None:
        """Tell the node what gradients it has to expect."""
        zeros = [metadata_of(one) if isinstance(one, TensorBase) else None for one in outputs]
        self.node._zeros = tuple(zeros)
        self.node._outputs = tuple(
            [each if self.is_derived(one) else UNDEFINED for each, one in zip(zeros, outputs, strict=True)]
        )

    def has_derivative(self, output: Any) -> bool:
        """Whether ``output`` can have a derivative."""
        return (
            isinstance(output, TensorBase)
            and output._dtype.is_differentiable
            and id(output) not in self.constant
        )

    def is_derived(self, output: Any) -> bool:
        """Whether ``output`` gets the node."""
        return self.node is not None and self.has_derivative(output)

    def tie(self, output: Any, nr: int, count: int, pure_view: bool) -> Any:
        """Output ``nr`` of ``count`` as the caller gets it."""
        if not isinstance(output, TensorBase):
            return output
        is_input, is_dirty = id(output) in self.inputs, id(output) in self.dirty
        if not self.is_derived(output):
            tied = self.without_node(output, is_input, is_dirty)
        elif is_dirty:
            tied = self.changed(output, nr, count, is_input)
        else:
            tied = self.as_view(output) if is_input else output
            set_maker(tied, self.node, nr)
        if tied._view is not None and not (is_input and is_dirty):
            tied._view.creation = DEFAULT if pure_view else CUSTOM_FUNCTION
        return tied

    def without_node(self, output: TensorBase, is_input: bool, is_dirty: bool) -> TensorBase:
        """An output that has no gradient: an input that needs one stays as it is, and an alias is returned."""
        if not requires_grad(output):
            return self.as_view(output) if is_input and not is_dirty else output
        if is_input:
            with plain_calls():  # torch detaches below where classes are asked
                return F.detach(output)
        # A view still has the history of its base, as one made without recording has.
        if output._view is None and not modes.current().inference:
            output._node, output._nr, output._requires, output._retains = None, 0, False, False
        return output

    def changed(self, output: TensorBase, nr: int, count: int, is_input: bool) -> TensorBase:
        """An output that was changed in place: its history goes on with the node."""
        if output._node is None and requires_grad(output):
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
        if not is_input:
            if output._view is not None:
                raise RuntimeError(NO_INPUT)
            warnings.warn(NO_INPUT, UserWarning, stacklevel=6)
        output._gradient = None
        if output._view is None:
            output._hooks = None
            view.set_node(output, self.node, nr)
            return output
        if count > 1:
            raise RuntimeError(SEVERAL_BESIDE_A_VIEW)
        check_in_place(output)
        view.rebase_history(output, self.node)
        return output

    def as_view(self, output: Any) -> TensorBase:
        """A view of an input that is returned as it is."""
        if id(output) in self.kept:
            raise RuntimeError(
                "An input that has been returned as-is as output is being saved for backward. This is not supported "
                "if you override setup_context. You should return and save a view of the input instead, e.g. with "
                "x.view_as(x) or setup ctx inside the forward function itself."
            )
        with Pause(recording=False):
            return output.view_as(output)  # a method, which the class may override


NO_INPUT = (
    "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be "
    "passed to ctx.mark_dirty()."
)
SEVERAL_BESIDE_A_VIEW = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return "
    "more than one Tensor. This is not supported by the current autograd engine. You should either make sure the "
    "input is not a view (using .clone() for example) or make your Function only return one Tensor (potentially "
    "splitting it into two Functions: one doing the inplace that returns a single Tensor and a second one that "
    "does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do "
    "this change."
)


def set_maker(tensor: TensorBase, node: Any, nr: int) -> None:
    """Make output ``nr`` of ``node`` the history of ``tensor``, whatever it was."""
    tensor._node, tensor._nr = node, nr
    if tensor._view is not None:
        tensor._view.attr_version = version_of(tensor)
