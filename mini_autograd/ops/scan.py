"""Running sums, products and extrema along a dimension, and differences between neighbours."""

from typing import Any

from mini_autograd import dtypes
from mini_autograd.backward.reduction import indexed_jvp
from mini_autograd.backward.scan import (
    cumprod_jvp,
    logcumsumexp_backward,
    logcumsumexp_jvp,
    reversed_cumsum,
)
from mini_autograd.dtypes import COMPLEX, INT
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.rules import accumulating, wrap_dim
from mini_autograd.op.support import BOOL, CPP_NAMES, by_out, only, unimplemented
from mini_autograd.ops.unrecorded import scanned


def check_dim(self, dim, *rest):
    wrap_dim(dim, self._array.ndim)


def check_same(self, dim, dtype):
    if dtype is not None and dtype is not self._dtype:
        raise RuntimeError(f"Bad in-place call: input tensor dtype {CPP_NAMES[self._dtype]} and output tensor dtype "
                           f"{CPP_NAMES[dtype]} should match")
    check_dim(self, dim)


def scanning(self, dim, dtype):
    return accumulating(self, dtype)


OUT_OF_PLACE: dict[str, Any] = {"check": check_dim, "always_below": True}
IN_PLACE: dict[str, Any] = {"check": check_same, "variants": "in place", "in_place": True}

for where in (OUT_OF_PLACE, IN_PLACE):
    op("cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", kernel.cumsum,
        dtype=only(scanning, unimplemented("cumsum_out_cpu", BOOL)), jvp="linear", below=scanned("cumsum"), **where,
        self = lambda grad, self_info, dim: reversed_cumsum(F.to(grad, self_info[1]), dim))
    op("cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", kernel.cumprod, strict=True,
        dtype=only(scanning, unimplemented("cumprod_out_cpu", BOOL)), jvp=cumprod_jvp, below=scanned("cumprod"),
        **where,
        self = lambda grad, self, result, dim: F.cumprod_backward(grad, F.to(self, grad.dtype), dim, result))


def check_extremum(name):
    def check(self, dim):
        if self._array.ndim == 0 and dim not in (0, -1):
            raise IndexError(f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}")
        if self._array.size:
            wrap_dim(dim, self._array.ndim)

    return check


for name in ("cummax", "cummin"):
    op(f"{name}(Tensor self, int dim) -> (Tensor values, Tensor indices)", getattr(kernel, name),
        check=check_extremum(name), dtype=only(same, unimplemented(f"{name}_cpu", COMPLEX)),
        result=(None, dtypes.int64), below=by_out(name),
            jvp=lambda self_t, dim, indices: (indexed_jvp(self_t, dim, indices, True), None),
        self = lambda grad, self, dim, indices: F.cummaxmin_backward(grad, self, indices, dim))

op("logcumsumexp(Tensor self, int dim) -> Tensor", kernel.logcumsumexp, check=check_dim, jvp=logcumsumexp_jvp,
    below=scanned("logcumsumexp", empty=0), always_below=True,
    dtype=only(same, unimplemented("logcumsumexp_out_cpu", BOOL, INT)),
    self = lambda grad, self, result, dim: logcumsumexp_backward(grad, self, result, dim))


def check_neighbours(self, dim, others):
    if self._array.ndim < 1:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    dim = wrap_dim(dim, self._array.ndim)
    for other in others:
        if other._array.ndim != self._array.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
        for at, (size, given) in enumerate(zip(self._array.shape, other._array.shape, strict=True)):
            if at != dim and size != given:
                raise RuntimeError(
                    "diff expects the shape of tensor to prepend or append to match that of input except "
                    "along "
                    f"the differencing dimension; input.size({at}) = {size}, but got tensor.size({at}) = "
                    f"{given}")


def diff(self, n, dim, prepend, append):
    others = [other for other in (prepend, append) if other is not None and n]
    check_neighbours(self, dim, others)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if others:
        self = F.cat([one for one in (prepend, self, append) if one is not None], dim)
    if n == 0:
        return F.copy_(F.zeros_like(self), self)
    for _ in range(min(n, self.shape[dim])):
        count = self.shape[dim] - 1
        earlier, later = F.narrow(self, dim, 0, count), F.narrow(self, dim, 1, count)
        self = F.logical_xor(later, earlier) if self.dtype is dtypes.bool else F.sub(later, earlier)
    return self


op("diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor",
    composite=diff)
