"""Products with and whole Jacobians and Hessians. See https://pytorch.org/docs/stable/autograd.html#functional-api."""

from mini_autograd.autograd.functional.jacobian import hessian, jacobian
from mini_autograd.autograd.functional.product import hvp, jvp, vhp, vjp

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
