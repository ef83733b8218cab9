"""New tensors."""

import numpy as np

from mini_autograd.dtypes import DEFAULT
from mini_autograd.op.declare import op
from mini_autograd.tensor import wrap


def zeros(size, dtype):
    dtype = dtype or DEFAULT.float
    return wrap(np.zeros(size, dtype.numpy), dtype)


op("zeros(SymInt[] size, *, ScalarType? dtype=None) -> Tensor", composite=zeros, variants="function")
op("zeros_like(Tensor self) -> Tensor", composite=lambda self: wrap(np.zeros_like(self._array), self._dtype),
   variants="function")
op("ones_like(Tensor self) -> Tensor", composite=lambda self: wrap(np.ones_like(self._array), self._dtype),
   variants="function")
