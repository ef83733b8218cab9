"""What torch has in ``torch.utils``."""

from mini_autograd.utils import checkpoint

__all__ = ["checkpoint"]
