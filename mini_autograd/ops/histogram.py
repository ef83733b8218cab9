"""Histograms of numbers and of points, and which numbers are among others."""

from mini_autograd import dtypes
from mini_autograd.backward.arithmetic import not_implemented
from mini_autograd.dtypes import BOOL, COMPLEX, INT
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, promote, same
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import HALF, only, unimplemented
from mini_autograd.return_types import return_type

# fmt: off

# -- Checks --------------------------------------------------------------------------------------------------


def word(tensor):
    return tensor._dtype.legacy.lower()


def check_edges(self, bins, columns):
    if len(bins) != columns:
        raise RuntimeError(f"torch.histogramdd: expected {columns} sequences of bin edges for a {columns}-dimensional "
                           f"histogram but got {len(bins)}")
    for dim, edges in enumerate(bins):
        if edges._dtype is not self._dtype:
            raise RuntimeError(
                "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype "
                f"{word(self)} and bins for dimension {dim} with dtype {word(edges)}")
        if edges._array.ndim != 1:
            raise RuntimeError(
                f"torch.histogramdd: bins tensor should have one dimension, but got {edges._array.ndim} dimensions in "
                f"the bins tensor for dimension {dim}")
        if not edges._array.size:
            raise RuntimeError("torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the "
                               f"bins tensor for dimension {dim}")


def check_weight(self, weight, shape):
    if weight is None:
        return
    if weight._dtype is not self._dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, "
            f"but got input({word(self)}), and weight({word(weight)})")
    given = list(weight._array.shape) if self._array.shape == shape else [weight._array.size]
    if self._array.shape == shape and given != list(shape[:-1]):
        fail_weight(shape, given)


def fail_weight(shape, given):
    raise RuntimeError("torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor "
                       f"excluding its innermost dimension, but got input with shape {list(shape)} and weight with shape "
                       f"{given}")


def check_counts(bins):
    for dim, count in enumerate(bins):
        if count <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {count} for dimension {dim}")


def check_range(range, columns):
    if range is not None and len(range) != 2 * columns:
        raise RuntimeError(f"torch.histogramdd: for a {columns}-dimensional histogram range should have {2 * columns} "
                           f"elements, but got {len(range)}")


def check_flat_weight(self, weight):
    """Of numbers, which are taken for points in one dimension."""
    if weight is not None:
        check_weight(self, weight, None)
        if weight._array.size != self._array.size:
            fail_weight((self._array.size, 1), [weight._array.size])


def check_histogram(self, bins, range, weight, density):
    check_flat_weight(self, weight)
    check_counts([bins])
    check_range(range, 1)


def check_histogram_in(self, bins, weight, density):
    check_edges(self, [bins], 1)
    check_flat_weight(self, weight)
    check_counts([bins._array.size - 1])


# -- Of numbers ----------------------------------------------------------------------------------------------

computed = only(same, unimplemented("histogramdd", BOOL, INT, COMPLEX, HALF))
unrecorded = {"dtype": computed, "grad_fn": NO_DERIVATIVE, "self": not_implemented("histogram")}

op("histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> "
    "(Tensor hist, Tensor bin_edges)", kernel.histogram, check=check_histogram, **unrecorded)
op("histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> "
    "(Tensor hist, Tensor bin_edges)", kernel.histogram_in, check=check_histogram_in, **unrecorded)

# -- Of points -----------------------------------------------------------------------------------------------

op("_histogramdd_bin_edges(Tensor self, int[] bins, float[]? range=None) -> Tensor[]", kernel.histogramdd_edges,
    dtype=computed, variants="internal")
op("_histogramdd_from_bin_tensors(Tensor self, Tensor[] bins, Tensor? weight=None, bool density=False) -> Tensor",
    kernel.histogramdd, dtype=computed, variants="internal")


def columns_of(self):
    if self.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    return self.shape[-1]


def named(hist, edges):
    return return_type("histogramdd", ("hist", "bin_edges"))((hist, tuple(edges)))


def histogramdd(self, bins, range, weight, density):
    columns = columns_of(self)
    if len(bins) != columns:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    check_counts(bins)
    check_range(range, columns)
    check_weight(self, weight, self._array.shape)
    edges = F._histogramdd_bin_edges(self, bins, range)
    return named(F._histogramdd_from_bin_tensors(self, edges, weight, density), edges)


def histogramdd_in(self, bins, range, weight, density):
    check_edges(self, bins, columns_of(self))
    check_weight(self, weight, self._array.shape)
    check_counts([edges.numel() - 1 for edges in bins])
    return named(F._histogramdd_from_bin_tensors(self, bins, weight, density), bins)


REST = "float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)"
op(f"histogramdd(Tensor self, int[] bins, {REST}", composite=histogramdd, variants="function")
op(f"histogramdd.int_bins(Tensor self, int bins, {REST}", variants="function",
    composite=lambda self, bins, range, weight, density: histogramdd(
        self, [bins] * columns_of(self), range, weight, density))
op(f"histogramdd.TensorList_bins(Tensor self, Tensor[] bins, {REST}", composite=histogramdd_in, variants="function")

# -- Among others --------------------------------------------------------------------------------------------


def check_isin(*tensors):
    for one in tensors:
        if one._dtype.category in (BOOL, COMPLEX):
            raise RuntimeError(f"Unsupported input type encountered for isin(): {one._dtype.legacy}")


def isin_number(elements, test_element, assume_unique, invert):
    check_isin(elements, F.scalar_tensor(test_element, dtype=dtypes.of_scalar(test_element)))
    return (F.ne if invert else F.eq)(elements, test_element)


def number_isin(element, test_elements, assume_unique, invert):
    return F.isin(F.scalar_tensor(element, **options_of(test_elements, dtypes.of_scalar(element))), test_elements,
        assume_unique=assume_unique, invert=invert)


FLAGS = "*, bool assume_unique=False, bool invert=False"
op(f"isin.Tensor_Tensor(Tensor elements, Tensor test_elements, {FLAGS}) -> Tensor", kernel.isin, dtype=promote,
    result=dtypes.bool, check=lambda elements, test_elements, *rest: check_isin(elements, test_elements),
    variants="function")
op(f"isin.Tensor_Scalar(Tensor elements, Scalar test_element, {FLAGS}) -> Tensor", composite=isin_number,
    variants="function")
op(f"isin.Scalar_Tensor(Scalar element, Tensor test_elements, {FLAGS}) -> Tensor", composite=number_isin,
    variants="function")
