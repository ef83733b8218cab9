"""Custom Functions: an operation with a derivative of one's own.

See https://pytorch.org/docs/stable/notes/extending.html, "Extending torch.autograd".
"""

from mini_autograd.autograd.function.context import FunctionCtx
from mini_autograd.autograd.function.function import Function, InplaceFunction
from mini_autograd.autograd.function.nested import NestedIOFunction
from mini_autograd.autograd.function.node import BackwardCFunction, FunctionMeta
from mini_autograd.autograd.function.once import once_differentiable

__all__ = [
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "FunctionMeta",
    "InplaceFunction",
    "NestedIOFunction",
    "once_differentiable",
]

for _public in (BackwardCFunction, Function, FunctionCtx, FunctionMeta, InplaceFunction, NestedIOFunction):
    _public.__module__ = "torch.autograd.function"
