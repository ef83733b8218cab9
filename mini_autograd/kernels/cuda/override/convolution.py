"""Convolution over one to three dimensions and its gradients, by the best way there is to compute each product."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

from mini_autograd.kernels.cuda import cudnn_convolution, implicit_gemm
from mini_autograd.kernels.cuda.instance import shared_kernel

# Each has the three products, which give None for what they do not take.
_WAYS = (cudnn_convolution, implicit_gemm)


def convolution(*args: Any) -> Any:
    return _shared().convolution(*args)


def convolution_backward(*args: Any) -> Any:
    return _shared().convolution_backward(*args)


@functools.cache
def _shared() -> Any:
    """The shared convolution by the products of this module."""
    products = SimpleNamespace(correlate=correlate, spread=spread, weight_gradient=weight_gradient)
    return shared_kernel("convolution", "Convolution")(products)


def _product(name: str, *args: Any) -> Any:
    """By cuDNN, else by an own kernel, else by products of matrices of the array library."""
    for way in _WAYS:
        result = getattr(way, name)(*args)
        if result is not None:
            return result
    return shared_kernel("convolution", name)(*args)


def correlate(input: Any, weight: Any, steps: Any, out: tuple[int, ...]) -> Any:
    return _product("correlate", input, weight, steps, out)


def spread(grad: Any, weight: Any, shape: tuple[int, ...], steps: Any) -> Any:
    return _product("spread", grad, weight, shape, steps)


def weight_gradient(input: Any, grad: Any, shape: tuple[int, ...], steps: Any) -> Any:
    return _product("weight_gradient", input, grad, shape, steps)
