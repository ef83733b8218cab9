"""What torch has in ``torch.utils.dlpack``. See https://pytorch.org/docs/stable/dlpack.html."""

from mini_autograd.methods.exchange import DLDeviceType, from_dlpack, to_dlpack

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]
