"""The layer of ``grad``, ``vjp`` and ``jvp``: a graph and tangents of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import count_write
from mini_autograd.graph.view import check_in_place, rebase_history
from mini_autograd.op import recorded
from mini_autograd.op.bits import elements_of
from mini_autograd.op.dispatch import any_requires_grad, execute, mark_views, tensors_in
from mini_autograd.op.factory import Maker, require
from mini_autograd.op.forward import has_tangent, reads_written, zeros_laid_like
from mini_autograd.op.override import disabled
from mini_autograd.op.row import Op
from mini_autograd.tensor import Tensor, TensorBase, metadata_of
from mini_autograd.transform import refusal
from mini_autograd.transform.chance import is_random
from mini_autograd.transform.layer import RESIZED, SHOWN_ANEW, map_tensors, new_layered, shown, view_of
from mini_autograd.transform.push import PushingLayer


class Tracked(Tensor):
    """A tensor of a :class:`Differentiation`; its array is that of its value.

    ``_captured``: whether it is a view of what the function was not given.
    """

    __slots__ = ("_captured", "_layer", "_value")
    _layered = True
    __torch_function__ = disabled
    _layer: Any
    _value: Any
    _captured: bool

    def _twin(self) -> Tracked:
        return tracked(self._layer, self._value)

    def _detached(self) -> Tracked:
        return tracked(self._layer, self._layer.under(F.detach, self._value))

    def _elements(self) -> Any:
        value = self._value
        return elements_of(value) if not value._layered else value._elements()

    def _become(self, made: Any) -> Any:
        """Show what ``made`` shows, in its place in the graph: what a view in place does."""
        self._array, self._value = made._array, made._value
        self._node, self._nr, self._tangent = made._node, made._nr, made._tangent
        return self

    def __repr__(self, *_: Any, **__: Any) -> str:
        layer = self._layer
        return layer.under(shown, f"GradTrackingTensor(lvl={layer.depth if layer.alive else -2}", self._value)

    def _outside(self) -> Any:
        return value_outside(self)


def tracked(layer: Differentiation, value: TensorBase) -> Tracked:
    made: Tracked = new_layered(Tracked, layer, value, value._array)
    made._captured = False
    return made


def value_outside(tensor: Any) -> Any:
    """The value of a tensor whose transform has ended; any other as it is."""
    while isinstance(tensor, Tracked) and not tensor._layer.alive:
        tensor = tensor._value
    return tensor


class Differentiation(PushingLayer):
    """Records, and pushes tangents forward, among its own tensors.

    ``grad_before`` is whether the layers below were recording when the layer was made: ``no_grad`` around a
    transform leaves the transform alone, but not what it is made of.
    """

    def __init__(self) -> None:
        super().__init__()
        self.grad_before = modes.current().grad

    def lift(self, tensor: TensorBase) -> Any:
        tensor = value_outside(tensor)
        if isinstance(tensor, Tracked) and tensor._layer is self:
            return tensor
        return tracked(self, tensor)

    def adopted(self, tensor: Tensor) -> Tensor:
        if self.below:
            tensor = self.under(self.below[-1].adopted, tensor)
        return tracked(self, tensor)

    def under(self, run: Any, *args: Any) -> Any:
        switches = modes.current()
        before = switches.grad
        switches.grad = before and self.grad_before
        try:
            return super().under(run, *args)
        finally:
            switches.grad = before

    def zeros_laid_like(self, tangent: TensorBase, primal: TensorBase, examples: int) -> Any:
        return self.lift(self.under(zeros_laid_like, self.lowered(tangent), self.lowered(primal), examples))

    def unpack(self, tensor: TensorBase) -> tuple:
        return F._fw_primal(tensor), self.lift(tensor)._tangent

    def execute(self, op: Op, args: list) -> Any:
        if op.composite is not None:
            return self.compose(op, args)
        if op.in_place:
            return self.execute_in_place(op, args)
        captured = op.alias >= 0 and self.is_captured(args[op.alias])
        args = map_tensors(op, args, self.lift)
        switches = modes.current()
        recording = bool(op.differentiable) and switches.grad and any_requires_grad(tensors_in(op, args))
        if op.name == "_fw_primal":  # what is below keeps its tangent
            result = self.under(F.alias, value_of(args[0]))
        else:
            result = self.under(execute, op, map_tensors(op, args, value_of))
        several = isinstance(result, (tuple, list))
        outputs: list[Any] = [
            None if one is None else self.lift(one) for one in (result if several else (result,))
        ]
        if op.alias >= 0:
            mark_views(op, outputs, args, switches)
            for one in outputs:
                one._captured = captured
        node = recorded.record(op, args, False) if recording else None
        if node is not None:
            recorded.tie(node, op, outputs)
        self.push(op, args, outputs)
        if node is not None:
            recorded.save_outputs(node, op, outputs)
        return op.bundle(outputs) if several else outputs[0]

    def compose(self, op: Op, args: list) -> Any:
        """What is made of other ops, which come here one by one."""
        if op.name in ("equal", "is_nonzero", "allclose"):
            return self.under(execute, op, map_tensors(op, args, self.lowered))
        if isinstance(op.composite, Maker):
            return self.make(op, args)
        if op.name in RESIZED or op.name in SHOWN_ANEW:
            self.check_given(op, args[0])
        if op.name in SHOWN_ANEW:
            target = args[0]
            if modes.current().grad and any_requires_grad([target]):
                check_in_place(target)
            return target._become(view_of(op, args))
        if is_random(op):
            return self.lift(self.under(execute, op, map_tensors(op, args, self.lowered)))
        return op.composite(*args)

    def make(self, op: Op, args: list) -> Any:
        """A new tensor, made below the layer; whether it requires a gradient is told to it here."""
        made = self.lift(self.under(execute, op, [*map_tensors(op, args, self.lowered)[:-1], False]))
        if args[-1]:
            require(made)
        return made

    def lowered(self, tensor: TensorBase) -> Any:
        return self.lift(tensor)._value

    def execute_in_place(self, op: Op, args: list) -> TensorBase:
        target = args[0]
        self.check_given(op, target)
        args = [target, *map_tensors(op, args, self.lift)[1:]]
        recording = modes.current().grad and any_requires_grad(tensors_in(op, args))
        if recording and not op.free:
            check_in_place(target)
        recording = recording and bool(op.differentiable) and target._dtype.is_differentiable
        node = recorded.record(op, args, True) if recording else None
        before = [self.snapshot(op, args), *args[1:]]
        self.under(execute, op, map_tensors(op, args, value_of))
        target._array = target._value._array
        count_write(target)
        if node is not None:
            node._outputs = (metadata_of(target),)
            rebase_history(target, node)
        self.push(op, before, [target])
        if node is not None:
            recorded.save_outputs(node, op, [target])
        return target

    def is_captured(self, tensor: TensorBase) -> bool:
        """Whether the tensor is not of this layer, or a view of one that is not."""
        return not (isinstance(tensor, Tracked) and tensor._layer is self) or tensor._captured

    def check_given(self, op: Op, target: TensorBase) -> None:
        """RuntimeError for writing to what the function was not given."""
        if self.is_captured(target):
            raise refusal.captured(f"aten::{op.name}" + overload(op))

    def snapshot(self, op: Op, args: list) -> Tracked:
        """A copy of what is written to compute a tangent from, where one is to be computed from it."""
        tensor: Tracked = args[0]
        if self.pushing or not any(has_tangent(args[position]) for position in op.tensors):
            return tensor
        if tensor._tangent is None and not reads_written(op):
            return tensor
        copy = tracked(self, self.under(F.clone, tensor._value))
        if tensor._tangent is not None:
            copy._tangent = F.clone(tensor._tangent) if modes.current().grad else tensor._tangent
        return copy


def value_of(tensor: TensorBase) -> Any:
    return tensor._value  # type: ignore[attr-defined]


def overload(op: Op) -> str:
    _, _, name = op.schema.full_name.partition(".")
    return f".{name}" if name else ""


# What a tensor under the transform is asked for directly ---------------------------------------------------


def of_value(name: str) -> Any:
    """A method that the value has."""

    def method(self: Tracked, *args: Any, **kwargs: Any) -> Any:
        return self._layer.under(read, self._value, name, args, kwargs)

    method.__name__ = name
    return method


def read(value: Any, name: str, args: tuple, kwargs: dict) -> Any:
    """What the value's method gives; of a batch torch does not tell what was asked of it."""
    if not isinstance(value, Tracked) and hasattr(value, "_dim"):
        raise RuntimeError(refusal.NO_STORAGE if name == "tolist" else refusal.EITHER)
    return getattr(value, name)(*args, **kwargs)


def numpy(self: Tracked, *args: Any, **kwargs: Any) -> Any:
    """As of any tensor, from the innermost value on."""
    if modes.current().grad and self.requires_grad and not kwargs.get("force"):
        return Tensor.numpy(self, *args, **kwargs)
    return self._layer.under(partial(self._value.numpy, *args, **kwargs))


for _name in (
    "item",
    "tolist",
    "__bool__",
    "__float__",
    "__int__",
    "__index__",
    "__complex__",
    "__contains__",
):
    setattr(Tracked, _name, of_value(_name))
Tracked.numpy = numpy  # type: ignore[method-assign, assignment]
Tracked.__module__, Tracked.__qualname__, Tracked.__name__ = Tensor.__module__, "Tensor", "Tensor"
