"""Complex numbers: parts, conjugate, direction, and their real views."""

from mini_autograd import errors
from mini_autograd.backward import complex as backward
from mini_autograd.backward.arithmetic import no_tangent, not_implemented
from mini_autograd.dtypes import COMPLEX, float16, float32, float64
from mini_autograd.graph.modes import current
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, like, op, same
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import by_out
from mini_autograd.tensor import CONJ, NEG
from mini_autograd.warning import WRITING, warn_once

# fmt: off

# -- Real views and parts ------------------------------------------------------------------------------------


def check_complex(self):
    if not self._dtype.is_complex:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    if self._marks & CONJ:
        raise RuntimeError("view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate "
                           "tensor so you can view it as real, use self.resolve_conj(); however, be warned that the "
                           "resulting tensor will NOT alias the original.")


def check_pairs(self):
    if self._dtype not in (float32, float64):
        raise RuntimeError("view_as_complex is only supported for half, float and double tensors, but got a "
                           "tensor of "
                           f"scalar type: {self._dtype.legacy}")


def real(self):
    if not self._dtype.is_complex:
        return self
    parts = F.view_as_real(F._conj(self) if self._marks & CONJ else self)
    return F.select(parts, self._array.ndim, 0)


def imag(self):
    if not self._dtype.is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    parts = F._neg_view(F.view_as_real(F._conj(self))) if self._marks & CONJ else F.view_as_real(self)
    return F.select(parts, self._array.ndim, 1)


view = family(dtype=lambda self: self._dtype, opmath=False, jvp="linear", variants="function")
view("view_as_real(Tensor(a) self) -> Tensor(a)", kernel.view_as_real, result=lambda kind: kind.to_real(),
    check=check_complex,
    self = lambda grad: F.view_as_complex(F.contiguous(grad)))
view("view_as_complex(Tensor(a) self) -> Tensor(a)", kernel.view_as_complex,
    result=lambda kind: kind.to_complex(),
    check=check_pairs,
    self = lambda grad: F.view_as_real(F.resolve_conj(F.contiguous(grad))))
op("real(Tensor(a) self) -> Tensor(a)", composite=real, variants="function")
op("imag(Tensor(a) self) -> Tensor(a)", composite=imag, variants="function")

# -- Conjugates ----------------------------------------------------------------------------------------------

unary = family(dtype=same, elementwise=True)


def conj(self):
    return F._conj(self) if self._dtype.is_complex else self


def conj_physical(self):
    if not self._dtype.is_complex:
        return self
    # Outside inference mode torch writes the conjugate of its tensors into another one, which has no derivative.
    if self._inference and not current().inference:
        return F._conj_physical_into(F.empty((), **options_of(self)), self)
    return F._conj_physical(self)


op("conj(Tensor(a) self) -> Tensor(a)", composite=conj)
op("_conj(Tensor(a) self) -> Tensor(a)", kernel.alias, bits=CONJ, jvp="linear", grad_fn="ConjBackward0",
    self = lambda grad: F.conj(grad))
op("_neg_view(Tensor(a) self) -> Tensor(a)", kernel.alias, bits=NEG, jvp="linear", grad_fn="NegViewBackward0",
    self = lambda grad: F.neg(grad))
op("conj_physical(Tensor self) -> Tensor", composite=conj_physical)
unary("_conj_physical(Tensor self) -> Tensor", kernel.conj_physical, elementwise=like,
    jvp=lambda self_t: F.conj_physical(self_t),
    grad_fn="ConjPhysicalBackward0", variants="internal", in_place=False,
    self = lambda grad: F.conj_physical(grad))
unary("_conj_physical_into(Tensor result, Tensor self) -> Tensor", lambda result, self: kernel.conj_physical(self),
    elementwise=like, laid=("self",), grad_fn=NO_DERIVATIVE, jvp=no_tangent("conj_physical"), variants="internal",
    self = not_implemented("conj_physical"))
unary("conj_physical(Tensor self) -> Tensor", kernel.conj_physical,
    jvp=lambda self_t: F.conj_physical(self_t),
    variants="in place", in_place="function method", grad_fn="ConjPhysicalBackward1",
    self = lambda grad: F.conj_physical(grad))
op("resolve_conj(Tensor(a) self) -> Tensor(a)", composite=lambda self: F.clone(self) if self._marks & CONJ else self)
op("resolve_neg(Tensor(a) self) -> Tensor(a)", composite=lambda self: F.clone(self) if self._marks & NEG else self)

# -- Size and angle ------------------------------------------------------------------------------------------


def angle_type(self):
    return self._dtype if self._dtype.is_differentiable else float32


def check_parts(real, imag):
    kinds = (real._dtype, imag._dtype)
    if any(kind not in (float16, float32, float64) for kind in kinds) or kinds == (float16, float16):
        raise RuntimeError("Expected both inputs to be Half, Float or Double tensors but got "
                           f"{kinds[0].legacy} and {kinds[1].legacy}")
    if kinds[0] is not kinds[1]:
        if kinds[0] is float16:
            warn_of_halves()
        raise RuntimeError("Expected object of scalar type "
                           f"{kinds[0].legacy} but got scalar type {kinds[1].legacy} for second argument")


def warn_of_halves():
    """torch has made the result by then, of the type of the first argument, if it is not an ``out``."""
    if not WRITING:
        warn_once("ComplexHalf support is experimental and many operators don't support it yet.")


def check_polar(abs, angle):
    if abs._dtype is angle._dtype is float16:
        warn_of_halves()
        raise errors.not_implemented("polar_cpu", float16)
    check_parts(abs, angle)


for form, elementwise in (("_angle_real", True), ("_angle_complex", False)):  # only that of reals keeps their strides
    op(f"{form}(Tensor self) -> Tensor", kernel.angle, dtype=angle_type, elementwise=elementwise,
        below=None if elementwise else by_out("angle"),
        result=lambda kind: kind.to_real(), grad_fn="AngleBackward0", variants="internal",
        jvp=lambda self_t, self: backward.angle_jvp(self_t, self),
        self = lambda grad, self: backward.angle(grad, self))
op("angle(Tensor self) -> Tensor",
    composite=lambda self: F._angle_complex(self) if self._dtype.is_complex else F._angle_real(self))

parts = family(dtype=same, elementwise=True, result=lambda kind: kind.to_complex(), variants="function")
parts("complex(Tensor real, Tensor imag) -> Tensor", kernel.complex, check=check_parts, below=by_out("complex"),
    jvp=lambda real, imag, real_t, imag_t: backward.complex_jvp(real, imag, real_t, imag_t),
    real = lambda grad, real: F.real(grad),
    imag = lambda grad, imag: F.imag(grad))
parts("polar(Tensor abs, Tensor angle) -> Tensor", kernel.polar, check=check_polar, below=by_out("polar"),
    jvp=lambda abs_t, angle_t, abs, angle: backward.polar_jvp(abs_t, angle_t, abs, angle),
    joint=(("abs", "angle"), backward.polar))

op("is_complex(Tensor self) -> bool", composite=lambda self: self._dtype.category == COMPLEX)
op("is_conj(Tensor self) -> bool", composite=lambda self: bool(self._marks & CONJ))
op("is_neg(Tensor self) -> bool", composite=lambda self: bool(self._marks & NEG))
