"""What a program asks of kernels as a whole: how exact, and whether always the same."""

from __future__ import annotations

from mini_autograd.kernels import accelerator

PRECISIONS = ("highest", "high", "medium")


class Cudnn:
    """What is asked of cuDNN: whether to use it, to measure its algorithms first, to take only those that give the same
    bits each time, and to compute in TensorFloat32 with float32 operands."""

    def __init__(self) -> None:
        self.enabled = True
        self.benchmark = False
        self.deterministic = False
        self.allow_tf32 = True


class Settings:
    """What is asked now. ``deterministic``: kernels that give other bits from run to run raise an error, or warn where
    ``warn_only``."""

    def __init__(self) -> None:
        self.matmul_precision = "highest"
        self.deterministic = False
        self.warn_only = False
        self.cudnn = Cudnn()


SETTINGS = Settings()


def set_matmul_precision(precision: str) -> None:
    """Let products of float32 matrices be computed in TensorFloat32, unless they are to be of ``highest`` precision."""
    SETTINGS.matmul_precision = precision
    accelerator.when_started(apply)


def allows_tf32() -> bool:
    return SETTINGS.matmul_precision != "highest"


def apply() -> None:
    """Tell the array library."""
    backend = accelerator.load()
    if backend is None or backend.emulated:
        return
    from cupy._core import _routines_linalg as linalg

    chosen = linalg.COMPUTE_TYPE_TF32 if allows_tf32() else linalg.COMPUTE_TYPE_DEFAULT
    linalg.set_compute_type("f", chosen)
