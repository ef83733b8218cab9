"""Products of vectors, matrices and batches of matrices; transposed operands go to BLAS as they are."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import arranged
from mini_autograd.kernels.shared.copying import spread
from mini_autograd.kernels.shared.memory import allocate
from mini_autograd.kernels.shared.number import element
from mini_autograd.kernels.shared.view import expand, position


def settled(result: Array) -> Array:
    """``result`` with torch's strides where it has no elements."""
    return result if result.size else allocate(result.shape, result.dtype)


def matrix_product(left: Array, right: Array) -> Array:
    """The product of a matrix with a matrix or a vector.

    Of one element numpy makes a factor for BLAS, which takes 0 times anything for 0; 0 times NaN is NaN.
    """
    if left.shape[1] != 1 or (left.size != 1 and right.size != 1):
        return left.dot(right)
    result = xp.multiply(left if right.ndim == 2 else left[:, 0], right, order="C")
    return xp.add(result, 0, out=result)  # a sum begins with 0, and -0 is lost in it


def mm(self: Array, mat2: Array) -> Array:
    check_matrices(self, mat2)
    return settled(matrix_product(self, mat2))


def check_matrices(self: Array, mat2: Array) -> None:
    if self.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    check_product(self, mat2)


def check_product(self: Array, mat2: Array) -> None:
    if self.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({self.shape[0]}x{self.shape[1]} and "
            f"{mat2.shape[0]}x{mat2.shape[1]})"
        )


def bmm(self: Array, mat2: Array) -> Array:
    """The products of the matrices of two batches."""
    for name, batch in (("batch1", self), ("batch2", mat2)):
        if batch.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    check_batches(self, mat2)
    return settled(xp.matmul(self, mat2))


def check_batches(batch1: Array, batch2: Array) -> None:
    wanted = [batch1.shape[0], batch1.shape[2]]
    if list(batch2.shape[:2]) != wanted:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {wanted} but got: "
            f"{list(batch2.shape[:2])}."
        )


def mv(self: Array, vec: Array) -> Array:
    check_vector(self, vec, 1)
    return settled(matrix_product(self, vec))


def check_vector(mat: Array, vec: Array, ndim: int) -> None:
    if mat.ndim != 2 or vec.ndim != 1 or ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {ndim}, {mat.ndim}, {vec.ndim}")
    if mat.shape[1] != vec.shape[0]:
        raise mismatched_vector(mat, vec, mat.shape[0])


def mismatched_vector(mat: Array, vec: Array, length: int) -> RuntimeError:
    return RuntimeError(
        f"size mismatch, got input ({length}), mat ({mat.shape[0]}x{mat.shape[1]}), vec ({vec.shape[0]})"
    )


def dot(self: Array, tensor: Array) -> Any:
    return self.dot(tensor)


def vdot(self: Array, other: Array) -> Any:
    """The product of the conjugate of ``self`` with ``other``."""
    return xp.vdot(self, other)


def check_1d(self: Array, tensor: Array) -> None:
    if self.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {tensor.ndim}D tensors")


def check_lengths(self: Array, tensor: Array) -> None:
    if self.shape != tensor.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{self.size}] and src [{tensor.size}] to have the same number "
            f"of elements, but got {self.size} and {tensor.size} elements respectively"
        )


# Sums with products ---------------------------------------------------------------------------------------


def combined(self: Array, product: Array, beta: Any, alpha: Any) -> Array:
    """``beta * self + alpha * product``, written over the product; of ``self`` nothing counts if ``beta`` is 0."""
    kind = dtypes.of_numpy(product.dtype)
    if alpha != 1:
        xp.multiply(product, element(alpha, kind), out=product)
    factor = element(beta, kind)
    if beta != 0:
        xp.add(product, self if beta == 1 else self * factor, out=product)
    return product


def addmm(self: Array, mat1: Array, mat2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    if mat1.ndim != 2 or mat2.ndim != 2:
        name, mat = ("mat1", mat1) if mat1.ndim != 2 else ("mat2", mat2)
        raise RuntimeError(f"{name} must be a matrix, got {mat.ndim}-D tensor")
    check_product(mat1, mat2)
    product = matrix_product(mat1, mat2)
    if beta == 1 and alpha == 1 and self.ndim <= 2 and product.size:
        try:
            return xp.add(product, self, out=product)
        except ValueError:
            expand(self, product.shape)
            raise
    return settled(combined(expand(self, product.shape), product, beta, alpha))


def addbmm(self: Array, batch1: Array, batch2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    """``beta * self + alpha * `` the sum of the products of two batches."""
    if batch2.ndim < 3:
        raise errors.dim_out_of_range(2, batch2.ndim)
    shape = (batch1.shape[1], batch2.shape[2])
    added = expand(self, shape)
    check_batch(batch1, batch2)
    if batch1.shape[0] != batch2.shape[0]:
        raise RuntimeError(
            f"batch1 and batch2 must have same number of batches, got {batch1.shape[0]} and {batch2.shape[0]}"
        )
    if batch1.shape[2] != batch2.shape[1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for bmm ({batch1.shape[1]}x{batch1.shape[2]} and "
            f"{batch2.shape[1]}x{batch2.shape[2]})"
        )
    # One product of matrices: the sum over the batch goes with the sum over the inner dimension.
    inner = batch1.shape[0] * batch1.shape[2]
    left = batch1.transpose(1, 0, 2).reshape(shape[0], inner)
    right = batch2.reshape(inner, shape[1])
    return settled(combined(added, matrix_product(left, right), beta, alpha))


def check_batch(batch1: Array, batch2: Array) -> None:
    for name, batch in (("batch1", batch1), ("batch2", batch2)):
        if batch.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")


def baddbmm(self: Array, batch1: Array, batch2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    if batch2.ndim < 3:
        raise errors.dim_out_of_range(2, batch2.ndim)
    added = expand(self, (batch1.shape[0], batch1.shape[1], batch2.shape[2]))
    check_batch(batch1, batch2)
    check_batches(batch1, batch2)
    return settled(combined(added, xp.matmul(batch1, batch2), beta, alpha))


def addmv(self: Array, mat: Array, vec: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    check_vector(mat, vec, self.ndim)
    if self.size not in (1, mat.shape[0]):
        raise mismatched_vector(mat, vec, self.size)
    added = xp.broadcast_to(self.reshape(-1), (mat.shape[0],)) if self.size == 1 else self
    return settled(combined(added, matrix_product(mat, vec), beta, alpha))


def addr(self: Array, vec1: Array, vec2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    """``beta * self + alpha * `` the outer product of two vectors."""
    for name, vec in (("vec1", vec1), ("vec2", vec2)):
        if vec.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {vec.ndim}-D")
    added = expand(self, (vec1.shape[0], vec2.shape[0]))
    if self.dtype.kind in "iub":
        for name, value in (("beta", beta), ("alpha", alpha)):
            if isinstance(value, (float, complex)):
                raise RuntimeError(
                    f"For integral input tensors, argument {name} must not be a floating point number."
                )
    if self.dtype.kind == "b":
        product = xp.multiply.outer(vec1, vec2) & bool(alpha)
        result = product | added if beta else product
    else:
        result = combined(added, xp.multiply.outer(vec1, vec2), beta, alpha)
    return arranged(result, [added, vec1.reshape(-1, 1), vec2])


def addr_into(self: Array, vec1: Array, vec2: Array, beta: Any = 1, alpha: Any = 1) -> Array:
    """The same written over ``self``, which is a matrix of that shape."""
    if vec1.ndim == 1 and vec2.ndim == 1:
        if self.ndim != 2:
            raise RuntimeError(f"2D tensor expected, got {self.ndim}D tensor for input")
        if self.shape != (vec1.size, vec2.size):
            sizes = ", v1: ".join(str(list(one.shape)) for one in (self, vec1))
            raise RuntimeError(f"size mismatch, input: {sizes}, v2: {list(vec2.shape)}")
    return addr(self, vec1, vec2, beta, alpha)


def fitting(kernel: Any) -> Any:
    """The kernel of the variant in place, whose result must have the shape of what it is written to."""

    def run(self: Array, *args: Any) -> Array:
        result: Array = kernel(self, *args)
        check_fit(self, result.shape)
        return result

    return run


def check_fit(self: Array, shape: tuple[int, ...]) -> None:
    if shape != self.shape:
        raise RuntimeError(
            f"Bad in-place call: input tensor size {list(self.shape)} and output tensor size {list(shape)} should match"
        )


def fitting_product(kernel: Any) -> Any:
    """The same for a product of matrices, before which the shapes are looked at."""

    def run(self: Array, mat1: Array, mat2: Array, *numbers: Any) -> Array:
        if mat1.ndim == mat2.ndim == 2 and mat1.shape[1] == mat2.shape[0]:
            check_fit(self, (mat1.shape[0], mat2.shape[1]))
        result: Array = kernel(self, mat1, mat2, *numbers)
        return result

    return run


# Other products -------------------------------------------------------------------------------------------


def linalg_cross(self: Array, other: Array, dim: int = -1) -> Array:
    """The cross product along ``dim``, which has three elements; other dimensions broadcast."""
    if self.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if self.ndim == 0:
        raise errors.no_dimensions(dim)
    at = position(dim, self.ndim)
    if self.shape[at] != 3 or other.shape[at] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {self.shape[at]} and {other.shape[at]}"
        )
    if self.shape != other.shape:
        try:
            shape = xp.broadcast_shapes(self.shape, other.shape)
        except ValueError:
            spread(other, self.shape)
            raise
    else:
        shape = self.shape
    result = allocate(shape, self.dtype)
    one, two, out = (xp.moveaxis(array, at, 0) for array in (self, other, result))
    for k in range(3):
        first, second = (k + 1) % 3, (k + 2) % 3
        out[k] = one[first] * two[second] - one[second] * two[first]
    return result


def trilinear(
    i1: Array,
    i2: Array,
    i3: Array,
    expand1: tuple,
    expand2: tuple,
    expand3: tuple,
    sumdim: tuple,
    unroll_dim: int = 1,
) -> Array:
    """The sum over ``sumdim`` of the product of three arrays, each given dimensions of size 1 at its ``expand``."""
    factors = [xp.expand_dims(array, dims) for array, dims in ((i1, expand1), (i2, expand2), (i3, expand3))]
    letters = "abcdefghijklmnopqrstuvwxyz"[: factors[0].ndim]
    operands, terms = [], []
    for factor in factors:
        kept = [dim for dim, size in enumerate(factor.shape) if size != 1]
        operands.append(factor.reshape([factor.shape[dim] for dim in kept]))
        terms.append("".join(letters[dim] for dim in kept))
    shape = xp.broadcast_shapes(*[factor.shape for factor in factors])
    wide = [dim for dim in range(len(shape)) if dim not in sumdim and shape[dim] != 1]
    equation = f"{','.join(terms)}->{''.join(letters[dim] for dim in wide)}"
    total = xp.einsum(equation, *operands, optimize="greedy")
    kept = [size for dim, size in enumerate(shape) if dim not in sumdim]
    result = allocate(tuple(kept), i1.dtype)
    result[...] = total.reshape(kept)
    return result
