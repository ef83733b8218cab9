"""Gradients of products: each factor's is the gradient times the other, conjugated and transposed."""

from __future__ import annotations

from mini_autograd.graph.operations import F


def scaled(tensor, factor):
    """``tensor`` times the conjugate of a number."""
    if factor == 1:
        return tensor
    return F.mul_scalar(tensor, factor.conjugate() if isinstance(factor, complex) else factor)


def by_columns(sizes, strides):
    """Whether a matrix lies in memory column by column; then its gradient is to lie so too."""
    return strides[0] == 1 and strides[1] == sizes[0]


def mat1_backward(grad, mat2, sizes, strides, alpha):
    if by_columns(sizes, strides):
        return scaled(F.t(F.mm(F.conj(mat2), F.t(grad))), alpha)
    return scaled(F.mm(grad, F.conj(F.t(mat2))), alpha)


def mat2_backward(grad, mat1, sizes, strides, alpha):
    if by_columns(sizes, strides):
        return scaled(F.t(F.mm(F.t(grad), F.conj(mat1))), alpha)
    return scaled(F.mm(F.conj(F.t(mat1)), grad), alpha)


def batch1_backward(grad, batch2, alpha=1):
    return scaled(F.bmm(grad, F.conj(F.transpose(batch2, 1, 2))), alpha)


def batch2_backward(grad, batch1, alpha=1):
    return scaled(F.bmm(F.conj(F.transpose(batch1, 1, 2)), grad), alpha)


def summed_batch2_backward(grad, batch1, count, rows, columns, alpha):
    turned = F.conj(F.transpose(batch1, 1, 2))
    return scaled(F.bmm(turned, for_batch(grad, count, rows, columns)), alpha)


def for_batch(grad, count, rows, columns):
    """The gradient of a sum over a batch for every one of its matrices."""
    return F.expand(F.unsqueeze(grad, 0), (count, rows, columns))


def matrix_backward(grad, vec, alpha=1):
    return scaled(F.ger(grad, F.conj(vec)), alpha)


def vector_backward(grad, mat):
    return F.mv(F.t(F.conj(mat)), grad)


def summed_vector_backward(grad, mat, alpha):
    return scaled(F.mv(F.conj(F.t(mat)), grad), alpha)


def trilinear_backward(grad, i1, i2, i3, expand1, expand2, expand3, sumdim, needs):
    """What is summed over in the result is what the gradient lacks, and the reverse."""
    first = F._trilinear(grad, i2, i3, sumdim, expand2, expand3, expand1) if needs[0] else None
    second = F._trilinear(i1, grad, i3, expand1, sumdim, expand3, expand2) if needs[1] else None
    third = F._trilinear(i1, i2, grad, expand1, expand2, sumdim, expand3) if needs[2] else None
    return first, second, third


def sum_tangent(product, self_t, one, one_t, two, two_t, beta, alpha):
    """The tangent of ``beta * self + alpha * product(one, two)``; None where neither has one."""
    last = (
        None if two_t is None else stretched(product(one, two_t), alpha)
    )  # NOTE [Order of operands] in arithmetic
    first = None if one_t is None else stretched(product(one_t, two), alpha)
    total = None if self_t is None else stretched(self_t, beta)
    for part in (first, last):
        if part is not None:
            total = part if total is None else F.add(total, part)
    return total


def stretched(tensor, factor):
    """``tensor`` times a number."""
    return tensor if factor == 1 else F.mul_scalar(tensor, factor)
