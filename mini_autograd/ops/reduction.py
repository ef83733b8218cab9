"""Reductions over dimensions: sums, extrema, logic, moments."""

import warnings

from mini_autograd import dtypes, errors
from mini_autograd.backward.reduction import (
    aminmax_backward,
    aminmax_jvp,
    extremum_backward,
    extremum_jvp,
    indexed_jvp,
    logsumexp_backward,
    logsumexp_jvp,
    mean_backward,
    prod_backward,
    prod_dim_backward,
    prod_dim_jvp,
    prod_jvp,
    selected_all_backward,
    selected_all_jvp,
    std_backward,
    std_jvp,
    std_mean_backward,
    std_mean_jvp,
    sum_backward,
    var_backward,
    var_jvp,
    var_mean_backward,
    var_mean_jvp,
)
from mini_autograd.dtypes import COMPLEX, FLOAT, dtype
from mini_autograd.errors import not_implemented
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import as_is, op, same, to_float
from mini_autograd.op.rules import accumulating, wrap_dim, wrap_dims
from mini_autograd.op.support import HALF, by_out, only, refused, unimplemented
from mini_autograd.ops.unrecorded import of_one_element

# Checks and dtypes.


def check_dims(self, dim, *rest):
    if dim is not None:
        wrap_dims(dim, self._array.ndim)


def check_dim(self, dim, *rest):
    wrap_dim(dim, self._array.ndim)


def accumulating_dim(self, dim, keepdim, dtype):
    return accumulating(self, dtype)


def real_accumulating(self, dim, keepdim, dtype):
    if self._dtype.is_complex:
        raise RuntimeError("nansum on CPU does not support complex inputs")
    kind = accumulating(self, dtype)
    if kind.is_complex:
        raise not_implemented("nansum_cpu", kind)
    return kind


def averaging(self, dtype):
    kind = dtype or self._dtype
    if kind.category < FLOAT:
        source = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {source} dtype must be either a floating point or "
            f"complex dtype. Got: {kind.legacy}")
    return kind


def averaging_dim(self, dim, keepdim, dtype):
    return averaging(self, dtype)


def check_mean(self, dim, keepdim, dtype):
    averaging(self, dtype)
    check_dims(self, dim)


# Sums and products.

op("sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    kernel.sum, strict=True,
    dtype=accumulating_dim, check=check_dims, jvp="linear", grad_fn="SumBackward1",
    self = lambda grad, self_sym_sizes, dim, keepdim: sum_backward(grad, self_sym_sizes, dim, keepdim))

op("sum(Tensor self, *, ScalarType? dtype=None) -> Tensor", kernel.sum_all, strict=True, dtype=accumulating, jvp="linear",
    self = lambda grad, self_sym_sizes: F.expand(grad, self_sym_sizes))

op("nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    kernel.nansum,
    dtype=real_accumulating, check=check_dims,
    jvp=lambda self_t, self, dim, keepdim: F.sum(F.where(F.isnan(self), 0, self_t), dim, keepdim),
    self = lambda grad, self, dim, keepdim:
        sum_backward(grad, tuple(self.shape), dim, keepdim) * F.logical_not(F.isnan(self)))

op("mean(Tensor self, *, ScalarType? dtype=None) -> Tensor", kernel.mean_all, strict=True, dtype=averaging, jvp="linear",
    below=by_out("sum"),
    self = lambda grad, self_sym_sizes, self_sym_numel:
        F.div_scalar(F.expand(grad, self_sym_sizes), self_sym_numel))

op("mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", kernel.mean, strict=True,
    dtype=averaging_dim, check=check_mean, jvp="linear", grad_fn="MeanBackward1", below=by_out("sum", check_mean),
    self = lambda grad, self_sym_sizes, self_sym_numel, dim, keepdim:
        mean_backward(grad, self_sym_sizes, dim, keepdim))


def nanmean(self, dim, keepdim, dtype):
    if self._dtype.category < FLOAT:
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {self._dtype.legacy}")
    total = F.nansum(self, dim, keepdim, dtype=dtype)
    return F.div(total, F.sum(F.logical_not(F.isnan(self)), dim, keepdim))


op("nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    composite=nanmean)

op("prod(Tensor self, *, ScalarType? dtype=None) -> Tensor", kernel.prod_all, strict=True, dtype=accumulating,
    jvp=prod_jvp,
    self = lambda grad, self, result: prod_backward(grad, F.to(self, grad.dtype), result))

op("prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", kernel.prod, strict=True,
    dtype=accumulating_dim, check=check_dim, jvp=prod_dim_jvp, grad_fn="ProdBackward1",
    self = lambda grad, self, result, dim, keepdim:
        prod_dim_backward(grad, F.to(self, grad.dtype), result, dim, keepdim))

# Extrema.


def check_not_empty(name, self, dim):
    """IndexError for extrema along a dimension without elements."""
    ndim = self._array.ndim
    for one in () if dim is None else dim:
        if ndim and self._array.shape[wrap_dim(one, ndim)] == 0:
            raise IndexError(f"{name}: Expected reduction dim {one} to have non-zero size.")


def check_extremum(name):
    def check(self, dim, *rest):
        if self._array.size == 0:
            if not dim:
                raise RuntimeError(
                    f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
                    "reduction dim with the 'dim' argument.")
            check_not_empty(f"{name}()", self, dim)
        wrap_dims(dim, self._array.ndim)

    return check


def check_extremum_all(name):
    check = check_extremum(name)
    return lambda self: check(self, None)


def check_extremum_dim(name):
    def check(self, dim, *rest):
        if dim is not None:
            shape = self._array.shape
            at = wrap_dim(dim, len(shape))
            if shape and shape[at] == 0:
                raise IndexError(f"{name}: Expected reduction dim {at} to have non-zero size.")

    return check


def check_index(name):
    along = check_extremum_dim(f"{name}()")

    def check(self, dim, keepdim):
        if self._dtype.is_complex or self._dtype is dtypes.bool:
            kind = "bool" if self._dtype is dtypes.bool else "complex"
            raise RuntimeError(f"{name}(): does not support {kind} input")
        if dim is None and self._array.size == 0:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        along(self, dim)

    return check


def check_aminmax(self, dim, keepdim):
    if dim is None and self._array.size == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.")
    check_extremum_dim("aminmax")(self, dim)


for name, values in (("amax", "max_values_cpu"), ("amin", "min_values_cpu")):
    op(f"{name}(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", getattr(kernel, name),
        dtype=only(same, unimplemented(values, COMPLEX)), check=check_extremum(name), jvp=extremum_jvp,
        self = lambda grad, self, result, dim, keepdim: extremum_backward(grad, self, result, dim, keepdim))

op("aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)", kernel.aminmax,
    dtype=only(same, unimplemented("aminmax_cpu", COMPLEX)), check=check_aminmax,
    jvp=lambda self_t, self, dim, keepdim, min, max:
        aminmax_jvp(self_t, self, dim, keepdim, min, max),
    self = lambda grads, self, dim, keepdim, min, max: aminmax_backward(grads, self, dim, keepdim, min, max))

for name, other in (("max", "maximum"), ("min", "minimum")):
    op(f"{name}.other(Tensor self, Tensor other) -> Tensor",
        composite=lambda self, other, name=other: getattr(F, name)(self, other))

    op(f"{name}.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
        getattr(kernel, f"{name}_dim"), check=check_extremum_dim(f"{name}()"), result=(None, dtypes.int64),
        below=of_one_element(lambda *args, name=name: getattr(F, name)(*args), lambda values, self: F.fill_(values, self),
            several=2),
        dtype=only(same, refused(RuntimeError, f"{name}(): does not support complex input", COMPLEX)),
        jvp=lambda self_t, dim, keepdim, indices: (indexed_jvp(self_t, dim, indices, keepdim), None),
        self = lambda grad, self_sym_sizes, dim, keepdim, indices:
            F.value_selecting_reduction_backward(grad, dim, indices, self_sym_sizes, keepdim))

    op(f"{name}(Tensor self) -> Tensor", getattr(kernel, f"{name}_all"), check=check_extremum_all(name),
        dtype=only(same, unimplemented(f"{name}_all", COMPLEX)), grad_fn=f"{name.title()}Backward1",
        jvp=selected_all_jvp,
        self = lambda grad, self, result: selected_all_backward(grad, self, result))

    op(f"arg{name}(Tensor self, int? dim=None, bool keepdim=False) -> Tensor", getattr(kernel, f"arg{name}"),
        check=check_index(f"arg{name}"), result=dtypes.int64)

# Logic and counting.


def truth(kind):
    return kind if kind is dtypes.uint8 else dtypes.bool


for name in ("any", "all"):
    op(f"{name}.dim(Tensor self, int dim, bool keepdim=False) -> Tensor", getattr(kernel, f"{name}_dim"),
        check=check_dim, result=truth)
    op(f"{name}.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
    getattr(kernel, f"{name}_dims"),
        check=check_dims, result=truth)
    op(f"{name}(Tensor self) -> Tensor", getattr(kernel, f"{name}_all"), result=truth)

op("count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor", kernel.count_nonzero, check=check_dims,
    dtype=as_is)
op("count_nonzero(Tensor self, int? dim=None) -> Tensor",
    composite=lambda self, dim: F.count_nonzero(self, () if dim is None else (dim,)))

# Moments.


def moment(name, refusal="std and var only support"):
    """Checks dtype and dimensions; warns where no degrees of freedom are left."""

    def check(self, dim, correction, keepdim):
        if self._dtype.category < FLOAT:
            raise RuntimeError(f"{refusal} floating point and complex dtypes")
        check_dims(self, dim)
        if kernel.reduced_count(self._array, dim) > (1 if correction is None else correction):
            return
        for _ in range(2 if self._dtype.is_complex else 1):  # for real and imaginary parts
            warnings.warn(
                f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the "
                "reduction factor (input numel divided by output numel).", UserWarning, stacklevel=2)

    return check


real = dtype.to_real

MOMENTS = (
    ("var", "Tensor", "function method"), ("std", "Tensor", "function method"),
    ("var_mean", "(Tensor, Tensor)", "function"), ("std_mean", "(Tensor, Tensor)", "function"),
)

for name, returns, variants in MOMENTS:
    op(f"{name}.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> {returns}",
        composite=lambda self, dim, unbiased, keepdim, name=name:
            getattr(F, name)(self, dim, correction=int(unbiased), keepdim=keepdim), variants=variants)

def moment_below(name):
    """torch has a way of its own to one number, which adds up by a variant with ``out=``."""
    def below(self, dim, correction, keepdim):
        made = getattr(F, name)(F.detach(self), dim, correction=correction, keepdim=keepdim)
        if made._array.size == 1 and self._array.size and not self._dtype.is_complex and self._dtype not in HALF:
            raise errors.no_derivative_of_out("sum")
        return made

    return below


op("var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
    kernel.var, check=moment("var"), result=real, jvp=var_jvp, below=moment_below("var"),
    self = lambda grad, self, dim, correction, keepdim: var_backward(grad, self, dim, correction, keepdim))

op("std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
    kernel.std, check=moment("std"), result=real, jvp=std_jvp, below=moment_below("std"),
    self = lambda grad, self, result, dim, correction, keepdim:
        std_backward(grad, self, result, dim, correction, keepdim))

op("var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> "
    "(Tensor, Tensor)", kernel.var_mean, check=moment("var_mean", "var_mean only support"),
    result=(real, None),
    jvp=var_mean_jvp, variants="function",
    self = lambda grads, self, dim, correction, keepdim:
        var_mean_backward(grads, self, dim, correction, keepdim))

op("std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> "
    "(Tensor, Tensor)", kernel.std_mean, check=moment("std_mean", "std_mean only support"),
    result=(real, None),
    jvp=std_mean_jvp, variants="function",
    self = lambda grads, self, result0, dim, correction, keepdim:
        std_mean_backward(grads, self, result0, dim, correction, keepdim))

for name, returns, variants in MOMENTS:
    op(f"{name}(Tensor self, bool unbiased=True) -> {returns}", variants=variants,
        composite=lambda self, unbiased, name=name: getattr(F, name)(self, None, correction=int(unbiased)))


def check_logsumexp(self, dim, keepdim):
    wrap_dims(dim, self._array.ndim)
    if not dim and not keepdim and self._array.ndim and self._array.size:
        # torch leaves the dimensions in where none is named.
        shape = [1] * self._array.ndim
        raise RuntimeError(f"output with shape [] doesn't match the broadcast shape {shape}")


op("logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor", kernel.logsumexp, dtype=to_float,
    check=check_logsumexp, jvp=logsumexp_jvp, below=by_out("logsumexp"),
    self = lambda grad, self, result, dim, keepdim: logsumexp_backward(grad, self, result, dim, keepdim))
