"""Integrals of samples by the trapezoidal rule: compositions, as torch's graph shows them."""

from mini_autograd import dtypes, errors
from mini_autograd.graph.operations import F
from mini_autograd.op.declare import op
from mini_autograd.op.rules import wrap_dim


def check(name, y, x=None):
    for word, tensor in (("y", y), ("x", x)):
        if tensor is not None and tensor.dtype is dtypes.bool:
            place = "`x` or `y`" if x is not None else f"`{word}`"
            raise RuntimeError(f"{name}: received a bool input for {place}, but bool is not supported")


def existing(y, dim):
    if y.ndim == 0:
        raise errors.no_dimensions(dim)
    return wrap_dim(dim, y.ndim)


def neighbours(tensor, dim):
    """Every element but the last, and every one but the first."""
    return F.slice(tensor, dim, 0, -1), F.slice(tensor, dim, 1)


def steps(name, y, x, dim):
    """The distances of the sample points, in a shape that broadcasts with the samples'."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = F.view(x, [-1 if at == dim else 1 for at in range(y.ndim)])
    elif x.ndim < y.ndim:
        x = F.view(x, (1,) * (y.ndim - x.ndim) + tuple(x.shape))
    left, right = neighbours(x, dim)
    return right - left


def without(y, dim):
    """Zeros in the shape of ``y`` without a dimension."""
    shape = list(y.shape)
    del shape[dim]
    return F.new_zeros(y, shape)


def trapezoid(y, dx, dim):
    if isinstance(dx, (bool, complex)):
        raise RuntimeError("trapezoid: Currently, we only support dx as a real number.")
    if y.shape[existing(y, dim)] == 0:
        return without(y, wrap_dim(dim, y.ndim))
    check("trapezoid", y)
    ends = F.select(y, dim, 0) + F.select(y, dim, -1)
    return F.mul_scalar(F.sum(y, dim) - F.mul_scalar(ends, 0.5), float(dx))


def trapezoid_at(y, x, dim):
    dim = existing(y, dim)
    if y.shape[dim] == 0:
        return without(y, dim)
    check("trapezoid", y, x)
    distances = steps("trapezoid", y, x, dim)
    left, right = neighbours(y, dim)
    return F.div_scalar(F.sum((left + right) * distances, dim), 2.0)


def cumulative(y, dx, dim):
    if isinstance(dx, (bool, complex)):
        raise RuntimeError("cumulative_trapezoid: Currently, we only support dx as a real number.")
    check("cumulative_trapezoid", y)
    left, right = neighbours(y, dim)
    return F.cumsum(F.mul_scalar(left + right, dx / 2.0), dim)


def cumulative_at(y, x, dim):
    dim = existing(y, dim)
    check("cumulative_trapezoid", y, x)
    distances = steps("cumulative_trapezoid", y, x, dim)
    left, right = neighbours(y, dim)
    return F.div_scalar(F.cumsum((left + right) * distances, dim), 2.0)


for name in ("trapezoid", "trapz"):
    op(f"{name}.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", composite=trapezoid_at, variants="function")
op("trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", composite=trapezoid, variants="function")
op("trapz.dx(Tensor y, *, float dx=1, int dim=-1) -> Tensor", composite=trapezoid, variants="function")
op("cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", composite=cumulative_at,
    variants="function")
op("cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", composite=cumulative,
    variants="function")
