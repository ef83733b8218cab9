"""The three products of a convolution by cuDNN: each gives None for what cuDNN does not take.

NOTE [Choice of an algorithm]: cuDNN lists, for a case, algorithms that may do it, the best first: as its heuristics
guess or, where a program asks to ``benchmark``, as they took time. All are kept, for the first may find no memory to
work in. One that computes with less than what was asked for, or other bits from run to run where none must, is left
out.
"""

from __future__ import annotations

import ctypes
import math
import weakref
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import ml_dtypes
import numpy as np

from mini_autograd.errors import OutOfMemoryError
from mini_autograd.kernels.cuda import cudnn, module
from mini_autograd.kernels.settings import SETTINGS
from mini_autograd.kernels.shared.convolution import Steps, result_size
from mini_autograd.kernels.shared.copying import is_channels_last

Sizes = tuple[int, ...]

FLOAT, DOUBLE, HALF, BFLOAT16 = 0, 1, 2, 9
TYPES = {
    np.dtype(np.float32): FLOAT,
    np.dtype(np.float64): DOUBLE,
    np.dtype(np.float16): HALF,
    np.dtype(ml_dtypes.bfloat16): BFLOAT16,
}
NCHW, NHWC = 0, 1
CROSS_CORRELATION = 1
DETERMINISTIC = 1
DEFAULT_MATH, TENSOR_OP_MATH, TENSOR_OP_MATH_ALLOW_CONVERSION, FMA_MATH = range(4)
# Where the weights stand among first operand, second operand and result.
WEIGHTS = {"Forward": 1, "BackwardData": 0, "BackwardFilter": 2}
MOST = 2**31 - 1
ALIGNMENT = 16
# How many cases are remembered.
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Case:
    """All that a choice of algorithms depends on."""

    product: str
    dtype: np.dtype
    shapes: tuple[Sizes, Sizes, Sizes]
    steps: Steps
    layout: int
    math: int
    deterministic: bool
    measured: bool
    device: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An algorithm, the descriptors that it takes and the bytes that it works in."""

    algorithm: int
    descriptors: tuple[Any, Any, Any, Any]
    workspace: int


class Performance(ctypes.Structure):
    """What cuDNN says of an algorithm: cudnnConvolutionFwdAlgoPerf_t and those like it."""

    _fields_ = (
        ("algorithm", ctypes.c_int),
        ("status", ctypes.c_int),
        ("time", ctypes.c_float),
        ("memory", ctypes.c_size_t),
        ("determinism", ctypes.c_int),
        ("math", ctypes.c_int),
        ("reserved", ctypes.c_int * 3),
    )


# -- Products ------------------------------------------------------------------------------------------------


def correlate(input: Any, weight: Any, steps: Steps, out: Sizes) -> Any:
    if not meets(input.shape, weight.shape, out, steps):
        return None
    return product("Forward", input, weight, (input.shape[0], weight.shape[0], *out), steps)


def spread(grad: Any, weight: Any, shape: Sizes, steps: Steps) -> Any:
    if not meets(shape, weight.shape, grad.shape[2:], steps):
        return None
    return product("BackwardData", weight, grad, shape, steps)


def weight_gradient(input: Any, grad: Any, shape: Sizes, steps: Steps) -> Any:
    if not meets(input.shape, shape, grad.shape[2:], steps):
        return None
    return product("BackwardFilter", input, grad, shape, steps)


def meets(shape: Sizes, kernel: Sizes, out: Sizes, steps: Steps) -> bool:
    """Whether the kernel meets the input at ``out`` places, no more: an output padding beyond the stride adds some."""
    return tuple(out) == result_size(shape[2:], kernel[2:], steps)


def product(name: str, first: Any, second: Any, shape: Sizes, steps: Steps) -> Any:
    """One of the products, over two or three dimensions; one dimension is a row of two."""
    library = cudnn.load()
    if library is None or not SETTINGS.cudnn.enabled or not takes(first, second, shape):
        return None
    if first.ndim == 3:
        rows = Steps((1, *steps.stride), (0, *steps.padding), (1, *steps.dilation), steps.groups)
        result = product(name, first[:, :, None], second[:, :, None], (*shape[:2], 1, *shape[2:]), rows)
        return None if result is None else result.reshape(shape)
    last = any(not one.flags.c_contiguous and is_channels_last(one) for one in (first, second))
    case = case_of(name, first.dtype, (first.shape, second.shape, tuple(shape)), steps)
    for layout in (NHWC, NCHW) if last else (NCHW,):
        result = computed(library, replace(case, layout=layout), first, second)
        if result is not None:
            return result
    return None


def takes(first: Any, second: Any, shape: Sizes) -> bool:
    alike = first.dtype == second.dtype and first.dtype in TYPES and 3 <= first.ndim <= 5
    return alike and all(0 < count <= MOST for count in (first.size, second.size, math.prod(shape)))


def case_of(name: str, dtype: Any, shapes: tuple[Sizes, Sizes, Sizes], steps: Steps) -> Case:
    asked, cuda = SETTINGS.cudnn, module.device_module().cuda
    exact = DEFAULT_MATH if dtype == np.float64 or asked.allow_tf32 else FMA_MATH
    # A stream that is captured cannot be waited for, which measuring does.
    measured = asked.benchmark and not cuda.get_current_stream().is_capturing()
    return Case(
        name,
        dtype,
        shapes,
        steps,
        NCHW,
        TENSOR_OP_MATH if dtype.itemsize == 2 else exact,
        asked.deterministic or SETTINGS.deterministic,
        measured,
        cuda.runtime.getDevice(),
    )


def computed(library: cudnn.Library, case: Case, first: Any, second: Any) -> Any:
    """The result by the first algorithm that there is memory for; None where there is no algorithm."""
    one, other = laid_out(first, case.layout), laid_out(second, case.layout)
    result = empty(case.shapes[2], case.dtype, case.layout)
    arrays = [array.data.ptr for array in (one, other, result)]
    handle = cudnn.handle(library)
    refused = None
    for choice in choices(library, handle, case, arrays):
        try:
            space = module.device_module().empty(choice.workspace, np.uint8)
        except OutOfMemoryError as error:
            refused = error
            continue
        if launched(library, handle, case, choice, arrays, space.data.ptr if choice.workspace else None):
            return result
    if refused is not None:
        raise refused
    return None


def launched(
    library: cudnn.Library, handle: Any, case: Case, choice: Choice, arrays: list[int], space: int | None
) -> bool:
    number = ctypes.c_double if case.dtype == np.float64 else ctypes.c_float
    one, zero = ctypes.byref(number(1)), ctypes.byref(number(0))
    first, second, steps, result = choice.descriptors
    return library.supports(
        f"cudnnConvolution{case.product}",
        *(handle, one, first.pointer, arrays[0], second.pointer, arrays[1], steps.pointer),
        *(choice.algorithm, space, choice.workspace, zero, result.pointer, arrays[2]),
    )


# -- Layouts -------------------------------------------------------------------------------------------------


def laid_out(array: Any, layout: int) -> Any:
    """The elements without gaps, from an address that vectors of them can be loaded from."""
    if layout == NHWC:
        return laid_out(array.transpose(0, 2, 3, 1), NCHW).transpose(0, 3, 1, 2)
    packed = module.device_module().ascontiguousarray(array)
    return packed.copy() if packed.data.ptr % ALIGNMENT else packed


def empty(shape: Sizes, dtype: Any, layout: int) -> Any:
    if layout == NHWC:
        return empty((shape[0], *shape[2:], shape[1]), dtype, NCHW).transpose(0, 3, 1, 2)
    return module.device_module().empty(shape, dtype)


def strides_of(shape: Sizes, layout: int) -> Sizes:
    """The steps between elements of an array without gaps."""
    order = [0, *range(2, len(shape)), 1] if layout == NHWC else list(range(len(shape)))
    strides, step = [0] * len(shape), 1
    for dim in reversed(order):
        strides[dim] = step
        step *= shape[dim]
    return tuple(strides)


# -- Descriptors ---------------------------------------------------------------------------------------------


class Descriptor:
    """An object of cuDNN's that says what an operand or a convolution is, set once."""

    def __init__(self, library: cudnn.Library, kind: str, setter: str, *values: Any) -> None:
        self.pointer = cudnn.POINTER()
        library.call(f"cudnnCreate{kind}Descriptor", ctypes.byref(self.pointer))
        destroy = library.functions[f"cudnnDestroy{kind}Descriptor"]
        weakref.finalize(self, destroy, self.pointer).atexit = False
        library.call(f"cudnnSet{setter}Descriptor", self.pointer, *values)


def ints(values: Sizes) -> Any:
    return (ctypes.c_int * len(values))(*values)


@lru_cache(REMEMBERED)
def tensor(library: cudnn.Library, dtype: np.dtype, shape: Sizes, layout: int) -> Descriptor:
    strides = ints(strides_of(shape, layout))
    return Descriptor(library, "Tensor", "TensorNd", TYPES[dtype], len(shape), ints(shape), strides)


@lru_cache(REMEMBERED)
def weights(library: cudnn.Library, dtype: np.dtype, shape: Sizes, layout: int) -> Descriptor:
    return Descriptor(library, "Filter", "FilterNd", TYPES[dtype], layout, len(shape), ints(shape))


@lru_cache(REMEMBERED)
def convolution(library: cudnn.Library, steps: Steps, dtype: np.dtype, math_type: int) -> Descriptor:
    """How the kernel moves, and how is computed: halves in single precision."""
    sizes = [ints(each) for each in (steps.padding, steps.stride, steps.dilation)]
    kind = DOUBLE if dtype == np.float64 else FLOAT
    made = Descriptor(
        library, "Convolution", "ConvolutionNd", len(steps.stride), *sizes, CROSS_CORRELATION, kind
    )
    library.call("cudnnSetConvolutionGroupCount", made.pointer, steps.groups)
    library.call("cudnnSetConvolutionMathType", made.pointer, math_type)
    return made


def descriptors(library: cudnn.Library, case: Case, math_type: int) -> tuple[Any, Any, Any, Any]:
    """First operand, second operand, convolution and result."""
    first, second, result = (
        (weights if at == WEIGHTS[case.product] else tensor)(library, case.dtype, shape, case.layout)
        for at, shape in enumerate(case.shapes)
    )
    return first, second, convolution(library, case.steps, case.dtype, math_type), result


# -- Algorithms ----------------------------------------------------------------------------------------------

CHOICES: dict[Case, list[Choice]] = {}


def choices(library: cudnn.Library, handle: Any, case: Case, arrays: list[int]) -> list[Choice]:
    """The algorithms for a case, the best first (NOTE [Choice of an algorithm])."""
    known = CHOICES.get(case)
    if known is None:
        listed = measured if case.measured else guessed
        made = [choice_of(library, handle, case, one) for one in listed(library, handle, case, arrays)]
        known = [choice for choice in made if choice is not None]
        if len(CHOICES) >= REMEMBERED:
            CHOICES.clear()
        CHOICES[case] = known
    return known


def choice_of(library: cudnn.Library, handle: Any, case: Case, said: Performance) -> Choice | None:
    varies = case.deterministic and said.determinism != DETERMINISTIC
    if said.status != cudnn.SUCCESS or varies or said.math == TENSOR_OP_MATH_ALLOW_CONVERSION:
        return None
    taken = descriptors(library, case, FMA_MATH if case.math == FMA_MATH else said.math)
    size = ctypes.c_size_t()
    name = f"cudnnGetConvolution{case.product}WorkspaceSize"
    pointers = [one.pointer for one in taken]
    if not library.supports(name, handle, *pointers, said.algorithm, ctypes.byref(size)):
        return None
    return Choice(said.algorithm, taken, size.value)


def guessed(library: cudnn.Library, handle: Any, case: Case, arrays: list[int]) -> list[Performance]:
    """What heuristics say of all algorithms."""
    pointers = [one.pointer for one in descriptors(library, case, case.math)]
    most, said, count = room(library, handle, case)
    name = f"cudnnGetConvolution{case.product}Algorithm_v7"
    known = library.supports(name, handle, *pointers, most, ctypes.byref(count), said)
    return list(said[: count.value]) if known else []


def measured(library: cudnn.Library, handle: Any, case: Case, arrays: list[int]) -> list[Performance]:
    """What each algorithm took when it was run, in as much memory as one of them may want."""
    likely = [one.memory for one in guessed(library, handle, case, arrays) if one.status == cudnn.SUCCESS]
    bytes_ = max(likely, default=0)
    try:
        space = module.device_module().empty(bytes_, np.uint8)
    except OutOfMemoryError:
        bytes_, space = 0, module.device_module().empty(0, np.uint8)
    first, second, steps, result = (one.pointer for one in descriptors(library, case, case.math))
    most, said, count = room(library, handle, case)
    ran = library.supports(
        f"cudnnFindConvolution{case.product}AlgorithmEx",
        *(handle, first, arrays[0], second, arrays[1], steps, result, arrays[2]),
        *(most, ctypes.byref(count), said, space.data.ptr if bytes_ else None, bytes_),
    )
    return list(said[: count.value]) if ran else []


def room(library: cudnn.Library, handle: Any, case: Case) -> tuple[int, Any, Any]:
    """Room for what is said of all algorithms of a product."""
    most = ctypes.c_int()
    library.call(f"cudnnGetConvolution{case.product}AlgorithmMaxCount", handle, ctypes.byref(most))
    return most.value, (Performance * most.value)(), ctypes.c_int()
