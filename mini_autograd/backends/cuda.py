"""What a program asks of matrix products on a GPU."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels import accelerator
from mini_autograd.kernels.settings import SETTINGS, allows_tf32, set_matmul_precision
from mini_autograd.typename import type_name

# Kept only: this library never accumulates in half precision.
FLAGS = {
    "allow_fp16_reduced_precision_reduction": True,
    "allow_bf16_reduced_precision_reduction": True,
    "allow_fp16_accumulation": False,
}


def is_built() -> bool:
    """Whether a GPU would be used if there were one."""
    return accelerator.is_built()


class cuBLASModule:
    """``matmul.allow_tf32 = True`` lets float32 matrices be multiplied in TensorFloat32."""

    def __getattr__(self, name: str) -> Any:
        if name == "allow_tf32":
            return allows_tf32()
        if name == "fp32_precision":
            return {"highest": "none"}.get(SETTINGS.matmul_precision, "tf32")
        if name in FLAGS:
            return FLAGS[name]
        raise AttributeError("Unknown attribute " + name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "allow_tf32":
            if not isinstance(value, bool):
                raise RuntimeError(f"set_allow_tf32_cublas expects a bool, but got {type_name(value)}")
            set_matmul_precision("high" if value else "highest")
        elif name == "fp32_precision":
            set_matmul_precision("high" if value == "tf32" else "highest")
        elif name in FLAGS:
            FLAGS[name] = bool(value)
        else:
            raise AttributeError("Unknown attribute " + name)


matmul = cuBLASModule()
