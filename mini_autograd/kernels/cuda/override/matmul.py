"""Products of matrices by cuBLAS, which takes 0 times NaN for NaN whatever the sizes."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current, shared_kernel
from mini_autograd.kernels.cuda.product import product, takes

Array = Any


def matrix_product(left: Array, right: Array) -> Array:
    return product(left, right) if takes(left, right) and right.ndim == 2 else left.dot(right)


def bmm(self: Array, mat2: Array) -> Array:
    if takes(self, mat2) and self.ndim == mat2.ndim == 3:
        _shared().check_batches(self, mat2)
        return _shared().settled(product(self, mat2))
    return shared_kernel("matmul", "bmm")(self, mat2)


def addmm(self: Array, mat1: Array, mat2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    if takes(mat1, mat2, self) and mat1.ndim == mat2.ndim == 2:
        _shared().check_product(mat1, mat2)
        return _added(self, mat1, mat2, beta, alpha)
    return shared_kernel("matmul", "addmm")(self, mat1, mat2, beta, alpha)


def baddbmm(self: Array, batch1: Array, batch2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    if takes(batch1, batch2, self) and batch1.ndim == batch2.ndim == 3:
        _shared().check_batches(batch1, batch2)
        return _added(self, batch1, batch2, beta, alpha)
    return shared_kernel("matmul", "baddbmm")(self, batch1, batch2, beta, alpha)


def _added(self: Array, left: Array, right: Array, beta: Any, alpha: Any) -> Array:
    shape = (*left.shape[:-1], right.shape[-1])
    added = current().module("view").expand(self, shape)
    return _shared().settled(product(left, right, float(alpha), added, float(beta)))


def _shared() -> Any:
    return current().module("matmul")
