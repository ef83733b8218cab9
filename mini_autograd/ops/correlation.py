"""Covariances and correlations of variables that are the rows: compositions, as torch's graph shows them."""

import warnings

from mini_autograd import dtypes
from mini_autograd.dtypes import FLOAT, INT
from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.declare import op


def check_rank(name, self):
    if self.ndim > 2:
        raise RuntimeError(
            f"{name}(): expected input to have two or fewer dimensions but got an input with {self.ndim} dimensions")


def check_weights(word, weights, category, kind, count):
    """RuntimeError for weights of observations that are of a wrong kind or number, or negative."""
    if weights.ndim > 1:
        raise RuntimeError(f"cov(): expected {word} to have one or fewer dimensions but got {word} with "
                           f"{weights.ndim} dimensions")
    if weights._dtype.category != category:
        raise RuntimeError(
            f"cov(): expected {word} to have {kind} dtype but got {word} with {weights._dtype.legacy} dtype")
    if weights.numel() != count:
        raise RuntimeError(f"cov(): expected {word} to have the same numel as there are observations in the input but "
                           f"got {weights.numel()} != {count}")
    if count and not F.ge(F.min(F.detach(weights)), 0).item():
        raise RuntimeError(f"cov(): {word} cannot be negative")


def weighed(fweights, aweights, count):
    """The weight of each observation, None where all weigh the same."""
    if fweights is not None:
        check_weights("fweights", fweights, INT, "integral", count)
    if aweights is not None:
        check_weights("aweights", aweights, FLOAT, "floating point", count)
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return F.mul(fweights, aweights)


def mean_and_freedom(rows, correction, weights, aweights):
    """The mean of each row, and the weight of the observations less what the correction takes off."""
    if weights is None:
        count = rows.shape[1]
        mean = F.div(F.sum(rows, 1), F.scalar_tensor(count, **options_of(rows, dtypes.int64)))
        return mean, F.scalar_tensor(count - correction, **options_of(rows, dtypes.int64))
    total = F.sum(weights)
    if not F.ne(total, 0).item():
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = F.div(F.sum(F.mul(rows, weights), 1), total)
    if not correction:
        return mean, total
    if aweights is None:
        return mean, F.sub_scalar(total, correction)
    return mean, F.sub(total, F.div(F.mul_scalar(F.sum(F.mul(weights, aweights)), correction), total))


def cov(self, correction, fweights, aweights):
    check_rank("cov", self)
    if self._dtype is dtypes.bool:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = self if self.ndim == 2 else F.view(self, (1, -1))
    weights = weighed(fweights, aweights, rows.shape[1])
    mean, freedom = mean_and_freedom(rows, correction, weights, aweights)
    if F.le(freedom, 0).item():
        warnings.warn("cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of "
                      "observations.", UserWarning, stacklevel=3)
        freedom = F.zero_(freedom)
    apart = F.sub(rows, F.unsqueeze(mean, 1))
    weighted = apart if weights is None else F.mul(apart, weights)
    products = F.mm(apart, F.conj(F.t(weighted)))
    if rows.shape[0] == 1 and products._dtype.is_complex:
        real = F.real(products)
        products = F.complex(real, F.zeros_like(real))
    return F.squeeze(F.div(products, freedom))


def corrcoef(self):
    check_rank("corrcoef", self)
    result = F.cov(self)
    if not result.ndim:
        return F.div(result, result)
    deviation = F.sqrt(F.real(F.diagonal(result)))
    result = F.div(F.div(result, F.view(deviation, (-1, 1))), F.view(deviation, (1, -1)))
    if not result._dtype.is_complex:
        return F.clamp(result, -1, 1)
    return F.complex(F.clamp(F.real(result), -1, 1), F.clamp(F.imag(result), -1, 1))


op("cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor", composite=cov)
op("corrcoef(Tensor self) -> Tensor", composite=corrcoef)


def check_sizes(self, size):
    shape = tuple(self.shape)
    fits = len(size) <= len(shape) and all(
        wanted in (1, given) for wanted, given in zip(size[::-1], shape[::-1], strict=False))
    if not fits:
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")


def sum_to_size(self, size):
    """The sum along the dimensions along which what has that size would have to be repeated."""
    check_sizes(self, size)
    if not size:
        return F.sum(self)
    leading = self.ndim - len(size)
    dims = [dim for dim in range(self.ndim) if dim < leading or (size[dim - leading] == 1 != self.shape[dim])]
    if not dims:
        return self
    result = F.sum(self, dims, True)
    return F.view(result, size) if leading else result


op("sum_to_size(Tensor self, SymInt[] size) -> Tensor", composite=sum_to_size, variants="method")
