"""Derivatives of arbitrary functions of tensors. See https://pytorch.org/docs/stable/autograd.html."""

from mini_autograd.autograd import anomaly_mode, forward_ad, function, functional, grad_mode, graph, profiler
from mini_autograd.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from mini_autograd.autograd.differentiate import backward, grad
from mini_autograd.autograd.function import Function
from mini_autograd.autograd.grad_mode import (
    enable_grad,
    enforce_grad_layout_policy,
    inference_mode,
    is_grad_enabled,
    is_multithreading_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from mini_autograd.autograd.gradcheck.check import gradcheck, gradgradcheck
from mini_autograd.autograd.variable import Variable

__all__ = [
    "Function",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "enforce_grad_layout_policy",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_grad_enabled",
    "is_multithreading_enabled",
    "no_grad",
    "profiler",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
]
