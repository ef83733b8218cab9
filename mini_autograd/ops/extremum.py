"""The larger and the smaller of two tensors, and tensors kept between bounds."""

from mini_autograd.backward import extremum as backward
from mini_autograd.dtypes import can_cast
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, promote
from mini_autograd.op.support import BOOL, COMPLEX, CPP_NAMES, only, refused, unimplemented, with_numbers

# fmt: off

def no_complex(name):
    return only(promote, refused(RuntimeError, f"{name} not implemented for complex tensors.", COMPLEX))


extreme = family(elementwise=True, jvp="pointwise")

extreme("maximum(Tensor self, Tensor other) -> Tensor", kernel.maximum, dtype=no_complex("maximum"),
    jvp=lambda self, other, self_t, other_t, result: backward.shared(
        F.gt(self, other), self, other, self_t, other_t, result),
    self  = lambda grad, self, other: backward.of_extremum(grad, self, other, F.lt(self, other)),
    other = lambda grad, self, other: backward.of_extremum(grad, self, other, F.gt(self, other)))

extreme("minimum(Tensor self, Tensor other) -> Tensor", kernel.minimum, dtype=no_complex("minimum"),
    jvp=lambda self, other, self_t, other_t, result: backward.shared(
        F.lt(self, other), self, other, self_t, other_t, result),
    self  = lambda grad, self, other: backward.of_extremum(grad, self, other, F.gt(self, other)),
    other = lambda grad, self, other: backward.of_extremum(grad, self, other, F.lt(self, other)))

extreme("fmax(Tensor self, Tensor other) -> Tensor", kernel.fmax, dtype=no_complex("fmax"),
    jvp=lambda self, other, self_t, other_t: backward.fmax_jvp(self, other, self_t, other_t),
    self  = lambda grad, self, other: F.masked_fill(grad, F.logical_not(backward.first_of_fmax(self, other)),
    0),
    other = lambda grad, self, other: F.masked_fill(grad, backward.first_of_fmax(self, other), 0))

extreme("fmin(Tensor self, Tensor other) -> Tensor", kernel.fmin, dtype=no_complex("fmin"),
    jvp=lambda self, other, self_t, other_t: backward.either(
        backward.first_of_fmin(self, other), self, other, self_t, other_t),
    self  = lambda grad, self, other: F.masked_fill(grad, F.logical_not(backward.first_of_fmin(self, other)),
    0),
    other = lambda grad, self, other: F.masked_fill(grad, backward.first_of_fmin(self, other), 0))


def check_clamp(self, min, max):
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if self._dtype.is_floating_point and (isinstance(min, complex) or isinstance(max, complex)):
        raise RuntimeError("value cannot be converted to type double without overflow")


def clamped_in(self, min, max):
    if self._dtype.is_complex:
        raise NotImplementedError("clamp is not supported for complex types")
    return CLAMPED[min is not None, max is not None](self, min, max)


CLAMP = refused(NotImplementedError, "clamp is not supported for complex types", COMPLEX)
clamp = family(elementwise=True, jvp="pointwise", in_place="function method")
CLAMPED = {
    (True, True):  only(promote, CLAMP, unimplemented("clamp_cpu", BOOL)),
    (True, False): only(promote, unimplemented("maximum_cpu", COMPLEX)),
    (False, True): only(promote, unimplemented("minimum_cpu", COMPLEX)),
}

clamped_by_number = only(with_numbers, CLAMP)


def written_by_number(self, *limits):
    kind = with_numbers(self, *limits)
    if not can_cast(kind, self._dtype):
        raise RuntimeError(
            f"result type {kind.legacy} can't be cast to the desired output type {CPP_NAMES[self._dtype]}")
    return clamped_by_number(self, *limits)


clamp("clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor", kernel.clamp_tensor,
    dtype=clamped_in, check=check_clamp, aliases=("clip",),
    jvp=lambda self, min, max, self_t, min_t, max_t: backward.clamp_jvp(self, min, max, self_t, min_t, max_t),
    self = lambda grad, self, min, max: backward.clamp_self(grad, self, min, max),
    min  = lambda grad, self, min, max: backward.clamp_to_min(grad, self, min, max),
    max  = lambda grad, self, min, max: backward.clamp_to_max(grad, self, min, max))

for where in ({"dtype": clamped_by_number, "in_place": False},
              {"dtype": written_by_number, "variants": "in place", "in_place": "function method"}):
    clamp("clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", kernel.clamp, **where,
        check=check_clamp, aliases=("clip",), grad_fn="ClampBackward1",
        self = lambda grad, self, min, max: backward.clamp_self(grad, self, min, max))

    clamp("clamp_min(Tensor self, Scalar min) -> Tensor", kernel.clamp_min, **where,
        self = lambda grad, self, min: F.where(F.ge(self, min), grad, 0))

    clamp("clamp_max(Tensor self, Scalar max) -> Tensor", kernel.clamp_max, **where,
        self = lambda grad, self, max: F.where(F.le(self, max), grad, 0))

clamp("clamp_min.Tensor(Tensor self, Tensor min) -> Tensor", kernel.maximum,
    dtype=only(promote, unimplemented("maximum_cpu", COMPLEX)), grad_fn="ClampMinBackward1",
    jvp=lambda self, min, self_t, min_t: backward.chosen(F.ge(self, min), self_t, min_t),
    self = lambda grad, self, min: F.where(F.ge(self, min), grad, 0),
    min  = lambda grad, self, min: F.where(F.lt(self, min), grad, 0))

clamp("clamp_max.Tensor(Tensor self, Tensor max) -> Tensor", kernel.minimum,
    dtype=only(promote, unimplemented("minimum_cpu", COMPLEX)), grad_fn="ClampMaxBackward1",
    jvp=lambda self, max, self_t, max_t: backward.chosen(F.le(self, max), self_t, max_t),
    self = lambda grad, self, max: F.where(F.le(self, max), grad, 0),
    max  = lambda grad, self, max: F.where(F.gt(self, max), grad, 0))
