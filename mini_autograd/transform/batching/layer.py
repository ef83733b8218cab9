"""The layer of ``vmap`` and its tensors."""

from __future__ import annotations

import weakref
from typing import Any

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.kernels.shared.batch import example, gone
from mini_autograd.op.dispatch import execute, tensors_in
from mini_autograd.op.factory import Maker
from mini_autograd.op.forward import zeros_laid_like
from mini_autograd.op.override import disabled
from mini_autograd.op.row import Op
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.transform import refusal
from mini_autograd.transform.batching.creation import make_batched
from mini_autograd.transform.batching.randomness import check_random, draw
from mini_autograd.transform.batching.rule import Call, Rule, at_front, composite_of, rule_of
from mini_autograd.transform.chance import is_random
from mini_autograd.transform.differentiation import value_outside
from mini_autograd.transform.layer import RESIZED, SHOWN_ANEW, map_tensors, new_layered, shown, view_of
from mini_autograd.transform.push import PushingLayer


class Batched(Tensor):
    """One tensor for every example, in a value that has one dimension more, at ``_dim``.

    Its array is that of the first example.
    """

    __slots__ = ("_dim", "_layer", "_value")
    spaced = True  # whether torch leaves a space where the lines of an error meet
    _layered = True
    __torch_function__ = disabled
    _dim: int
    _layer: Any
    _value: Any

    def _twin(self) -> Any:
        return batched(self._layer, self._value, self._dim)

    def _detached(self) -> Any:
        return batched(self._layer, self._layer.under(F.detach, self._value), self._dim)

    def _elements(self) -> Any:
        raise errors.detached_view()

    def _become(self, made: Any) -> Any:
        """Show what ``made`` shows: what a view in place does."""
        self._array, self._value, self._dim = made._array, made._value, made._dim
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        raise NotImplementedError("Cannot access storage of BatchedTensorImpl")

    def __repr__(self, *_: Any, **__: Any) -> str:
        layer = self._layer
        return layer.under(shown, f"BatchedTensor(lvl={layer.depth}, bdim={self._dim}", self._value)

    def _outside(self) -> Any:
        return self


def batched(layer: Batching, value: TensorBase, dim: int) -> Batched:
    made: Batched = new_layered(layer.kind, layer, value, example(value._array, dim))
    made._dim = dim
    layer.made.append(weakref.ref(made))
    return made


class Batching(PushingLayer):
    """``size`` examples; ``randomness`` is ``error``, ``same`` or ``different``."""

    kind = Batched

    def __init__(self, size: int, randomness: str = "error") -> None:
        super().__init__()
        self.size = size
        self.randomness = randomness
        self.made: list = []

    def __exit__(self, *raised: object) -> None:
        """What has escaped from the function can no longer be read: it shows one example only."""
        super().__exit__(*raised)
        for reference in self.made:
            tensor = reference()
            if tensor is not None:
                tensor._array = gone(tensor._array, refusal.escaped)
        self.made.clear()

    def adopted(self, tensor: Tensor) -> Tensor:
        return self.under(self.below[-1].adopted, tensor) if self.below else tensor

    def dim_of(self, tensor: Any) -> int | None:
        """Where the examples lie in the tensor's value; None for what is the same for all of them."""
        tensor = value_outside(tensor)
        return tensor._dim if isinstance(tensor, Batched) and tensor._layer is self else None

    def value_of(self, tensor: Any) -> Any:
        tensor = value_outside(tensor)
        if isinstance(tensor, Batched):
            if tensor._layer is self:
                return tensor._value
            if not tensor._layer.alive:
                raise refusal.escaped()
        return tensor

    def zeros_laid_like(self, tangent: TensorBase, primal: TensorBase, examples: int) -> Any:
        """The examples of the layer are where the primal has them, or else before the others."""
        below, like = self.value_of(tangent), self.value_of(primal)
        place, dim = self.dim_of(tangent), self.dim_of(primal)
        if dim is None and place is None:
            return self.under(zeros_laid_like, below, like, examples)
        if dim is None:
            return self.wrapped(self.under(zeros_for_each, below, place, like, examples), 0)
        if place is not None:
            below = self.under(F.movedim, below, place, examples)
        like = self.under(at_front, like, dim)
        return self.wrapped(self.under(zeros_laid_like, below, like, examples), examples)

    def unpack(self, tensor: TensorBase) -> tuple:
        dim = self.dim_of(tensor)
        primal, tangent = self.under(unpack_dual, self.value_of(tensor))
        if dim is None:
            return primal, tangent
        return self.wrapped(primal, dim), self.wrapped(tangent, dim)

    def execute(self, op: Op, args: list) -> Any:
        dims = map_tensors(op, args, self.dim_of)
        over_batch = any(has_dim(dims[position]) for position in op.tensors)
        if is_random(op):
            check_random(self.randomness, self.internal)
            if self.randomness == "different" and not op.in_place:
                return self.wrapped(
                    self.under(draw, op, map_tensors(op, args, self.value_of), dims, self.size), 0
                )
        if op.composite is not None:
            return self.compose(op, args, dims if over_batch else None)
        if not over_batch:  # the same for all examples, but for a tangent: see ``op.forward.pushing_layer``
            return self.under(execute, op, map_tensors(op, args, self.value_of))
        return self.ruled(op, args, dims)

    def ruled(self, op: Op, args: list, dims: list) -> Any:
        """The result by the rule of the op."""
        if op.in_place and dims[0] is None:
            raise self.unbatched_target(op, [one._array.shape for one in tensors_in(op, args)])
        call = Call(op, args, map_tensors(op, args, self.value_of), dims, self.size)
        result, dim = self.under(self.rule_of(op), call)
        if op.in_place:
            return args[0]
        if isinstance(result, (tuple, list)):
            return op.bundle([self.wrapped(one, dim) for one in result])
        return self.wrapped(result, dim)

    def check_out(self, name: str, tensors: list) -> None:
        """RuntimeError for what would be written to memory that is the same for all examples."""
        if any(self.dim_of(one) is not None for one in tensors):
            raise refusal.no_fallback(f"{name}.out")

    def rule_of(self, op: Op) -> Rule:
        return rule_of(op)

    def unbatched_target(self, op: Op, shapes: list) -> RuntimeError:
        return refusal.unbatched_target(op, shapes, self.size)

    def compose(self, op: Op, args: list, dims: list | None) -> Any:
        """What is made of other ops, which come here one by one, but for what looks at elements; ``dims`` is None
        where no argument has examples."""
        composite = op.composite
        if isinstance(composite, Maker) and dims is None:
            return self.under(execute, op, map_tensors(op, args, self.value_of))
        if dims is None:
            return composite(*args)
        if isinstance(composite, Maker):
            return self.wrapped(
                *self.under(make_batched, op, map_tensors(op, args, self.value_of), args, self.size)
            )
        if op.name in SHOWN_ANEW:
            return args[0]._become(view_of(op, args))
        if op.name in RESIZED:
            raise refusal.no_fallback(op.name)
        special = composite_of(op)
        return composite(*args) if special is None else special(self, op, args)

    def wrapped(self, value: Any, dim: int) -> Any:
        return None if value is None else batched(self, value, dim)


def zeros_for_each(tangent: TensorBase, place: int, primal: TensorBase, examples: int) -> Any:
    return zeros_laid_like(at_front(tangent, place), primal, examples + 1)


def has_dim(dims: Any) -> bool:
    """Whether a tensor, or one in a list, has a place of examples."""
    if isinstance(dims, list):
        return any(one is not None for one in dims)
    return dims is not None


def unpack_dual(tensor: TensorBase) -> tuple:
    """The primal and the tangent outside all layers, or in the next."""
    switches = modes.current()
    if switches.level > 0:
        found: tuple = switches.layers[-1].unpack(tensor)
        return found
    return F._fw_primal(tensor), tensor._tangent


for _name in ("item", "__float__", "__int__", "__index__", "__complex__"):
    setattr(Batched, _name, refusal.refuse(refusal.ITEM))
for _name in ("__bool__", "is_nonzero"):
    setattr(Batched, _name, refusal.refuse(refusal.CONTROL_FLOW))
for _name in ("tolist", "numpy", "data_ptr", "__array__", "storage_offset_of_data"):
    setattr(Batched, _name, refusal.refuse(refusal.NO_STORAGE))
Batched.__contains__ = refusal.refuse(refusal.ITEM)  # type: ignore[method-assign]
Batched.data = property(refusal.refuse(refusal.NO_DATA))  # type: ignore[assignment, method-assign]
Batched.__module__, Batched.__qualname__, Batched.__name__ = Tensor.__module__, "Tensor", "Tensor"
