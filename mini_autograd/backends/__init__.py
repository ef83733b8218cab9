"""What torch has in ``torch.backends``, as far as this library has what it is about."""

from mini_autograd.backends import cuda, cudnn
