"""Gradients of reductions of what is scattered, an index for each element or for each slice."""

from __future__ import annotations

from mini_autograd.graph.modes import current
from mini_autograd.graph.operations import F
from mini_autograd.op.forward import UNDEFINED


class Elements:
    """How elements go to where an index of each says, and come back."""

    pick = staticmethod(lambda self, dim, index: F.gather(self, dim, index))
    add = staticmethod(lambda self, dim, index, src: F.scatter_add(self, dim, index, src))
    clear = staticmethod(lambda self, dim, index: F.scatter(self, dim, index, 0))
    refuse = staticmethod(lambda grad: F._scatter_reduce_of_zeros(grad))
    reduce = staticmethod(lambda *args, include_self: F.scatter_reduce(*args, include_self=include_self))


class Slices:
    """How slices go to where an index of each says, and come back."""

    pick = staticmethod(lambda self, dim, index: F.index_select(self, dim, index))
    add = staticmethod(lambda self, dim, index, src: F.index_add(self, dim, index, src))
    clear = staticmethod(lambda self, dim, index: F.index_fill(self, dim, index, 0))
    refuse = staticmethod(lambda grad: F._index_reduce_of_zeros(grad))
    reduce = staticmethod(lambda *args, include_self: F.index_reduce(*args, include_self=include_self))


def scatter_reduce_backward(grad, self, dim, index, src, reduce, include_self, result, needs):
    """Gradients of ``self`` and ``src``; ties of ``amax`` and ``amin`` share equally."""
    return reduced_backward(Elements, grad, self, dim, index, src, reduce, include_self, result, needs)


def index_reduce_backward(grad, self, dim, index, source, reduce, include_self, result, needs):
    return reduced_backward(Slices, grad, self, dim, index, source, reduce, include_self, result, needs)


def reduced_backward(way, grad, self, dim, index, src, reduce, include_self, result, needs):
    formula = BACKWARD[reduce]
    of_self, of_src = formula(way, grad, self, dim, index, src, include_self, result, needs)
    if not include_self and of_self is not None:
        of_self = way.clear(of_self, dim, index)
    return of_self, of_src


def sum_backward(way, grad, self, dim, index, src, include_self, result, needs):
    return grad, way.pick(grad, dim, index) if needs[1] else None


def mean_backward(way, grad, self, dim, index, src, include_self, result, needs):
    counts = F.ones_like(grad) if include_self else F.zeros_like(grad)
    counts = way.add(counts, dim, index, F.ones_like(src))
    F.masked_fill_(counts, F.eq(counts, 0), 1)
    of_self = F.div(grad, counts) if needs[0] else None
    of_src = F.div(way.pick(grad, dim, index), way.pick(counts, dim, index)) if needs[1] else None
    return of_self, of_src


def extreme_backward(way, grad, self, dim, index, src, include_self, result, needs):
    winners = way.pick(result, dim, index)
    self_wins, src_wins = F.eq(self, result), F.eq(src, winners)
    self_counts, src_counts = F.to(self_wins, self._dtype), F.to(src_wins, self._dtype)
    if way is Slices:
        self_wins, src_wins = self_counts, src_counts
    sharers = way.add(self_counts, dim, index, src_counts)
    share = F.div(grad, sharers)
    of_self = F.mul(self_wins, share) if needs[0] else None
    return of_self, F.mul(src_wins, way.pick(share, dim, index)) if needs[1] else None


def product_backward(way, grad, self, dim, index, src, include_self, result, needs):
    of_self = of_src = None
    if needs[0]:
        nonzero_self = F.masked_fill(self, F.eq(self, 0), 1)
        product = way.reduce(nonzero_self, dim, index, src, "prod", include_self=include_self)
        of_self = F.div(F.mul(grad, product), nonzero_self)
    if needs[1]:
        of_src = product_backward_src(way, grad, self, dim, index, src, include_self, result)
    return of_self, of_src


def product_backward_src(way, grad, self, dim, index, src, include_self, result):
    """Of several factors that are zero none has a gradient; of a single one it is the product of the others."""
    zero = F.eq(src, 0)
    zeros = way.pick(way.add(F.zeros_like(self), dim, index, F.to(zero, self._dtype)), dim, index)
    single = F.logical_and(zero, F.eq(zeros, 1))
    others = way.reduce(self, dim, index, F.masked_fill(src, single, 1), "prod", include_self=include_self)
    factor = F.masked_fill(src, zero, 1)
    of_all = F.div(way.pick(F.mul(grad, result), dim, index), factor)
    result = F.where(single, way.pick(F.mul(grad, others), dim, index), of_all)
    if current().grad and not zeros._layered and F.any(F.gt(zeros, 1))._array:
        return way.refuse(result)
    return result


def refuse_second_derivative(name, src):
    """The formula of what has a gradient of its own, but none of that."""

    def formula(grad):
        raise RuntimeError(
            f"{name}(): Double backward is unsupported for {src} when >1 zeros in {src} are scattered to the same "
            "position in self"
        )

    return formula


BACKWARD = {
    "sum": sum_backward,
    "mean": mean_backward,
    "amax": extreme_backward,
    "amin": extreme_backward,
    "prod": product_backward,
}


def scatter_reduce_jvp(self, self_t, dim, index, src, src_t, reduce, include_self, result):
    if reduce in ("sum", "mean"):
        return F.scatter_reduce(self_t, dim, index, src_t, reduce, include_self=include_self)
    if reduce == "prod":
        return UNDEFINED
    self_wins, src_wins = F.eq(self, result), F.eq(src, F.gather(result, dim, index))
    of_src = F.where(src_wins, src_t, 0.0)  # NOTE [Order of operands] in arithmetic
    sharers = added(F.to(self_wins, self_t._dtype), dim, index, F.to(src_wins, self_t._dtype), include_self)
    return F.div(added(F.where(self_wins, self_t, 0.0), dim, index, of_src, include_self), sharers)


def added(self, dim, index, src, include_self):
    return F.scatter_reduce(self, dim, index, src, "sum", include_self=include_self)
