"""One number for many."""

from mini_autograd import dtypes
from mini_autograd.dtypes import COMPLEX
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.rules import wrap_dims
from mini_autograd.op.support import only, unimplemented


def check_hash(self, dim, keepdim, mode):
    if mode != 0:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}")
    shape = self._array.shape
    for one in wrap_dims(dim, len(shape)) if len(shape) and dim else ():
        if not shape[one]:
            raise IndexError(f"hash_tensor: Expected reduction dim {one} to have non-zero size.")


op("hash_tensor(Tensor self, int[1] dim=[], *, bool keepdim=False, int mode=0) -> Tensor", kernel.hash_tensor,
    dtype=only(same, unimplemented("xor_sum_cpu", COMPLEX)), result=dtypes.uint64, opmath=False, check=check_hash)
