"""Vector norms and distances."""

import math

from mini_autograd.backward.norm import dist_backward, dist_other_backward, norm_backward, norm_jvp
from mini_autograd.dtypes import BOOL, FLOAT, dtype, promote_types
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, promote
from mini_autograd.op.rules import result_type, wrap_dim, wrap_dims


def norm_dtype(self, ord, dim, keepdim, dtype):
    return dtype or self._dtype


def check_norm(self, ord, dim, keepdim, dtype):
    kind = self._dtype
    if kind.category < FLOAT:
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {kind.legacy}")
    if dtype is not None:
        check_norm_dtype(kind, dtype)
    if isinstance(ord, complex):
        raise RuntimeError("linalg.vector_norm: Expected a non-complex scalar as the order of norm.")
    wrap_dims(dim, self._array.ndim)
    if self._array.size == 0 and (ord < 0 or ord == math.inf):
        check_identity(self, ord, dim)


def check_norm_dtype(kind, dtype):
    if kind.is_complex != dtype.is_complex:
        word = "complex" if kind.is_complex else "real"
        raise RuntimeError(
            f"linalg.vector_norm: dtype should be {word} for {word} inputs, but got {dtype.legacy}")
    if promote_types(kind, dtype) is not dtype:
        raise RuntimeError(
            f"linalg.vector_norm: the dtype of the input ({kind.legacy}) should be convertible without "
            "narrowing "
            f"to the specified dtype ({dtype.legacy})")


def check_identity(self, ord, dim):
    """RuntimeError for a norm of no elements that has no value."""
    problem = f"linalg.vector_norm cannot compute the {ord:g} norm on"
    if not dim:
        raise RuntimeError(
            f"{problem} an empty tensor because the operation does not have an identity")
    for one in dim:
        if self._array.shape[one] == 0:
            raise RuntimeError(
                f"{problem} the dimension {wrap_dim(one, self._array.ndim)}because this dimension is empty "
                "and the "
                "operation does not have an identity")


op("linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, "
    "ScalarType? dtype=None) -> Tensor", kernel.vector_norm, dtype=norm_dtype, result=dtype.to_real,
    check=check_norm, jvp=norm_jvp, variants="linalg",
    self = lambda grad, self, ord, result, dim, keepdim: norm_backward(grad, self, ord, result, dim, keepdim))


def norm(self, p, dim, keepdim, dtype, out=None):
    if isinstance(p, str):
        if p != "fro" or (dim is not None and len(dim) > 2):
            return F.linalg_matrix_norm(self, p, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
        p = 2
    args = (self, 2.0 if p is None else p, dim, keepdim)
    if out is not None:
        from mini_autograd.op import (
            out as written,  # on first use, for most programs write to nothing that is there
        )

        return written.call(F.linalg_vector_norm, args, {"dtype": dtype, "out": out})
    return F.linalg_vector_norm(*args, dtype=dtype)


# torch has both in Python, where only the function has ``out``.
op('norm.str(Tensor self, str p="fro", int[1]? dim=None, bool keepdim=False, ScalarType? dtype=None) -> '
    'Tensor',
    composite=norm, variants="method")
op("norm(Tensor self, Scalar? p, int[1]? dim=None, bool keepdim=False, ScalarType? dtype=None) -> Tensor",
    composite=norm, variants="method")
op('norm.str_out(Tensor self, str p="fro", int[1]? dim=None, bool keepdim=False, Tensor? out=None, '
    'ScalarType? dtype=None) -> Tensor',
    composite=lambda self, p, dim, keepdim, out, dtype: norm(self, p, dim, keepdim, dtype, out), variants="function")
op("norm.out(Tensor self, Scalar? p, int[1]? dim=None, bool keepdim=False, Tensor? out=None, "
    "ScalarType? dtype=None) -> Tensor",
    composite=lambda self, p, dim, keepdim, out, dtype: norm(self, p, dim, keepdim, dtype, out), variants="function")


def check_dist(self, other, p):
    kind = result_type([self, other])
    if kind.category == BOOL:
        F.sub(self, other)
    if kind.category < FLOAT:
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {kind.legacy} instead.")
    check_norm(F.sub(self, other), p, None, False, None)


def dist_jvp(self_t, other_t, self, other, p, result):
    tangent = (0 if self_t is None else self_t) - (0 if other_t is None else other_t)
    return norm_jvp(tangent, self - other, p, result, None, False)


op("dist(Tensor self, Tensor other, Scalar p=2) -> Tensor", kernel.dist, strict=True, dtype=promote, result=dtype.to_real,
    check=check_dist, jvp=dist_jvp,
    self  = lambda grad, self, other, p, result: dist_backward(grad, self, other, p, result),
    other = lambda grad, self, other, p, result: dist_other_backward(grad, self, other, p, result))
