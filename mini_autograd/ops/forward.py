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
        raise errors.tangent_of_another_size(primal._array.shape, tangent._array.shape)
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
