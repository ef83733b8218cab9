"""Products made of others: ``matmul`` of any ranks, linear maps, and sums over named dimensions."""

import math
import warnings

from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.support import CPP_NAMES
from mini_autograd.tensor import requires_grad


def composite(schema, function, variants="function method"):
    op(schema, composite=function, variants=variants)


# matmul ---------------------------------------------------------------------------------------------------


def matmul(self, other):
    left, right = self._array.ndim, other._array.ndim
    if not left or not right:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D")
    if left == 2 and right == 2:
        return F.mm(self, other)
    if left == 1 and right == 1:
        return F.dot(self, other)
    if left == 2 and right == 1:
        return F.mv(self, other)
    if left == 1 and right == 2:
        return F.squeeze_(F.mm(F.unsqueeze(self, 0), other), 0)
    if folds(self, other):
        return folded(self, other)
    return batched(self, other)


def folds(self, other):
    """Whether one is a stack of matrices that can be seen as a single one, to be multiplied by a matrix or vector."""
    larger_first = self._array.ndim >= other._array.ndim
    stack, factor = (self, other) if larger_first else (other, self)
    if stack._array.ndim < 3 or factor._array.ndim > 2:
        return False
    if requires_grad(factor):
        return True
    if self._array.ndim == 2:
        return False
    array = stack._array if larger_first else stack._array.swapaxes(-2, -1)
    shape, strides = array.shape, array.strides
    return not array.size or all(
        strides[dim] == strides[dim + 1] * shape[dim + 1] for dim in range(array.ndim - 2)
    )


def folded(self, other):
    """The rows of the stack as one matrix; the result turned back if the stack was the second factor."""
    turned = self._array.ndim < other._array.ndim
    stack = F.mT(other) if turned else self
    factor = self if turned else other
    if turned and factor._array.ndim == 2:
        factor = F.t(factor)
    shape = stack._array.shape
    rows = F.reshape(stack, (math.prod(shape[:-1]), shape[-1]))
    if factor._array.ndim == 1:
        return F._unsafe_view(F.mv(rows, factor), shape[:-1])
    result = F._unsafe_view(F.mm(rows, factor), (*shape[:-1], factor._array.shape[1]))
    return F.contiguous(F.mT(result)) if turned else result


def batched(self, other):
    """The leading dimensions of both broadcast together, as one batch."""
    left, right = self._array.shape, other._array.shape
    if len(left) == len(right) == 3 and left[0] != right[0]:
        if left[0] == 1 and requires_grad(self):
            return matmul(F.squeeze(self, 0), other)
        if right[0] == 1 and requires_grad(other):
            return matmul(self, F.squeeze(other, 0))
    rows, inner = left[-2:] if len(left) > 1 else (1, left[-1])
    vector = len(right) == 1
    batch = kernel.shape_together(left[:-2], right[:-2])
    count = math.prod(batch)
    one = F.reshape(F.expand(self, (*batch, rows, inner)), (count, rows, inner))
    two = F.reshape(F.expand(other, (*batch, *right[-2:])), (count, *right[-2:]))
    shape = (*batch, *([rows] if len(left) > 1 else []), *([] if vector else right[-1:]))
    product = F.squeeze(F.bmm(one, F.unsqueeze(two, 2)), -1) if vector else F.bmm(one, two)
    return F._unsafe_view(product, shape)


composite("matmul(Tensor self, Tensor other) -> Tensor", matmul)

# Linear maps ----------------------------------------------------------------------------------------------


def linear(input, weight, bias):
    ndim = input._array.ndim
    if not ndim or not weight._array.ndim:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {ndim}D and {weight._array.ndim}D"
        )
    if bias is None:
        return matmul(input, F.t(weight))
    if ndim == 2:
        return F.addmm(bias, input, F.t(weight))
    whole = bias._array.ndim == 1 or (bias._array.ndim > 1 and bias._array.size == weight._array.shape[0])
    if whole and input._array.flags.c_contiguous and bias._array.flags.c_contiguous:
        shape = input._array.shape
        rows = F.reshape(input, (math.prod(shape[:-1]), shape[-1]))
        result = F.addmm(bias, rows, F.t(weight))
        return F.view(result, (*shape[:-1], result._array.shape[1]))
    return F.add_(matmul(input, F.t(weight)), bias)


def bilinear(input1, input2, weight, bias):
    one, two, shape = input1._array, input2._array, weight._array.shape
    if one.ndim != two.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {one.ndim} and {two.ndim}")
    for dim in range(one.ndim - 1):
        if one.shape[dim] != two.shape[dim]:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {one.shape[dim]} and "
                f"{two.shape[dim]}"
            )
    for index, array in ((1, one), (2, two)):
        if array.shape[-1] != shape[index]:
            raise RuntimeError(
                f"bilinear(): input{index} size does not match weight size: got {array.shape[-1]} but expected "
                f"{shape[index]}"
            )
    if bias is not None and bias._array.shape[0] != shape[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias._array.shape[0]} but expected {shape[0]}"
        )
    flat1, flat2 = (F.reshape(given, (-1, given._array.shape[-1])) for given in (input1, input2))
    product = F._trilinear(flat1, weight, flat2, (1, 3), (0,), (1, 2), (2, 3))
    result = F.reshape(product, (*one.shape[:-1], shape[0]))
    return result if bias is None else F.add(result, bias)


composite("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", linear, "nn")
composite("bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor", bilinear, "function")

# Sums over pairs of dimensions ----------------------------------------------------------------------------


def tensordot(self, other, dims_self, dims_other):
    if len(dims_self) != len(dims_other):
        raise RuntimeError("both dimension lists should have same length")
    if self._dtype is not other._dtype:
        raise RuntimeError("both inputs should have same dtype")
    one, two, inner = self, other, 1
    for first, second in zip(dims_self, dims_other, strict=True):
        left = self._array.shape[wrap_dim(first, self._array.ndim)]
        right = other._array.shape[wrap_dim(second, other._array.ndim)]
        if right == 1:
            one = F.sum(one, (first,), True, dtype=one._dtype)
        elif left == 1:
            two = F.sum(two, (second,), True, dtype=two._dtype)
        elif left != right:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {left} in dim {first} and second has size "
                f"{right} in dim {second}"
            )
        else:
            inner *= left
    kept_one, kept_two = kept(one, dims_self), kept(two, dims_other)
    shape = [one._array.shape[dim] for dim in kept_one] + [two._array.shape[dim] for dim in kept_two]
    order_one, order_two = (*kept_one, *dims_self), (*dims_other, *kept_two)
    rows = math.prod([one._array.shape[dim] for dim in kept_one])
    columns = math.prod([two._array.shape[dim] for dim in kept_two])
    if rows == columns == 1:
        return F.reshape(inner_product(F.permute(one, order_one), F.permute(two, order_two)), shape)
    left = F.reshape(F.permute(one, order_one), (rows, inner))
    right = F.reshape(F.permute(two, order_two), (inner, columns))
    return F.reshape(F.mm(left, right), shape)


def kept(tensor, dims):
    summed = {wrap_dim(dim, tensor._array.ndim) for dim in dims}
    return [dim for dim in range(tensor._array.ndim) if dim not in summed]


def inner_product(one, two):
    """The sum of products of all elements; of the nodes torch makes that of ``two`` first."""
    if one._array.flags.c_contiguous and two._array.flags.c_contiguous:
        second = F.flatten(two)
        return F.dot(F.flatten(one), second)
    second = F.squeeze(two)
    return F.sum(F.mul(F.squeeze(one), second), dtype=one._dtype)


def inner(self, other):
    left, right = self._array, other._array
    if self._dtype is not other._dtype:
        raise RuntimeError("both inputs should have same dtype")
    if left.ndim == 0 or right.ndim == 0:
        return F.mul(self, other)
    if left.shape[-1] != right.shape[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(left.shape)} and "
            f"{list(right.shape)}"
        )
    return tensordot(self, other, (-1,), (-1,))


composite("inner(Tensor self, Tensor other) -> Tensor", inner)
composite("tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor", tensordot, "internal")

# Chains of matrices ---------------------------------------------------------------------------------------


def chain_matmul(matrices):
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters.", UserWarning,
        stacklevel=4)
    for matrix in matrices:
        if matrix._array.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix._array.ndim}, expected 2 instead.")
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    if len(matrices) == 1:
        return F.clone(matrices[0])
    return F.multi_dot(matrices)


def multi_dot(tensors):
    """The product of two or more matrices, the first and the last of which may be vectors, in the cheapest order."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    shape, factors = [], list(tensors)
    first, last = tensors[0], tensors[-1]
    if first._array.ndim == 1:
        factors[0] = F.unsqueeze(first, 0)
    elif first._array.ndim == 2:
        shape.append(first._array.shape[0])
    else:
        raise RuntimeError(f"multi_dot(): the first tensor must be 1D or 2D but got {first._array.ndim}D")
    if last._array.ndim == 1:
        factors[-1] = F.unsqueeze(last, -1)
    elif last._array.ndim == 2:
        shape.append(last._array.shape[1])
    else:
        raise RuntimeError(f"multi_dot(): the last tensor must be 1D or 2D but got {last._array.ndim}D")
    for index, tensor in enumerate(tensors[1:-1], 1):
        if tensor._array.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {index} must be 2D but got {tensor._array.ndim}D")
    check_chain(tensors, factors)
    return F.view(product_of(factors, cheapest(factors), 0, len(factors) - 1), shape)


def check_chain(tensors, factors):
    first = factors[0]._dtype
    for index in range(1, len(factors)):
        kind = factors[index]._dtype
        if kind is not first:
            raise RuntimeError(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                f"{CPP_NAMES[first]} and tensor {index} {CPP_NAMES[kind]}"
            )
        if factors[index - 1]._array.shape[1] != factors[index]._array.shape[0]:
            one, two = (list(tensors[at]._array.shape) for at in (index - 1, index))
            raise RuntimeError(
                f"multi_dot(): tensors {index - 1} and {index} with shapes {one} and {two} cannot be multiplied"
            )


def cheapest(factors):
    """Where to split each stretch of the chain for the fewest multiplications: the first of equals, of three factors
    the second."""
    sizes = [factor._array.shape[0] for factor in factors] + [factors[-1]._array.shape[1]]
    count = len(factors)
    cost: list[list[float]] = [[0] * count for _ in factors]
    split = [[0] * count for _ in factors]
    for length in range(1, count):
        for start in range(count - length):
            end = start + length
            cost[start][end] = math.inf
            for at in range(start, end):
                price = cost[start][at] + cost[at + 1][end] + sizes[start] * sizes[at + 1] * sizes[end + 1]
                if price < cost[start][end] or (count == 3 and price == cost[start][end]):
                    cost[start][end], split[start][end] = price, at
    return split


def product_of(factors, split, start, end):
    if start == end:
        return factors[start]
    at = split[start][end]
    # The second factor first: nodes are numbered in the order in which they are made.
    right = product_of(factors, split, at + 1, end)
    return F.mm(product_of(factors, split, start, at), right)


composite("chain_matmul(Tensor[] matrices) -> Tensor", chain_matmul, "internal")
composite("multi_dot(Tensor[] tensors) -> Tensor", multi_dot, "internal")

