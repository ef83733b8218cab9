"""What torch has in ``torch.utils``."""

from mini_autograd.utils import checkpoint, dlpack

__all__ = ["checkpoint", "dlpack"]
