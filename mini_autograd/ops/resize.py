"""Other shapes over the same memory, in place."""

from mini_autograd import layouts
from mini_autograd.graph import modes
from mini_autograd.graph.mutation import about_to_write
from mini_autograd.graph.version import count_write
from mini_autograd.op.bits import check_mutable
from mini_autograd.op.declare import op
from mini_autograd.op.resize import resize, warn_resized
from mini_autograd.tensor import BITS, requires_grad


def check_constant(self):
    if requires_grad(self) and not modes.current().inference:
        raise RuntimeError("cannot resize variables that require grad")


def resize_(self, size, memory_format):
    check_constant(self)
    if any(length < 0 for length in size):
        raise RuntimeError("numel: integer multiplication overflow")
    if memory_format is layouts.preserve_format:
        raise RuntimeError("Unsupported memory formatPreserve")
    if memory_format is layouts.channels_last and len(size) != 4:
        raise RuntimeError("required rank 4 tensor to use channels_last format")
    if self._array.shape != tuple(size):
        about_to_write(self)
        resize(self, tuple(size))
        count_write(self)
    return self


def resize_as_(self, the_template, memory_format):
    check_constant(self)
    check_mutable(self)
    shape = the_template._array.shape
    if self._marks & BITS:  # torch resizes a copy without bits, and then this like an output
        warn_resized(self._array, shape, 6)
    return resize_(self, shape, memory_format)


op("resize_(Tensor(a!) self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
   composite=resize_, variants="method")
op("resize_as_(Tensor(a!) self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
   composite=resize_as_)
