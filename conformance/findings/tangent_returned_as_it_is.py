"""An assertion of torch fails where a `jvp` returns the tangent that it is given, of a tensor set since (torch 2.13).

The memory of the primal is larger than what it shows, and so is that of its tangent, which torch lays out alike. The
result of the function has memory of its own size. torch would lay out the tangent anew for it, but takes it for that of
a view: "!this_view_meta->has_fw_view() INTERNAL ASSERT FAILED". All calls are allowed, and where the `jvp` returns a
copy, or neither the primal nor its tangent is of a class of one's own, nothing fails.
"""

import sys
from typing import Any

import torch
from torch.autograd import forward_ad


class Named(torch.Tensor):  # type: ignore[misc]
    pass


class Copied(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    def jvp(ctx: Any, tangent: torch.Tensor) -> torch.Tensor:
        return tangent


def shown() -> str | None:
    """What torch says; None where it does what was asked."""
    x = torch.ones(3, 3).as_subclass(Named)
    x.set_(x, 1, (8,))
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, torch.ones(8))
        try:
            Copied.apply(dual)
        except RuntimeError as error:
            return str(error).splitlines()[0] if "INTERNAL ASSERT FAILED" in str(error) else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
