"""New tensors: of one value, of a range, like another, and simple matrices."""

import warnings
from functools import partial
from itertools import product

from mini_autograd import dtypes
from mini_autograd.dtypes import DEFAULT
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared.number import C_NAMES
from mini_autograd.op.factory import create
from mini_autograd.tensor import TensorBase


def of_value(size, fill_value):
    return dtypes.of_scalar(fill_value)


def of_range(*bounds):
    return DEFAULT.float if any(isinstance(value, float) for value in bounds) else dtypes.int64


def is_complex(value):
    return value._dtype.is_complex if isinstance(value, TensorBase) else isinstance(value, complex)


def of_bounds(start, end, *rest):
    return DEFAULT.complex if is_complex(start) or is_complex(end) else DEFAULT.float


def check_bounds(name, start, end, *rest):
    dtype = rest[-1]
    inferred = of_bounds(start, end)
    if inferred.is_complex and not dtype.is_complex:
        kind = C_NAMES[inferred.name]
        raise RuntimeError(
            f"torch.{name}(): inferred dtype {kind} can't be safely cast to passed dtype {dtype.legacy}")


def warn_of_range(*bounds):
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent "
        "with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        UserWarning, stacklevel=2)


def of_indices(*args):
    return dtypes.int64


# Of one value.

create("zeros(SymInt[] size", kernel.zeros_checked, out="out")
create("ones(SymInt[] size", kernel.all_ones, out="out")
create("full(SymInt[] size, Scalar fill_value", kernel.full, dtype=of_value, out="out")
create("empty.memory_format(SymInt[] size", kernel.empty, memory_format=True, out="out")
create("empty_strided(SymInt[] size, SymInt[] stride", kernel.empty_strided_checked)
create("empty_permuted(SymInt[] size, int[] physical_layout", kernel.empty_permuted)
create("scalar_tensor(Scalar s", kernel.scalar_tensor)

# Like another tensor.

create("zeros_like(Tensor self", kernel.zeros_like, memory_format=True)
create("ones_like(Tensor self", kernel.ones_like, memory_format=True)
create("full_like(Tensor self, Scalar fill_value", kernel.full_like, memory_format=True)
create("empty_like(Tensor self", kernel.empty_like, memory_format=True)

for name in ("zeros", "ones", "empty"):
    create(f"new_{name}(Tensor self, SymInt[] size", getattr(kernel, f"new_{name}"), variants="method")
create("new_full(Tensor self, SymInt[] size, Scalar fill_value", kernel.new_full, variants="method")
create("new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride", kernel.new_empty_strided,
       variants="method")

# Ranges.

create("arange(Scalar end", lambda end, dtype: kernel.arange(0, end, 1, dtype), dtype=of_range, out="out")
create("arange.start(Scalar start, Scalar end", lambda start, end, dtype: kernel.arange(start, end, 1, dtype),
       dtype=of_range)
create("arange.start_step(Scalar start, Scalar end, Scalar step=1", kernel.arange, dtype=of_range,
       out="start_out")
create("range.step(Scalar start, Scalar end, Scalar step=1", kernel.range_inclusive, out="out",
       check=warn_of_range)

for name, more in (("linspace", ""), ("logspace", ", float base=10.")):
    for start, end in product(("Tensor", "Scalar"), repeat=2):
        create(f"{name}.{start}_{end}({start} start, {end} end, int steps{more}", getattr(kernel, name),
               dtype=of_bounds, out=f"{start}_{end}_out", check=partial(check_bounds, name))


# Matrices.

create("eye(SymInt n", lambda n, dtype: kernel.eye(n, None, dtype), out="out")
create("eye.m(SymInt n, SymInt m", kernel.eye, out="m_out")
create("tril_indices(int row, int col, int offset=0", kernel.tril_indices, dtype=of_indices, default="long")
create("triu_indices(int row, int col, int offset=0", kernel.triu_indices, dtype=of_indices, default="long")
