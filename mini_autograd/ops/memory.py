"""Copies, casts and writes."""

from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import as_is, op, same
from mini_autograd.tensor import alias_of, wrap

op("clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", kernel.clone, opmath=False, jvp="linear",
    self = lambda grad: grad)

op("copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor", kernel.copy, dtype=as_is, grad_fn="CopyBackwards",
    jvp=lambda src_t: src_t, variants="internal", in_place=True,
    self = lambda grad: F.zeros_like(grad),
    src  = lambda grad: grad)

op("zero(Tensor self) -> Tensor", kernel.zero, opmath=False, jvp="zero", variants="internal", in_place=True,
    self = lambda grad: F.zeros_like(grad))

op("_to_copy(Tensor self, *, ScalarType dtype) -> Tensor", lambda self, dtype: self, dtype=lambda self, dtype: dtype,
    opmath=False, jvp="linear", grad_fn="ToCopyBackward0", variants="internal",
    self = lambda grad: grad)

op("detach(Tensor(a) self) -> Tensor(a)", composite=alias_of)


def to(self, dtype, non_blocking, copy, memory_format):
    if dtype is not self._dtype:
        return F._to_copy(self, dtype=dtype)
    return F.clone(self, memory_format=memory_format) if copy else self


op("to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, "
   "MemoryFormat? memory_format=None) -> Tensor(a)", composite=to, variants="method")


def new_empty_strided(self, size, stride, dtype):
    dtype = dtype or self._dtype
    return wrap(kernel.empty_strided(size, stride, dtype), dtype)


op("new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None) -> Tensor",
   composite=new_empty_strided, variants="method")
