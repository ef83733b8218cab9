"""Products of vectors, matrices and batches of matrices."""

import warnings
from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.backward.matmul import (
    batch1_backward,
    batch2_backward,
    for_batch,
    mat1_backward,
    mat2_backward,
    matrix_backward,
    scaled,
    sum_tangent,
    summed_batch2_backward,
    summed_vector_backward,
    trilinear_backward,
    vector_backward,
)
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.bits import zero_if_any
from mini_autograd.op.declare import family, op, promote
from mini_autograd.op.row import ON_HOST
from mini_autograd.op.support import CPP_NAMES
from mini_autograd.tensor import CONJ, TensorBase


def alike(name, differ, check=None):
    """The dtype of the tensors; ``differ`` makes the message for others, bools are refused under ``name``."""

    def rule(*args):
        given = [one for one in args if isinstance(one, TensorBase)]
        first = given[0]._dtype
        different = any(one._dtype is not first for one in given)
        if different or first is dtypes.bool:
            if check is not None:
                check_shapes(check, given)
            if different:
                raise RuntimeError(differ(*[one._dtype for one in given]))
            raise errors.not_implemented(name, dtypes.bool)
        return first

    return rule


def check_shapes(check, given):
    """What ``check``, a kernel, raises for tensors of these shapes, whatever is in them."""
    check(*[kernel.zeros(one._array.shape, dtypes.float32) for one in given])


product = family(jvp="multilinear")

# Two factors ----------------------------------------------------------------------------------------------

type_of_matrices = alike("addmm_impl_cpu_", lambda one, two:
    f"expected m1 and m2 to have the same dtype, but got: {CPP_NAMES[one]} != {CPP_NAMES[two]}", kernel.check_matrices)

product("mm(Tensor self, Tensor mat2) -> Tensor", kernel.mm, dtype=type_of_matrices, opmath=ON_HOST,
    self = lambda grad, mat2, self_sym_sizes, self_sym_strides:
        mat1_backward(grad, mat2, self_sym_sizes, self_sym_strides, 1),
    mat2 = lambda grad, self, mat2_sym_sizes, mat2_sym_strides:
        mat2_backward(grad, self, mat2_sym_sizes, mat2_sym_strides, 1))


def type_of_batches(self, mat2):
    """The dtype of both; only that of ``mat2`` where no two elements are multiplied, for then torch looks at no other.

    Otherwise it is the way of computing that refuses: a loop for small matrices, BLAS, or ``mm`` of each pair.
    """
    one, two = self._dtype, mat2._dtype
    if one is two is not dtypes.bool:
        return one
    check_shapes(kernel.bmm, (self, mat2))
    batches, rows, inner = self._array.shape
    products = rows * inner * mat2._array.shape[2]
    if not (batches and products):
        return two
    if products >= 400:
        if two.is_complex or two in (dtypes.float32, dtypes.float64):
            raise RuntimeError(f"expected scalar type {two.legacy} but found {one.legacy}")
        return type_of_matrices(F.select(self, 0, 0), F.select(mat2, 0, 0))
    if one is dtypes.bool:
        raise errors.not_implemented("bmm", one)
    raise RuntimeError(f"expected scalar type {one.legacy} but found {two.legacy}")


op("dsmm(Tensor self, Tensor mat2) -> Tensor", composite=lambda self, mat2: F.mm(self, mat2), variants="function")

product("bmm(Tensor self, Tensor mat2) -> Tensor", kernel.bmm, dtype=type_of_batches, opmath=ON_HOST,
    self = lambda grad, mat2: batch1_backward(grad, mat2),
    mat2 = lambda grad, self: batch2_backward(grad, self))

product("mv(Tensor self, Tensor vec) -> Tensor", kernel.mv,
    dtype=alike("addmv_impl_cpu", lambda one, two:
        f"addmv input tensors must have the same dtype, but got {two.legacy}, {one.legacy}, and {two.legacy}", kernel.mv),
    self = lambda grad, vec:  matrix_backward(grad, vec),
    vec  = lambda grad, self: vector_backward(grad, self))


def vectors(self, other):
    """The dtype of both, which is looked at before how long they are."""
    kernel.check_1d(self._array, other._array)
    one, two = self._dtype, other._dtype
    if one is not two:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {one.legacy} and {two.legacy}")
    kernel.check_lengths(self._array, other._array)
    if one is dtypes.bool:
        raise errors.not_implemented("dot", one)
    return one


product("dot(Tensor self, Tensor tensor) -> Tensor", kernel.dot,
    dtype=vectors,
    puts_off=lambda self, tensor: zero_if_any(self, tensor) or self._marks & tensor._marks & CONJ,
    self   = lambda grad, tensor: grad * F.conj(tensor),
    tensor = lambda grad, self:   grad * F.conj(self))

product("vdot(Tensor self, Tensor other) -> Tensor", kernel.vdot,
    dtype=vectors,
    puts_off=lambda self, other: zero_if_any(self, other) or other._marks & CONJ & ~self._marks,
    self  = lambda grad, other: F.conj(grad) * other,
    other = lambda grad, self:  grad * self)

# Sums with products ---------------------------------------------------------------------------------------


def differ_addmm(self, mat1, mat2):
    if self is not mat2:
        return f"self and mat2 must have the same dtype, but got {self.legacy} and {mat2.legacy}"
    return f"mat1 and mat2 must have the same dtype, but got {mat1.legacy} and {mat2.legacy}"


NUMBERS = "*, Scalar beta=1, Scalar alpha=1) -> Tensor"
summed = family(in_place=True)
IN_PLACE: dict[str, Any] = {"variants": "in place", "in_place": True}


def addmm_below(self, mat1, mat2, beta, alpha):
    """torch copies ``self`` first, which is recorded, and adds the product to that, which is not."""
    result = F.addmm(F.detach(self), F.detach(mat1), F.detach(mat2), beta=beta, alpha=alpha)
    if beta == 0 or self._array.shape != result._array.shape:
        return result
    total = result._array.copy()
    F.copy_(result, self)
    result._array[...] = total
    return result


summed(f"addmm(Tensor self, Tensor mat1, Tensor mat2, {NUMBERS}", kernel.addmm, write=kernel.fitting_product(kernel.addmm),
    dtype=alike("addmm_impl_cpu_", differ_addmm, kernel.addmm), below=addmm_below, opmath=ON_HOST,
    jvp=lambda self_t, mat1, mat1_t, mat2, mat2_t, beta, alpha:
        sum_tangent(F.mm, self_t, mat1, mat1_t, mat2, mat2_t, beta, alpha),
    self = lambda grad, beta: scaled(grad, beta),
    mat1 = lambda grad, mat2, mat1_sym_sizes, mat1_sym_strides, alpha:
        mat1_backward(grad, mat2, mat1_sym_sizes, mat1_sym_strides, alpha),
    mat2 = lambda grad, mat1, mat2_sym_sizes, mat2_sym_strides, alpha:
        mat2_backward(grad, mat1, mat2_sym_sizes, mat2_sym_strides, alpha))

summed(f"addmv(Tensor self, Tensor mat, Tensor vec, {NUMBERS}", kernel.addmv, write=kernel.fitting(kernel.addmv),
    in_place="function method",
    dtype=alike("addmv_impl_cpu", lambda one, two, three:
        f"addmv input tensors must have the same dtype, but got {one.legacy}, {two.legacy}, and {three.legacy}",
        kernel.addmv),
    jvp=lambda self_t, mat, mat_t, vec, vec_t, beta, alpha:
        sum_tangent(F.mv, self_t, mat, mat_t, vec, vec_t, beta, alpha),
    self = lambda grad, beta:       scaled(grad, beta),
    mat  = lambda grad, vec, alpha: matrix_backward(grad, vec, alpha),
    vec  = lambda grad, mat, alpha: summed_vector_backward(grad, mat, alpha))

summed(f"addr(Tensor self, Tensor vec1, Tensor vec2, {NUMBERS}", kernel.addr, write=kernel.addr_into,
    dtype=promote,
    jvp=lambda self_t, vec1, vec1_t, vec2, vec2_t, beta, alpha:
        sum_tangent(F.ger, self_t, vec1, vec1_t, vec2, vec2_t, beta, alpha),
    self = lambda grad, beta:        scaled(grad, beta),
    vec1 = lambda grad, vec2, alpha: scaled(F.mv(grad, F.conj(vec2)), alpha),
    vec2 = lambda grad, vec1, alpha: scaled(F.mv(F.t(grad), F.conj(vec1)), alpha))


def differ_baddbmm(one, two, three):
    if one is two is dtypes.bool:
        raise errors.not_implemented("baddbmm", one)
    if one is two:
        return f"expected scalar type {one.legacy} but found {three.legacy}"
    return (f"Input dtypes must be the same, got: input {CPP_NAMES[one]}, batch1: {CPP_NAMES[two]}, "
            f"batch2: {CPP_NAMES[three]}")


def differ_baddbmm_in_place(one, two, three):
    if one is two:
        return (f"Bad in-place call: input tensor dtype {CPP_NAMES[one]} and output tensor dtype {CPP_NAMES[three]} should "
                "match")
    return differ_baddbmm(one, two, three)


for differ, where in ((differ_baddbmm, {}), (differ_baddbmm_in_place, IN_PLACE)):
    op(f"baddbmm(Tensor self, Tensor batch1, Tensor batch2, {NUMBERS}", kernel.baddbmm,
        write=kernel.fitting(kernel.baddbmm), dtype=alike("baddbmm", differ, kernel.baddbmm), opmath=ON_HOST, **where,
        jvp=lambda self_t, batch1, batch1_t, batch2, batch2_t, beta, alpha:
            sum_tangent(F.bmm, self_t, batch1, batch1_t, batch2, batch2_t, beta, alpha),
        self   = lambda grad, beta:          scaled(grad, beta),
        batch1 = lambda grad, batch2, alpha: batch1_backward(grad, batch2, alpha),
        batch2 = lambda grad, batch1, alpha: batch2_backward(grad, batch1, alpha))


summed(f"addbmm(Tensor self, Tensor batch1, Tensor batch2, {NUMBERS}", kernel.addbmm, write=kernel.fitting(kernel.addbmm),
    dtype=alike("baddbmm", differ_addmm, kernel.addbmm),
    jvp=lambda self_t, batch1, batch1_t, batch2, batch2_t, beta, alpha: sum_tangent(
        lambda one, two: F.sum(F.bmm(one, two), (0,)), self_t, batch1, batch1_t, batch2, batch2_t, beta, alpha),
    self   = lambda grad, beta: scaled(grad, beta),
    batch1 = lambda grad, batch2, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2, alpha:
        batch1_backward(for_batch(grad, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2), batch2, alpha),
    batch2 = lambda grad, batch1, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2, alpha:
        summed_batch2_backward(grad, batch1, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2, alpha))

# Other products -------------------------------------------------------------------------------------------

product("linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor", kernel.linalg_cross, variants="linalg",
    opmath=False, puts_off=lambda self, other, dim: zero_if_any(self, other),
    dtype=alike("cross", lambda one, two: f"expected scalar type {one.legacy} but found {two.legacy}"),
    self  = lambda grad, other, dim: F.linalg_cross(F.conj(other), grad, dim=dim),
    other = lambda grad, self, dim:  F.linalg_cross(grad, F.conj(self), dim=dim))

product("_trilinear(Tensor i1, Tensor i2, Tensor i3, int[] expand1, int[] expand2, int[] expand3, int[] sumdim, "
    "int unroll_dim=1) -> Tensor", kernel.trilinear, variants="function", dtype=promote, grad_fn="TrilinearBackward0",
    joint=(("i1", "i2", "i3"), trilinear_backward))


def cross(self, other, dim):
    if dim is None:
        warnings.warn(
            "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or "
            "simply use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in "
            "a future release.", UserWarning, stacklevel=4)
        if 3 not in self._array.shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = self._array.shape.index(3)
    return F.linalg_cross(self, other, dim=dim)


def outer(self, vec2):
    for name, vec in (("self", self), ("vec2", vec2)):
        if vec._array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vec._array.ndim}-D")
    return F.mul(F.reshape(self, (self._array.size, 1)), vec2)


op("cross(Tensor self, Tensor other, int? dim=None) -> Tensor", composite=cross)
op("outer(Tensor self, Tensor vec2) -> Tensor", composite=outer)
op("ger(Tensor self, Tensor vec2) -> Tensor", composite=outer)
