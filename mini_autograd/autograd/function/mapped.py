"""Functions under ``vmap``: by the rule that they have, or by one that is made of their methods."""

from __future__ import annotations

from typing import Any, NamedTuple

from mini_autograd.autograd.function.application import apply_to
from mini_autograd.autograd.function.transformed import apply_within, derived
from mini_autograd.graph.engine import expandable, sum_to
from mini_autograd.graph.operations import F
from mini_autograd.tensor import TensorBase
from mini_autograd.transform.batching.layer import Batched, Batching, batched
from mini_autograd.transform.structure import broadcast, flatten, map_leaves, unflatten


class VmapInfo(NamedTuple):
    """What a Function's ``vmap`` is told of the map."""

    batch_size: int
    randomness: str


def mapped(layer: Batching, function: Any, args: tuple) -> Any:
    """The result of a Function for all examples."""
    check_rule(function)
    values, dims = values_of(layer, args)
    if any(isinstance(one, TensorBase) and isinstance(one._tangent, Batched) for one in flatten(values)[0]):
        return apply_to(function, values, True)  # ``jvp`` has to come to the layer
    if function.generate_vmap_rule:
        rule = Rule(function, layer, dims)
        result = layer.entrust(apply_within, rule.function, values)
        return tensors_of(layer, result, rule.out_dims)
    if all(dim is None for dim in dims):
        return layer.entrust(apply_within, function, values)
    info = VmapInfo(layer.size, layer.randomness)
    found = layer.entrust(function.vmap, info, unflatten(dims, flatten(values)[1]), *values)
    return tensors_of(layer, found[0], places(found))


def check_rule(function: Any) -> None:
    """RuntimeError unless there is one way to map the Function."""
    from mini_autograd.autograd.function.function import Function  # whose ``apply`` leads here

    overridden = function.vmap is not Function.vmap
    if function.generate_vmap_rule and overridden:
        raise RuntimeError(
            f"You tried to vmap over {function.__name__}, but it has both generate_vmap_rule=True and an overridden "
            "vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to "
            f"avoid ambiguity. {DETAILS}"
        )
    if not function.generate_vmap_rule and not overridden:
        raise RuntimeError(
            f"You tried to vmap over {function.__name__}, but it does not have vmap support. Please override and "
            f"implement the vmap staticmethod or set generate_vmap_rule=True. {DETAILS}"
        )


def places(found: Any) -> list:
    """Where the examples are in each output of a ``vmap``; RuntimeError where it does not say it rightly."""
    if not isinstance(found, tuple) or len(found) != 2:
        got = f"{len(found)} returns" if isinstance(found, tuple) else f"a {type(found)}"
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure "
            f"compatible with the output. Got {got} instead"
        )
    output, out_dims = found
    structure = flatten(output)[1]
    dims = broadcast(out_dims, structure)
    if dims is None:
        raise RuntimeError(
            "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected "
            f"out_dims={out_dims} to be compatible with the structure of `output`. out_dims has structure "
            f"{flatten(out_dims)[1]} but output has structure {structure}. {DETAILS}"
        )
    return dims


DETAILS = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"


def values_of(layer: Batching, value: Any) -> tuple[Any, list]:
    """The value below the layer in the same structure, and for each leaf where the examples are, None for nowhere."""
    leaves, structure = flatten(value)
    tensors = [isinstance(one, TensorBase) for one in leaves]
    dims = [layer.dim_of(one) if is_tensor else None for one, is_tensor in zip(leaves, tensors, strict=True)]
    below = [
        layer.value_of(one) if is_tensor else one for one, is_tensor in zip(leaves, tensors, strict=True)
    ]
    return unflatten(below, structure), dims


def tensors_of(layer: Batching, value: Any, dims: list) -> Any:
    """The inverse of :func:`values_of`."""
    leaves, structure = flatten(value)
    found = [
        batched(layer, one, dim) if dim is not None and isinstance(one, TensorBase) else one
        for one, dim in zip(leaves, dims, strict=True)
    ]
    return unflatten(found, structure)


class Kept:
    """A tensor of a layer that has ended, as an attribute of ``ctx``."""

    __slots__ = ("dim", "value")

    def __init__(self, value: TensorBase, dim: int) -> None:
        self.value, self.dim = value, dim


class Context:
    """``ctx`` as the methods of a Function of one example see it, its tensors being those of ``layer``.

    Where the examples are in what was saved is kept once, for what was saved last, in both directions.
    """

    def __init__(self, ctx: Any, layer: Batching, saved: tuple = ()) -> None:
        self.__dict__.update(_ctx=ctx, _layer=layer, _saved=saved)

    def __getattr__(self, name: str) -> Any:
        return map_leaves(
            lambda one: batched(self._layer, one.value, one.dim) if isinstance(one, Kept) else one,
            getattr(self._ctx, name),
        )

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._ctx, name, map_leaves(self._kept, value))

    def _kept(self, one: Any) -> Any:
        dim = self._layer.dim_of(one) if isinstance(one, TensorBase) else None
        return one if dim is None else Kept(self._layer.value_of(one), dim)

    def save_for_backward(self, *tensors: Any) -> None:
        values, self._ctx._dims = values_of(self._layer, tensors)
        self._ctx.save_for_backward(*values)

    def save_for_forward(self, *tensors: Any) -> None:
        values, self._ctx._dims = values_of(self._layer, tensors)
        self._ctx.save_for_forward(*values)

    @property
    def saved_tensors(self) -> Any:
        return self._saved


def reopened(ctx: Any, layer: Batching) -> Context:
    """``ctx`` with what was saved; AssertionError where another direction saved last, and not as many tensors."""
    saved = ctx.saved_tensors
    if len(saved) != len(ctx._dims):
        raise AssertionError("flat_bdims must not be None")
    return Context(ctx, layer, tensors_of(layer, saved, ctx._dims))


class Rule:
    """A Function of all examples, made of one of a single example; ``in_dims`` says where they are in each leaf of the
    arguments, ``out_dims``, known once it was run, where in each output."""

    def __init__(self, function: Any, layer: Batching, in_dims: list) -> None:
        self.of_one, self.in_dims = function, in_dims
        self.size, self.randomness = layer.size, layer.randomness
        self.out_dims: list = []
        self.shapes: list = []
        methods = self.forward, self.setup_context, self.backward, self.jvp
        self.function = derived(f"Vmapped{function.__name__}", *methods)

    def layer(self) -> Batching:
        return Batching(self.size, self.randomness)

    def forward(self, *args: Any) -> Any:
        with self.layer() as layer:
            given = tensors_of(layer, args, self.in_dims)
            self.shapes = [
                one._array.shape if isinstance(one, TensorBase) else None for one in flatten(given)[0]
            ]
            result, self.out_dims = values_of(layer, self.of_one.forward(*given))
        return result

    def setup_context(self, ctx: Any, inputs: tuple, output: Any) -> None:
        ctx._dims = []
        with self.layer() as layer:
            self.of_one.setup_context(
                Context(ctx, layer),
                tensors_of(layer, inputs, self.in_dims),
                tensors_of(layer, output, self.out_dims),
            )

    def jvp(self, ctx: Any, *tangents: Any) -> Any:
        with self.layer() as layer:
            given = tensors_of(layer, tangents, self.in_dims)
            result, dims = values_of(layer, self.of_one.jvp(reopened(ctx, layer), *given))
        leaves, structure = flatten(result)
        found = [self.moved(*each) for each in zip(leaves, dims, self.out_dims, strict=True)]
        return unflatten(found, structure)

    def backward(self, ctx: Any, *grads: Any) -> Any:
        with self.layer() as layer:
            result = self.of_one.backward(reopened(ctx, layer), *tensors_of(layer, grads, self.out_dims))
            results = result if isinstance(result, tuple) else (result,)
            values, dims = values_of(layer, tuple(map(self.fitted, results, self.shapes, self.in_dims)))
        return tuple(map(self.moved, values, dims, self.in_dims))

    def fitted(self, grad: Any, shape: Any, dim: int | None) -> Any:
        """The gradient of one example, summed to the shape of an argument that has examples."""
        if grad is None or dim is None or grad._array.shape == shape:
            return grad
        if not expandable(shape, grad._array.shape):
            raise RuntimeError(
                f"size {{{list(shape)}}} is not expandable to size {{{list(grad._array.shape)}}}."
            )
        return sum_to(grad, shape)

    def moved(self, value: Any, dim: int | None, wanted: int | None) -> Any:
        """The value with the examples, which are at ``dim``, where they are wanted: summed for nowhere."""
        if value is None or dim == wanted:
            return value
        if wanted is None:
            return F.sum(value, (dim,))
        if dim is None:
            shape = value._array.shape
            return F.expand(F.unsqueeze(value, wanted), (*shape[:wanted], self.size, *shape[wanted:]))
        return F.movedim(value, dim, wanted)
