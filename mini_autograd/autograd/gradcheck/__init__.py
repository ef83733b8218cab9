"""Checks of derivatives against differences. See https://pytorch.org/docs/stable/autograd.html#module-torch.autograd.gradcheck."""

from mini_autograd.autograd.gradcheck.check import gradcheck, gradgradcheck
from mini_autograd.autograd.gradcheck.legacy import (
    get_analytical_jacobian,
    get_numerical_jacobian,
    get_numerical_jacobian_wrt_specific_input,
)
from mini_autograd.autograd.gradcheck.message import GradcheckError

__all__ = [
    "GradcheckError",
    "get_analytical_jacobian",
    "get_numerical_jacobian",
    "get_numerical_jacobian_wrt_specific_input",
    "gradcheck",
    "gradgradcheck",
]
