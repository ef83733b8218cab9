"""Slopes of sampled functions by finite differences: compositions, as torch's graph shows them.

See Fornberg, "Generation of Finite Difference Formulas on Arbitrarily Spaced Grids" (1988).
"""

from mini_autograd import dtypes
from mini_autograd.graph.operations import F
from mini_autograd.op.declare import op
from mini_autograd.op.rules import wrap_dim, wrap_dims

# fmt: off


def check_gradient(self, spacing, dims, edge_order):
    """RuntimeError for what there are no slopes of; ``spacing``: a number, or one or the places for each dimension."""
    if self._dtype is dtypes.uint8:
        raise RuntimeError("torch.gradient does not support uint8 input.")
    listed = isinstance(spacing, (list, tuple))
    if dims is not None and listed and len(spacing) != len(dims):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same "
            f"length, but got a spacing argument of length {len(spacing)} and a dim argument of length {len(dims)}.")
    if dims is None and listed and len(spacing) != self.ndim:
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
            f"{self.ndim}', since dim argument was not given, but got a list of length {len(spacing)}")
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    for dim in range(self.ndim) if dims is None else wrap_dims(dims, self.ndim) if dims else ():
        if self.shape[dim] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")


def places_of(spacing):
    for one in spacing:
        if one.ndim != 1:
            raise RuntimeError("torch.gradient expected each element of spacing to have one dimension, but got an element "
                               f"with {one.ndim} dimensions!")
    return spacing


def slopes(self, spacing, dims, edge_order):
    """The slopes along each dimension."""
    check_gradient(self, spacing, dims, edge_order)
    dims = range(self.ndim) if dims is None else dims
    if not isinstance(spacing, (list, tuple)):
        spacing = [spacing] * len(dims)
    return tuple([evenly(self, step, wrap_dim(dim, self.ndim), edge_order) for step, dim in zip(spacing, dims, strict=True)])


def slopes_at(self, spacing, dims, edge_order):
    """The same of samples at given places."""
    check_gradient(self, spacing, dims, edge_order)
    places_of(spacing)
    dims = range(self.ndim) if dims is None else dims
    return tuple([unevenly(self, at, wrap_dim(dim, self.ndim), edge_order) for at, dim in zip(spacing, dims, strict=True)])


# -- At equal distances --------------------------------------------------------------------------------------


def evenly(self, step, dim, edge_order):
    def part(start, end=None):
        return F.slice(self, dim, start, end)

    centre = F.div_scalar(F.sub(part(2), part(0, -2)), step)
    if edge_order == 1:
        first = F.div_scalar(F.sub(part(1, 2), part(0, 1)), step)
        last = F.div_scalar(F.sub(part(-1), part(-2, -1)), step)
    else:
        first, last = evenly_at_the_ends(part, step)
    return F.cat([first, F.div_scalar(centre, 2), last], dim)


def evenly_at_the_ends(part, step):
    """Of second order, from the three samples there."""
    times = F.mul_scalar
    first = F.sub(F.add(times(part(0, 1), -1.5), times(part(1, 2), 2)), times(part(2, 3), 0.5))
    last = F.add(F.sub(times(part(-3, -2), 0.5), times(part(-2, -1), 2)), times(part(-1), 1.5))
    return F.div_scalar(first, step), F.div_scalar(last, step)


# -- At given places -----------------------------------------------------------------------------------------


def unevenly(self, places, dim, edge_order):
    def part(start, end=None):
        return F.slice(self, dim, start, end)

    count = places.numel()
    steps = F.sub(F.slice(places, 0, 1, count), F.slice(places, 0, 0, count - 1))
    before, after = F.slice(steps, 0, 0, -1), F.slice(steps, 0, 1)
    shape = [-1 if one == dim else 1 for one in range(self.ndim)]
    weights = [F.view(one, shape) for one in centred(before, after)]
    centre = weighted(weights, (part(0, -2), part(1, -1), part(2)))
    if edge_order == 1:
        first = F.div(F.sub(part(1, 2), part(0, 1)), F.select(steps, 0, 0))
        last = F.div(F.sub(part(-1), part(-2, -1)), F.select(steps, 0, -1))
    else:
        near, far = F.select(steps, 0, 0), F.select(steps, 0, 1)
        first = weighted(at_start(near, far), (part(0, 1), part(1, 2), part(2, 3)))
        far, near = F.select(steps, 0, -2), F.select(steps, 0, -1)
        last = weighted(at_end(far, near), (part(-3, -2), part(-2, -1), part(-1)))
    return F.cat([first, centre, last], dim)


def weighted(weights, samples):
    terms = [F.mul(weight, sample) for weight, sample in zip(weights, samples, strict=True)]
    return F.add(F.add(terms[0], terms[1]), terms[2])


def centred(before, after):
    """The weights of a sample and its neighbours, the distances to which these are."""
    return (
        F.div(F.neg(after), F.mul(before, F.add(before, after))),
        F.div(F.sub(after, before), F.mul(before, after)),
        F.div(before, F.mul(after, F.add(before, after))),
    )


def at_start(near, far):
    """The weights of the first sample and of two that follow."""
    return (
        F.div(F.neg(F.add(F.mul_scalar(near, 2.0), far)), F.mul(near, F.add(near, far))),
        F.div(F.add(near, far), F.mul(near, far)),
        F.div(F.neg(near), F.mul(far, F.add(near, far))),
    )


def at_end(far, near):
    """The weights of the last sample, after those of two before it."""
    return (
        F.div(near, F.mul(far, F.add(near, far))),
        F.div(F.neg(F.add(near, far)), F.mul(far, near)),
        F.div(F.add(F.mul_scalar(near, 2), far), F.mul(near, F.add(near, far))),
    )


# -- The overloads -------------------------------------------------------------------------------------------


def along(dim):
    return None if dim is None else (dim,)


def gradient(arguments, function):
    op(f"gradient.{arguments}, int edge_order=1) -> Tensor[]", composite=function, variants="function")


gradient("scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None",
    lambda self, spacing, dim, edge_order: slopes(self, 1.0 if spacing is None else spacing, along(dim), edge_order))
gradient("scalararray(Tensor self, *, Scalar spacing, int[] dim", slopes)
gradient("array(Tensor self, *, int[] dim", lambda self, dim, edge_order: slopes(self, 1.0, dim, edge_order))
gradient("scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None",
    lambda self, spacing, dim, edge_order: slopes(self, spacing, along(dim), edge_order))
gradient("scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim", slopes)
gradient("tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None",
    lambda self, spacing, dim, edge_order: slopes_at(self, spacing, along(dim), edge_order))
gradient("tensorarray(Tensor self, *, Tensor[] spacing, int[] dim", slopes_at)
