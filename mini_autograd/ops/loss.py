"""Losses of two tensors, element by element; ``reduction``: 0 for none, 1 for the mean, 2 for the sum."""

from mini_autograd import errors
from mini_autograd.backward import loss as backward
from mini_autograd.dtypes import BOOL, COMPLEX, INT, can_cast
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, promote
from mini_autograd.op.rules import result_type, to_float
from mini_autograd.op.support import by_out, check_constant, no_complex_derivative, only, unimplemented

# fmt: off

loss = family(elementwise=True, variants="nn")


def like_self(grad_output, self, target, *rest):
    """The type of ``self``, to which the others have to be cast."""
    kind = result_type([grad_output, self, target])
    if not can_cast(kind, self._dtype):
        raise errors.cannot_cast(kind.legacy, self._dtype.legacy)
    return self._dtype


gradient = family(elementwise=True, variants="internal", dtype=like_self, promoted=("self",), jvp="pointwise")

PAIR = "Tensor self, Tensor target"


def real(name):
    return only(promote, unimplemented(name, BOOL, INT, COMPLEX))


# -- The mean squared error ----------------------------------------------------------------------------------

loss(f"mse_loss({PAIR}, int reduction=1) -> Tensor", kernel.mse_loss, dtype=real("mse_cpu"),
    jvp=backward.mse_loss_jvp,
    self   = lambda grad, self, target, reduction: F.mse_loss_backward(grad, self, target, reduction),
    target = lambda grad, self, target, reduction: F.mse_loss_backward(grad, target, self, reduction))

gradient(f"mse_loss_backward(Tensor grad_output, {PAIR}, int reduction) -> Tensor", kernel.mse_loss_backward,
    elementwise=False, jvp=backward.mse_loss_backward_jvp,
    grad_output = lambda grad, self, target, reduction: F.mse_loss_backward(grad, self, target, reduction),
    self        = lambda grad, grad_output, self, reduction:
        backward.mse_loss_double_backward(grad * grad_output, reduction, self.numel()),
    target      = lambda grad, grad_output, target, reduction:
        F.neg(backward.mse_loss_double_backward(grad * grad_output, reduction, target.numel())))

# -- The absolute error, and smooth ones ---------------------------------------------------------------------


def reduced(elements, reduction):
    return F.mean(elements) if reduction == 1 else F.sum(elements) if reduction == 2 else elements


op(f"l1_loss({PAIR}, int reduction=1) -> Tensor", variants="nn",
    composite=lambda self, target, reduction: reduced(F.abs(F.sub(self, target)), reduction))


def check_beta(self, target, reduction, beta):
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")


loss(f"smooth_l1_loss({PAIR}, int reduction=1, float beta=1.) -> Tensor", kernel.smooth_l1_loss,
    dtype=real("smooth_l1_cpu"), check=check_beta, jvp=backward.smooth_l1_loss_jvp,
    self   = lambda grad, self, target, reduction, beta:
        F.smooth_l1_loss_backward(grad, self, target, reduction, beta),
    target = lambda grad, self, target, reduction, beta:
        F.smooth_l1_loss_backward(grad, target, self, reduction, beta))

gradient(f"smooth_l1_loss_backward(Tensor grad_output, {PAIR}, int reduction, float beta) -> Tensor",
    kernel.smooth_l1_loss_backward, elementwise=False,
    grad_output = lambda grad, self, target, reduction, beta:
        F.smooth_l1_loss_backward(grad, self, target, reduction, beta),
    self        = lambda grad, grad_output, self, target, reduction, beta:
        backward.smooth_l1_loss_double_backward(grad * grad_output, self, target, reduction, beta),
    target      = lambda grad, grad_output, self, target, reduction, beta:
        F.neg(backward.smooth_l1_loss_double_backward(grad * grad_output, self, target, reduction, beta)))


def huber_dtype(self, target, reduction, delta):
    """The type of the first, to which the other has to be cast."""
    kind = result_type([self, target])
    if not can_cast(kind, self._dtype):
        raise errors.cannot_cast(kind.legacy, self._dtype.legacy)
    return real("huber_cpu")(self, self)


def check_delta(self, target, reduction, delta):
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")


def check_huber_backward(grad_output, self, target, reduction, delta):
    for tensor in (target, grad_output):
        if tensor._dtype is not self._dtype:
            raise RuntimeError(f"Found dtype {tensor._dtype.legacy} but expected {self._dtype.legacy}")


loss(f"huber_loss({PAIR}, int reduction=1, float delta=1.) -> Tensor", kernel.huber_loss, dtype=huber_dtype,
    promoted=("self",), elementwise=False, check=check_delta, jvp=backward.huber_loss_jvp,
    self   = lambda grad, self, target, reduction, delta:
        F.huber_loss_backward(grad, self, target, reduction, delta),
    target = lambda grad, self, target, reduction, delta:
        F.huber_loss_backward(grad, target, self, reduction, delta))

gradient(f"huber_loss_backward(Tensor grad_output, {PAIR}, int reduction, float delta) -> Tensor",
    kernel.huber_loss_backward, elementwise=False, check=check_huber_backward, jvp=None,
    grad_output = lambda grad, grad_output, self, target, reduction, delta:
        backward.of_grad_output(F.huber_loss_backward, grad, grad_output, self, target, reduction, delta),
    self        = lambda grad, grad_output, self, target, reduction, delta:
        backward.huber_loss_double_backward(grad * grad_output, self, target, reduction, delta),
    target      = lambda grad, grad_output, self, target, reduction, delta:
        F.neg(backward.huber_loss_double_backward(grad * grad_output, self, target, reduction, delta)))

# -- The logistic error of a sign ----------------------------------------------------------------------------


def check_sign(self, target, reduction):
    check_constant("soft_margin_loss", "target", target)
    no_complex_derivative("soft_margin_loss")(self)


def check_sign_slopes(grad_output, self, target, reduction):
    check_constant("soft_margin_loss_backward", "target", target)


def soft_margin_dtype(self, target, reduction):
    if self._dtype.category == BOOL:
        F.neg(self)
    kind = to_float(result_type([self, target]))
    if not can_cast(kind, self._dtype):
        raise errors.cannot_cast(kind.legacy, self._dtype.legacy)
    return self._dtype


def soft_margin_jvp(self_t, target_t, self, target, reduction):
    if self_t is None:
        return None
    if target_t is not None:
        raise errors.no_forward_mode("soft_margin_loss_backward")
    return reduced(F.soft_margin_loss_backward(self_t, self, target, 0), reduction)


soft_margin_jvp.takes_none = True  # type: ignore[attr-defined]


loss(f"soft_margin_loss({PAIR}, int reduction=1) -> Tensor", kernel.soft_margin_loss, dtype=soft_margin_dtype, opmath=False,
    check=check_sign, jvp=soft_margin_jvp, below=by_out("soft_margin_loss"),
    self = lambda grad, self, target, reduction: F.soft_margin_loss_backward(grad, self, target, reduction))

gradient(f"soft_margin_loss_backward(Tensor grad_output, {PAIR}, int reduction) -> Tensor",
    kernel.soft_margin_loss_backward, jvp=None, opmath=False, laid=("target", "self"), check=check_sign_slopes,
    grad_output = lambda grad, grad_output, self, target, reduction:
        backward.of_grad_output(F.soft_margin_loss_backward, grad, grad_output, self, target, reduction),
    self        = lambda grad, grad_output, self, target, reduction:
        backward.soft_margin_loss_double_backward(grad * grad_output, self, target, reduction))
