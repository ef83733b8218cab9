"""Dual tensors for forward mode: attaching a tangent, and looking past it."""

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.graph.tangent import attach
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op
from mini_autograd.op.forward import has_tangent, laid_like


def make_dual(primal, tangent, level):
    dual = primal.view_as(primal)
    dual._array = kernel.alias(primal._array)  # a view by name, but with the strides of the tensor itself
    # Inference mode is without forward mode too, and inference tensors alone never come to it.
    if modes.current().inference or (primal._inference and tangent._inference):
        return dual
    if has_tangent(primal):
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not "
            "supported."
        )
    if has_tangent(tangent):
        raise errors.nested_tangent()
    if tangent._array.shape != primal._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(primal._array.shape)} while the given forward gradient is of size "
            f"{list(tangent._array.shape)}."
        )
    attach(dual, laid_like(tangent, primal))
    return dual


op(
    "_make_dual(Tensor(a) primal, Tensor tangent, int level=0) -> Tensor(a)",
    composite=make_dual,
    variants="internal",
)
op(
    "_fw_primal(Tensor(a) self, int level=0) -> Tensor(a)",
    lambda self, level: self.view(),
    jvp="zero",
    grad_fn="torch::autograd::Identity",
    variants="internal",
    self=lambda grad: grad,
)
