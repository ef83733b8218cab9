"""``vmap``: a function of one example made one of many."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.override import plain_calls
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.transform.batching.layer import Batched, Batching, batched
from mini_autograd.transform.structure import Structure, broadcast, flatten, unflatten


def name_of(func: Any) -> str:
    return getattr(func, "__name__", None) or repr(func)


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """``func`` for every example along ``in_dims`` of its arguments, with the results along ``out_dims``.

    See https://pytorch.org/docs/stable/generated/torch.func.vmap.html.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
        )
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        call = Mapped(func, in_dims, out_dims, args)
        if chunk_size is None:
            return call.run(call.leaves, call.size, randomness, kwargs)
        return call.in_chunks(chunk_size, randomness, kwargs)

    return mapped


class Mapped:
    """One call: the arguments with the dimension to map over of each."""

    def __init__(self, func: Any, in_dims: Any, out_dims: Any, args: tuple) -> None:
        self.func, self.out_dims = func, out_dims
        self.leaves, self.dims, self.structure = with_dims(func, in_dims, args)
        self.size = batch_size(self.leaves, self.dims)

    def run(self, leaves: list, size: int, randomness: str, kwargs: dict) -> Any:
        """All examples at once."""
        with Batching(size, randomness) as layer:
            given = [
                one if dim is None else batched(layer, one, dim)
                for one, dim in zip(leaves, self.dims, strict=True)
            ]
            result = self.func(*unflatten(given, self.structure), **kwargs)
        outputs, structure = flatten(result)
        found = [
            self.unbatched(layer, one, dim)
            for one, dim in zip(outputs, self.places(result, structure), strict=True)
        ]
        return unflatten(found, structure)

    def places(self, result: Any, structure: Structure) -> list:
        """Where the examples go in each output."""
        out_dims = self.out_dims
        name = name_of(self.func)
        if isinstance(result, TensorBase):
            if isinstance(out_dims, int):
                return [out_dims]
            if isinstance(out_dims, tuple) and len(out_dims) == 1:
                return [out_dims[0]]
            if out_dims is None:
                return [None]
            raise self.incompatible(structure)
        found = broadcast(out_dims, structure)
        if found is None:
            raise self.incompatible(structure)
        for dim in found:
            if not (dim is None or isinstance(dim, int)):
                raise ValueError(
                    f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection "
                    "of ints representing where in the outputs the vmapped dimension should appear."
                )
        return found

    def incompatible(self, structure: Structure) -> ValueError:
        return ValueError(
            f"vmap({name_of(self.func)}, ..., out_dims={self.out_dims})(<inputs>): out_dims is not compatible with the "
            f"structure of `outputs`. out_dims has structure {flatten(self.out_dims)[1]} but outputs has structure "
            f"{structure}."
        )

    def unbatched(self, layer: Batching, output: Any, dim: Any) -> Any:
        """An output as it is outside the map."""
        name = name_of(self.func)
        if dim is None:
            if layer.dim_of(output) is not None:
                raise ValueError(
                    f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None"
                )
            return output
        if not isinstance(output, Tensor):
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(output)}. Did you mean to set "
                "out_dims= to None for output?"
            )
        return removed(layer, output, dim)

    def in_chunks(self, chunk_size: int, randomness: str, kwargs: dict) -> Any:
        """So many examples at a time, and the results joined."""
        starts = range(0, self.size, chunk_size)
        parts = []
        for start in starts:
            length = min(chunk_size, self.size - start)
            leaves = [
                one if dim is None else F.narrow(one, dim, start, length)
                for one, dim in zip(self.leaves, self.dims, strict=True)
            ]
            parts.append(self.run(leaves, length, randomness, kwargs))
        flat = [flatten(part)[0] for part in parts]
        structure = flatten(parts[0])[1]
        places = self.places(parts[0], structure)
        joined = [
            several[0] if dim is None else F.cat(list(several), dim)
            for several, dim in zip(zip(*flat, strict=True), places, strict=True)
        ]
        return unflatten(joined, structure)


def removed(layer: Batching, output: TensorBase, dim: int) -> Any:
    """The value of a tensor of the layer with the examples at ``dim``; repeated for each if it is not one."""
    rank = output._array.ndim
    if isinstance(output, Batched) and output._layer is layer:
        value = output._value
        place = dim if dim >= 0 else dim + rank + 1
        if place == output._dim:
            return value
        with plain_calls():
            return F.movedim(value, output._dim, dim)
    value = layer.value_of(output)
    shape = list(value._array.shape)
    place = dim if dim >= 0 else dim + rank + 1
    shape.insert(place, layer.size)
    with plain_calls():  # what the function made its result of does not matter
        return F.expand(F.unsqueeze(value, dim) if place else value, tuple(shape))


def with_dims(func: Any, in_dims: Any, args: tuple) -> tuple[list, list, Structure]:
    """The leaves of the arguments, the dimension to map over of each, and the structure."""
    head = f"vmap({name_of(func)}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(
            f"{head}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name_of(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to "
            "vmap over a function with no inputs. The latter is unsupported."
        )
    leaves, structure = flatten(args)
    dims = broadcast(in_dims, structure)
    if dims is None:
        raise ValueError(
            f"{head}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{flatten(in_dims)[1]} but inputs has structure {structure}."
        )
    return leaves, [checked(head, one, dim) for one, dim in zip(leaves, dims, strict=True)], structure


def checked(head: str, leaf: Any, dim: Any) -> int | None:
    """The dimension, counted from the front."""
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(
            f"{head}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
        )
    if not isinstance(leaf, Tensor):
        raise ValueError(
            f"{head}Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
            "non-Tensor arguments, please use None as the respective in_dim"
        )
    ndim = leaf._array.ndim
    if not -ndim <= dim < ndim:
        raise ValueError(
            f"{head}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {ndim} so expected "
            f"in_dim to satisfy -{ndim} <= in_dim < {ndim}."
        )
    return dim % ndim


def batch_size(leaves: list, dims: list) -> int:
    sizes = [one._array.shape[dim] for one, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(size != sizes[0] for size in sizes):
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
            "mapped dimension"
        )
    return int(sizes[0])
