"""Transforms of functions, which nest: derivatives and maps. See https://pytorch.org/docs/stable/func.html."""

from mini_autograd.func.forward import jacfwd, jvp, linearize
from mini_autograd.func.gradient import grad, grad_and_value
from mini_autograd.func.reverse import hessian, jacrev, vjp
from mini_autograd.transform.vmap import vmap

__all__ = ["grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "vjp", "vmap"]
