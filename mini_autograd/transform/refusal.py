"""What a function under a transform may not do, in torch's words."""

from __future__ import annotations

from typing import Any

from mini_autograd.op.rules import check_broadcast

ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
    "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
    "internals, please file a bug report."
)
CONTROL_FLOW = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that "
    "yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
)
EITHER = (
    "vmap: It looks like you're either (1) calling .item() on a Tensor or (2) attempting to use a Tensor in some "
    "data-dependent control flow or (3) encountering this error in PyTorch internals. For (1): we don't support vmap "
    "over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. For (2): we "
    "don't support data-dependent control flow in vmap yet, please file an issue at "
    "https://github.com/pytorch/pytorch/issues . For (3): please file an issue."
)
NO_STORAGE = "Cannot access data pointer of Tensor that doesn't have storage"
NO_DATA = "accessing `data` under vmap transform is not allowed"
RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap"
)
RANDOM_INSIDE = (
    "vmap: We do not yet support calling random operations inside of vmap. Please perform random operations outside of "
    "vmap as a workaround"
)
MASK = (
    "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with "
    "a boolean mask."
)
SELECTED = (
    "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each "
    "batch this would return a differently shaped Tensor. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues if you need this feature."
)


def captured(name: str) -> RuntimeError:
    return RuntimeError(
        "During a grad (vjp, jvp, grad, etc) transform, the function provided attempted to call in-place operation "
        f"({name}) that would mutate a captured Tensor. This is not supported; please rewrite the function being "
        "transformed to explicitly accept the mutated Tensor(s) as inputs."
    )


def unbatched_target(op: Any, shapes: list, size: int) -> RuntimeError:
    """In place into what is the same for every example; ``shapes`` are those of the tensors in an example."""
    if op.functional.name in ("add", "sub"):
        return RuntimeError(
            f"output with shape {list(shapes[0])} doesn't match the broadcast shape "
            f"{[size, *check_broadcast(shapes)]}"
        )
    name = "index_put_" if "indices" in op.names else "inplace arithmetic"
    return RuntimeError(
        f"vmap: {name}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has "
        "more elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over "
        "in a vmap. Please try to use out-of-place operators instead of "
        f"{name}. If said operator is being called inside the PyTorch framework, please file a bug report instead."
    )


def unbatched_row(name: str, depth: int) -> RuntimeError:
    """In place into what is the same for every row of a pass."""
    return RuntimeError(
        f"vmap: aten::{name}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args "
        "that has more elements than `self`. This happened due to `other` being vmapped over but `self` not being "
        f"vmapped over at level {depth}. Please try to use out-of-place operators instead of aten::{name}. If said "
        "operator is being called inside the PyTorch framework, please file a bug report instead."
    )


def no_rows(name: str) -> RuntimeError:
    return RuntimeError(
        f"Batching rule not implemented for aten::{name}. The fallback path does not support vmap over dims of size 0."
    )


def dynamic_shape(name: str) -> RuntimeError:
    return RuntimeError(
        f"vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over "
        f"aten::{name}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
    )


def refuse(text: str) -> Any:
    """A method that raises."""

    def refused(self: Any, *_: Any, **__: Any) -> Any:
        raise RuntimeError(text)

    return refused


def escaped() -> RuntimeError:
    """A tensor of a ``vmap`` that has ended."""
    return RuntimeError(
        "Either your tensor may have escaped from inside a function being vmapped and this is a user error (see "
        "https://pytorch.org/functorch/stable/ux_limitations.html), or there is an internal functorch error in "
        "`gen_vmap_plumbing` Please file an issue if it looks like the latter"
    )


def no_fallback(name: str) -> RuntimeError:
    return RuntimeError(
        f"Batching rule not implemented for aten::{name}; the fallback path doesn't work on out= or view ops."
    )


def part_outside(
    size: list, stride: list, offset: int, last: int, own: int, end: int, space: str
) -> RuntimeError:
    """A part of an example that reaches outside of it; torch's older vmap leaves a ``space`` out where lines meet."""
    return RuntimeError(
        f"result = tensor.as_strided({size},{space}{stride},{space}{offset}){space}can access memory outside of "
        f"`tensor`. `result` can access some{space}memory in range [{offset}, {last}], but `tensor` can only access "
        f"some memory in range [{own}, {end}]. This is not supported inside of vmap, please try to{space}rewrite the "
        "`as_strided` call as a sequence of PyTorch view operations"
    )


def part_of_nothing(size: list, stride: list, offset: int) -> RuntimeError:
    return RuntimeError(
        f"result = tensor.as_strided({size}, {stride}, {offset}) can access memory outside of `tensor`. `tensor` has "
        "no storage but the passed-in (size, stride, storage_offset) imply a result with some storage. This is not "
        "supported inside of vmap, please try to rewrite the `as_strided` call as a sequence of PyTorch view "
        "operations"
    )


def part_of_unequal_lengths(size: list, stride: list) -> RuntimeError:
    return RuntimeError(
        "Tensor.as_strided(size, stride, ...): size and stride must have the same length! Got size "
        f"{size} and stride {stride}"
    )
