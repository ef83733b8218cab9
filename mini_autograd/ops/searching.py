"""Unique elements, binary search and counting."""

import warnings

from mini_autograd import dtypes, errors
from mini_autograd.backward.arithmetic import undifferentiable
from mini_autograd.dtypes import COMPLEX, FLOAT
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import as_is, family, op, same
from mini_autograd.op.forward import has_tangent
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.support import BOOL, only, unimplemented

# Unique elements.


def refuse_tangent(self, name):
    """torch refuses a dual before it looks at its sizes."""
    if has_tangent(self):
        raise errors.no_forward_mode(name)


def wanted(outputs, return_inverse, return_counts):
    """The first output alone, or with those of the others that were asked for."""
    values, inverse, counts = outputs
    more = ((inverse,) if return_inverse else ()) + ((counts,) if return_counts else ())
    return (values, *more) if more else values


def unique(self, sorted, return_inverse, return_counts, dim):
    flags = return_inverse, return_counts
    refuse_tangent(self, "_unique2" if dim is None else "unique_dim")
    if dim is None:
        return wanted(F._unique2(self, sorted, *flags), *flags)
    return wanted(F.unique_dim(self, dim, sorted, *flags), *flags)


def unique_consecutive(self, return_inverse, return_counts, dim):
    flags = return_inverse, return_counts
    refuse_tangent(self, "unique_consecutive")
    if dim is None:
        return wanted(F._unique_consecutive(self, *flags), *flags)
    return wanted(F.unique_dim_consecutive(self, dim, *flags), *flags)


REFUSAL = "so unique cannot be applied"


def check_slices(self, dim, *rest):
    if not self._array.ndim:
        raise errors.no_dimensions(dim)
    at = wrap_dim(dim, self._array.ndim)
    empty = self._array.shape.count(0)
    if self._array.shape[at] == 0:
        if empty > 1:
            raise RuntimeError(f"Number of zero sized dimensions is more than one, {REFUSAL} ")
    elif empty:
        raise RuntimeError(f"There are 0 sized dimensions, and they aren't selected, {REFUSAL}")


unique_elements = family(dtype=only(same, unimplemented("unique", COMPLEX)), variants="internal",
    result=(None, dtypes.int64, dtypes.int64))
unique_slices = family(dtype=only(same, unimplemented("unique_dim", COMPLEX)), variants="internal",
    check=check_slices, result=(None, dtypes.int64, dtypes.int64))

unique_elements("_unique2(Tensor self, bool sorted=True, bool return_inverse=False, "
    "bool return_counts=False) -> (Tensor, Tensor, Tensor)", kernel.unique2, grad_fn="Unique2Backward0",
    variants="function", self = undifferentiable("_unique2"))
unique_elements("_unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False) -> "
    "(Tensor, Tensor, Tensor)", kernel.unique_consecutive, grad_fn="UniqueConsecutiveBackward0",
    self = undifferentiable("unique_consecutive"))
unique_slices("unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, "
    "bool return_counts=False) -> (Tensor, Tensor, Tensor)", kernel.unique_dim,
    self = undifferentiable("unique_dim"))
unique_slices("unique_dim_consecutive(Tensor self, int dim, bool return_inverse=False, "
    "bool return_counts=False) -> (Tensor, Tensor, Tensor)", kernel.unique_dim_consecutive,
    grad_fn="UniqueConsecutiveBackward0",
    self = undifferentiable("unique_consecutive"))

op("unique(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False, "
    "int? dim=None) -> Tensor", composite=unique)
op("unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, "
    "int? dim=None) -> Tensor", composite=unique_consecutive)

# Binary search.


def check_search(sorted_sequence, self, out_int32, right, side, sorter):
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if sorter is not None and sorter._dtype is not dtypes.int64:
        raise RuntimeError("torch.searchsorted(): sorter must be a tensor of long dtype but got dtype "
                           f"{sorter._dtype.legacy}")
    if right and side == "left":
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right "
            "was "
            "True")
    for word, tensor in (("input value", self), ("boundary", sorted_sequence), ("sorter", sorter)):
        if tensor is not None and not tensor._array.flags.c_contiguous:
            warnings.warn(
                f"torch.searchsorted(): {word} tensor is non-contiguous, this will lower the performance due "
                "to extra data copy when converting non-contiguous tensor to contiguous, please use contiguous "
                f"{word} tensor if possible. This message will only appear once per program.",
                UserWarning, stacklevel=2)
    sequence, values = sorted_sequence._array.shape, self._array.shape
    if not values and len(sequence) != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({len(sequence)}) and input value's dim(0) numel(1)")
    if not sequence:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if len(sequence) != 1 and (len(sequence) != len(values) or sequence[:-1] != values[:-1]):
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            "boundaries tensor and input value tensor must match, but we got boundaries tensor "
            f"{list(sequence)} and input value tensor {list(values)}")


def search_dtype(sorted_sequence, self):
    for tensor in (sorted_sequence, self):
        if tensor._dtype.category in (BOOL, COMPLEX):
            raise errors.not_implemented("searchsorted_out_cpu", tensor._dtype)
    return dtypes.promote_types(sorted_sequence._dtype, self._dtype)


def searchsorted(sorted_sequence, self, *options):
    kind = search_dtype(sorted_sequence, self)
    return F._searchsorted(F.to(sorted_sequence, kind), F.to(self, kind), *options)


def number_like(value, tensor):
    whole = tensor.dtype.category >= FLOAT or isinstance(value, int)
    return F.scalar_tensor(value, **options_of(tensor, None if whole else dtypes.DEFAULT.float))


def searchsorted_number(sorted_sequence, self, *options):
    return searchsorted(sorted_sequence, number_like(self, sorted_sequence), *options)


def bucketize(self, boundaries, out_int32, right):
    if boundaries._array.ndim != 1:
        raise RuntimeError(
            "boundaries tensor must be 1 dimension, but got "
            f"dim({boundaries._array.ndim})")
    return searchsorted(boundaries, self, out_int32, right, None, None)


def bucketize_number(self, boundaries, *options):
    return bucketize(number_like(self, boundaries), boundaries, *options)


op("_searchsorted(Tensor sorted_sequence, Tensor self, bool out_int32, bool right, str? side, Tensor? "
    "sorter) -> "
    "Tensor", kernel.searchsorted, dtype=as_is, check=check_search, variants="internal")
op("searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, "
    "str? side=None, Tensor? sorter=None) -> Tensor", composite=searchsorted, variants="function")
op("searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, "
    "str? side=None, Tensor? sorter=None) -> Tensor", composite=searchsorted_number, variants="function")
op("bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
    composite=bucketize, variants="function")
op("bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
    composite=bucketize_number, variants="function")

# Counting.


def check_counts(self, weights, minlength):
    if self._dtype.category != dtypes.INT:
        raise errors.not_implemented("bincount_cpu", self._dtype)
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if self._array.ndim != 1 or (self._array.size and F.amin(self)._array < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights._array.shape != self._array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")


def check_bins(self, bins, min, max):
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    for bound in (min, max):
        F.scalar_tensor(float(bound), dtype=self._dtype)
    if min > max:
        raise RuntimeError("torch.histc: max must be larger than min")


op("bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor", kernel.bincount, dtype=as_is,
    check=check_counts)
def histogram_dtype(self, bins, min, max):
    kind = self._dtype
    if kind.category == FLOAT:
        return kind
    name = "histogram_cpu"
    if kind.category == BOOL:
        name = "linspace_cpu"
    elif kind.category == COMPLEX and min == max:
        name = "aminmax_cpu"
    raise errors.not_implemented(name, kind)


op("histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor", kernel.histc, check=check_bins,
    dtype=histogram_dtype)
