"""Copies, casts and writes of whole tensors."""

from mini_autograd import dtypes, errors, layouts
from mini_autograd.devices import CPU
from mini_autograd.devices import device as device_type
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import begin_to_count
from mini_autograd.kernels import accelerator, transfer
from mini_autograd.kernels.accelerator import device_of, number_of, place
from mini_autograd.kernels.lookup import kernel, kernels_of
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.device import device_number
from mini_autograd.op.dispatch import execute
from mini_autograd.op.forward import ZERO
from mini_autograd.tensor import BITS, CONJ, NEG, ZERO_BIT, alias_of
from mini_autograd.warning import warn_discarded

internal = family(dtype=as_is, variants="internal")



def copied(self, result):
    """``result`` as torch makes it where ``clone`` and casts are not recorded: new, and then written over."""
    return F.copy_(result, self) if result._dtype.is_differentiable else result


def cast_anew(self, *rest):
    return copied(self, execute(TO_COPY, [F.detach(self), *rest]))


def copied_anew(self, *rest):
    return copied(self, execute(COPY_ACROSS, [F.detach(self), *rest]))


# Copies and casts -----------------------------------------------------------------------------------------

op("clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", kernel.clone, opmath=False, jvp="linear",
    below=lambda self, memory_format: copied(self, F.clone(F.detach(self), memory_format=memory_format)),
    self = lambda grad: grad)


def cast_back(grad, kind):
    """In the type of what was cast or copied, before it is summed over what that was repeated along."""
    return F.to(grad if kind.is_complex else F.real(grad), kind)


TO_COPY = op("_to_copy(Tensor self, *, ScalarType dtype, bool non_blocking=False, MemoryFormat? memory_format=None) -> Tensor",
    lambda self, dtype, *rest: kernel.to_copy(self, dtype, *rest), dtype=lambda self, dtype, *rest: dtype, promoted=(),
    check=lambda self, dtype, *rest: warn_discarded(self._dtype, dtype, self._array.size), jvp="linear", variants="internal",
    below=lambda self, *rest: cast_anew(self, *rest),
    self = lambda grad, self_info: cast_back(grad, self_info[1]))

# torch has one row for both.
COPY_ACROSS = op("_copy_across(Tensor self, *, ScalarType dtype, Device device, Device _source, bool non_blocking=False, "
    "MemoryFormat? memory_format=None) -> Tensor",
    transfer.copy_across, dtype=lambda self, dtype, *rest: dtype, promoted=(), grad_fn="ToCopyBackward0",
    check=lambda self, dtype, *rest: warn_discarded(self._dtype, dtype, self._array.size), jvp="linear", variants="internal",
    below=lambda self, *rest: copied_anew(self, *rest),
    self = lambda grad, self_info, _source: cast_back(F.to(grad, _source), self_info[1]))


def to(self, dtype=None, non_blocking=False, copy=False, memory_format=None, *, device=None):
    dtype = dtype or self._dtype
    across = device is not None and place(device) != accelerator.number_of(self._array)
    moved = memory_format not in (None, layouts.preserve_format) and not suits(self, memory_format)
    if dtype is self._dtype and not copy and not moved and not across:
        return self
    if not dtype.is_differentiable and not self._layered:  # torch has no rule to detach the rows of a pass
        self = F.detach(self)  # nor is the history of a view looked at, which may have been written over
    if across:
        goal, source = accelerator.placed(device), device_of(self._array)
        return execute(COPY_ACROSS, [self, dtype, goal, source, non_blocking, memory_format])
    return execute(TO_COPY, [self, dtype, non_blocking, memory_format])


def suits(self, memory_format):
    """Whether the tensor lies in memory as asked for; of contiguous memory ``to`` makes no point."""
    return memory_format is layouts.contiguous_format or kernels_of(self._array).is_channels_last(self._array)


def contiguous(self, memory_format):
    if memory_format is layouts.preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    flags = self._array.flags
    alike = flags.c_contiguous if memory_format is layouts.contiguous_format else suits(self, memory_format)
    return self if alike else F.clone(self, memory_format=memory_format)


def type_as(self, other):
    """Bits of an inference tensor are resolved first, as for all that torch has no other way for below the recording."""
    given = F.resolve_neg(F.resolve_conj(self)) if self._inference and self._marks & (CONJ | NEG) else self
    return to(given, other._dtype, device=device_of(other._array))


def cuda(self, device, non_blocking, memory_format):
    if device is not None and device.type != "cuda":
        raise RuntimeError("Invalid device, must be cuda device")
    return to(self, None, non_blocking, False, memory_format, device=device or device_type("cuda"))


def pin_memory(self, device):
    kind = accelerator.accelerator_type() if device is None else device.type
    if kind != "cuda":
        raise RuntimeError(f"{kind.upper()} device type not an accelerator.")
    if not accelerator.is_built():
        raise RuntimeError(accelerator.WITHOUT_LIBRARY.format("initialize CUDA"))
    accelerator.start()
    if device_of(self._array) != CPU:
        raise RuntimeError(f"cannot pin 'torch.cuda.{self._dtype.legacy}Tensor' only dense CPU tensors can be pinned")
    return self if transfer.is_pinned(self._array) else execute(PIN, [self])


PIN = op("_pin_memory(Tensor self, Device? device=None) -> Tensor", transfer.pinned, dtype=as_is, variants="internal")


# A number in the place of a tensor, as one of which it passes.
NUMBERS = {bool: dtypes.bool, float: dtypes.float64, complex: dtypes.complex128}
OPTIONS = "bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None) -> Tensor"

op(f"to.device(Tensor self, Device? device=None, ScalarType? dtype=None, {OPTIONS}", variants="method",
   composite=lambda self, device, dtype, *rest: to(self, dtype, *rest, device=device))
op(f"to.dtype(Tensor self, ScalarType dtype, {OPTIONS}", composite=to, variants="method")
op(f"to.other(Tensor self, Tensor tensor, {OPTIONS}", variants="method",
   composite=lambda self, tensor, *rest: to(self, tensor._dtype, *rest, device=device_of(tensor._array)))
op(f"to.number(Tensor self, Scalar tensor, {OPTIONS}", variants="method",
   composite=lambda self, tensor, *rest: to(self, NUMBERS[type(tensor)], *rest, device=CPU))
op("type_as(Tensor self, Tensor other) -> Tensor", composite=type_as, variants="method")
op("contiguous(Tensor self, *, MemoryFormat memory_format=contiguous_format) -> Tensor", composite=contiguous,
   variants="method")
op("cpu(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", variants="method",
   composite=lambda self, memory_format: to(self, memory_format=memory_format, device=CPU))
op("cuda(Tensor self, Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None) -> Tensor",
   composite=cuda, variants="method")
op("get_device(Tensor self) -> int", composite=lambda self: device_number(self))
op("pin_memory(Tensor self, Device? device=None) -> Tensor", composite=pin_memory, variants="method")
op("is_pinned(Tensor self, Device? device=None) -> bool", variants="method",
   composite=lambda self, device: transfer.is_pinned(self._array))

CASTS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "bfloat16": dtypes.bfloat16,
    "cfloat": dtypes.complex64, "cdouble": dtypes.complex128, "bool": dtypes.bool, "byte": dtypes.uint8,
    "char": dtypes.int8, "short": dtypes.int16, "int": dtypes.int32, "long": dtypes.int64,
}
for name, dtype in CASTS.items():
    op(f"{name}(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", variants="method",
       composite=lambda self, memory_format, dtype=dtype: to(self, dtype, memory_format=memory_format))

# Writes ---------------------------------------------------------------------------------------------------



def copied_back(grad, shape, kind, *where):
    """As :func:`cast_back`, on the device ``where`` the source lay."""
    return cast_back(F.to(grad, device_type("cuda", *where)) if where else F.to(grad, CPU), kind)


def check_copy(self, src, *rest):
    if self._marks & ZERO_BIT:
        raise RuntimeError("ZeroTensors are immutable. Please materialize the tensor using `.clone()`, if you want a "
                           "mutable zero tensor.")
    warn_discarded(src._dtype, self._dtype, self._array.size)
    if (self._marks | src._marks) & BITS:
        # What is turned on the way overlaps all the same.
        kernels = kernels_of(self._array)
        kernels.check_single(self._array)
        if number_of(self._array) == number_of(src._array):
            kernels.check_apart(self._array, src._array)
        if self._dtype is dtypes.bool and (self._marks ^ src._marks) & NEG:
            kernels.copy_into(self._array, src._array)
            raise errors.not_implemented("neg_cpu", dtypes.bool)


def copied_tangent(self_t, src_t, result):
    """What is copied over the tangent there is; of the first, a tensor of its own."""
    if src_t is None or self_t is not None:
        return ZERO if src_t is None else src_t
    shape = result._array.shape
    return F.clone(src_t) if src_t._array.shape == shape else F.expand(src_t, shape)


copied_tangent.takes_none = True  # type: ignore[attr-defined]

internal("copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor", kernel.copy, numbers=True,
    in_place=True, write=kernel.copy_into, grad_fn="torch::autograd::CopyBackwards",
    check=check_copy, jvp=copied_tangent,
    self = lambda grad: F.zeros_like(grad, memory_format=layouts.contiguous_format),
    src  = lambda grad, src_info: copied_back(grad, *src_info))


internal("zero(Tensor self) -> Tensor", kernel.zero, in_place="function method", write=kernel.zero_into,
    jvp="written",
    self = lambda grad: F.zeros_like(grad))

internal("fill.Scalar(Tensor self, Scalar value) -> Tensor", kernel.fill, in_place="function method",
    write=kernel.fill_into, variants="function", grad_fn=("FillBackward0", "FillBackward2"),
    jvp="written",
    self = lambda grad: F.zeros_like(grad))

internal("fill.Tensor(Tensor self, Tensor value) -> Tensor", kernel.fill, in_place="function method",
    write=kernel.fill_into, variants="function", grad_fn=("FillBackward1", "FillBackward3"),
    check=lambda self, value: warn_discarded(value._dtype, self._dtype, self._array.size),
    jvp="written",
    self  = lambda grad: F.zeros_like(grad),
    value = lambda grad: F.sum(grad))


def fill_diagonal_(self, fill_value, wrap):
    array = self._array
    if array.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if array.ndim > 2 and len(set(array.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    step = sum(array.strides) // array.itemsize
    length = min(array.shape)
    F.fill_(F.as_strided(self, (length,), (step,), self.storage_offset()), fill_value)
    height, width = array.shape[:2]
    if wrap and array.ndim == 2 and height > width + 1:
        offset = self.storage_offset() + array.strides[0] // array.itemsize * (width + 1)
        rest = -(-array.size // step) - length
        F.fill_(F.as_strided(self, (rest,), (step,), offset), fill_value)
    return self


op("fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)", composite=fill_diagonal_,
   variants="method")

# Cutting off ----------------------------------------------------------------------------------------------



def detach(self):
    """An array of its own tells it from ``self`` where torch sees that only one tensor lies in what is written: memory
    with gaps (``kernels.shared.overlap``)."""
    alias = alias_of(self)
    if alias._array is self._array and not alias._array.flags.forc:
        alias._array = alias._array[...]
    begin_to_count(alias, self)
    return alias


# What comes after it gets no gradient, though it has a graph.
internal("_without_gradient(Tensor self) -> Tensor", lambda self: self, grad_fn="torch::autograd::UndefinedGradBackward",
    self = lambda grad: None)

op("detach(Tensor(a) self) -> Tensor(a)", composite=detach)
