"""Data types, and the type that an operation on several of them computes in.

See https://pytorch.org/docs/stable/tensor_attributes.html, "Type promotion".
"""

from __future__ import annotations

import builtins

import ml_dtypes
import numpy as np

# A dtype's category orders promotion: a tensor of a higher category always wins.
BOOL, INT, FLOAT, COMPLEX = range(4)


class dtype:
    """A type of tensor elements; its members are ``float32``, ``int64``, ... and there are no others."""

    __slots__ = ("__weakref__", "abbr", "category", "index", "itemsize", "legacy", "name", "numpy", "opmath")

    def __init__(
        self, name: str, numpy_type: object, category: int, index: int, legacy: str, abbr: str
    ) -> None:
        self.name = name
        self.numpy = np.dtype(numpy_type)
        self.category = category
        self.index = index
        self.itemsize: int = self.numpy.itemsize
        self.legacy = legacy
        self.abbr = abbr
        # NOTE [Opmath]: half and bfloat16 are computed in float32 and rounded once, as torch does on the CPU.
        self.opmath: dtype | None = None

    @property
    def is_floating_point(self) -> builtins.bool:
        return self.category == FLOAT

    @property
    def is_complex(self) -> builtins.bool:
        return self.category == COMPLEX

    @property
    def is_signed(self) -> builtins.bool:
        return self.category >= INT and self.numpy.kind != "u"

    @property
    def is_differentiable(self) -> builtins.bool:
        return self.category >= FLOAT

    def to_real(self) -> dtype:
        return {"complex64": float32, "complex128": float64}.get(self.name, self)

    def to_complex(self) -> dtype:
        """The type of complex numbers of this precision; RuntimeError for half, which numpy has none of."""
        if self.category == COMPLEX:
            return self
        if self is float16:
            raise RuntimeError(
                "torch.complex32, the type of complex numbers of half precision, is not supported"
            )
        return complex128 if self is float64 else complex64

    @property
    def old_name(self) -> str:
        """``torch.FloatTensor``, or ``CPUBoolType`` for the types that are younger than the tensor classes."""
        if self.category == COMPLEX or self.legacy in ("Bool", "BFloat16", "UInt16", "UInt32", "UInt64"):
            return f"CPU{self.legacy}Type"
        return f"torch.{self.legacy}Tensor"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


_members: list[dtype] = []


def _member(name: str, numpy_type: object, category: int, legacy: str, abbr: str) -> dtype:
    member = dtype(name, numpy_type, category, len(_members), legacy, abbr)
    _members.append(member)
    return member


uint8 = _member("uint8", np.uint8, INT, "Byte", "u8")
int8 = _member("int8", np.int8, INT, "Char", "i8")
int16 = _member("int16", np.int16, INT, "Short", "i16")
int32 = _member("int32", np.int32, INT, "Int", "i32")
int64 = _member("int64", np.int64, INT, "Long", "i64")
float16 = _member("float16", np.float16, FLOAT, "Half", "f16")
float32 = _member("float32", np.float32, FLOAT, "Float", "f32")
float64 = _member("float64", np.float64, FLOAT, "Double", "f64")
complex64 = _member("complex64", np.complex64, COMPLEX, "ComplexFloat", "c64")
complex128 = _member("complex128", np.complex128, COMPLEX, "ComplexDouble", "c128")
bool = _member("bool", np.bool_, BOOL, "Bool", "b8")
bfloat16 = _member("bfloat16", ml_dtypes.bfloat16, FLOAT, "BFloat16", "bf16")
uint16 = _member("uint16", np.uint16, INT, "UInt16", "u16")
uint32 = _member("uint32", np.uint32, INT, "UInt32", "u32")
uint64 = _member("uint64", np.uint64, INT, "UInt64", "u64")

ALIASES = {
    "half": float16, "float": float32, "double": float64, "short": int16, "int": int32, "long": int64,
    "cfloat": complex64, "cdouble": complex128,
}  # fmt: skip
BY_NAME = {member.name: member for member in _members} | ALIASES
FROM_NUMPY = {member.numpy: member for member in _members}
PYTHON_TYPES = {
    builtins.float: float64,
    builtins.int: int64,
    builtins.bool: bool,
    builtins.complex: complex128,
}

float16.opmath = bfloat16.opmath = float32

_LARGE_UNSIGNED = (uint16, uint32, uint64)


def _promote(left: dtype, right: dtype) -> dtype | None:
    """The smallest type both can be cast to; None where torch defines none."""
    if left is right:
        return left
    if left.category > right.category:
        left, right = right, left
    if right.category == COMPLEX:
        if left in _LARGE_UNSIGNED:
            return None
        return complex128 if left is float64 or complex128 in (left, right) else complex64
    if right.category == FLOAT:
        if left.category < FLOAT:
            return right
        if left.itemsize == right.itemsize:
            return float32  # float16 with bfloat16
        return left if left.itemsize > right.itemsize else right
    if left in _LARGE_UNSIGNED or right in _LARGE_UNSIGNED:
        return None
    if left.category == BOOL:
        return right
    if left.itemsize == right.itemsize:
        return int16  # uint8 with int8
    return left if left.itemsize > right.itemsize else right


PROMOTION = [[_promote(left, right) for right in _members] for left in _members]


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest type that both types can be cast to without loss of category."""
    result = PROMOTION[type1.index][type2.index]
    if result is None:
        raise RuntimeError(
            "Promotion for uint16, uint32, uint64 types is not supported, attempted to promote "
            f"{type1.legacy} and {type2.legacy}"
        )
    return result


def can_cast(from_: dtype, to: dtype) -> builtins.bool:
    """Whether torch lets a result of type ``from_`` be written into a tensor of type ``to``."""
    if from_.category > to.category and from_.category >= FLOAT:
        return False
    return not (from_.category == INT and to.category == BOOL)


class _Default:
    """The floating type that Python floats and integer-to-float operations take."""

    __slots__ = ("complex", "float")

    def __init__(self) -> None:
        self.float = float32
        self.complex = complex64


DEFAULT = _Default()


def get_default_dtype() -> dtype:
    return DEFAULT.float


def set_default_dtype(d: dtype, /) -> None:
    """Make ``d``, a floating type, the one that Python floats take."""
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    DEFAULT.float = d
    DEFAULT.complex = complex128 if d is float64 else complex64


def of_scalar(value: object) -> dtype:
    """The type of a Python number: ``bool``, ``int64``, the default floating or complex type."""
    if value is True or value is False:
        return bool
    if isinstance(value, builtins.int):
        return int64
    return DEFAULT.complex if isinstance(value, builtins.complex) else DEFAULT.float


def of_type(value: object) -> dtype | None:
    """``value`` itself if it is a dtype, the dtype that a Python type of numbers stands for, or None."""
    if isinstance(value, dtype):
        return value
    return PYTHON_TYPES.get(value) if isinstance(value, type) else None


def of_numpy(numpy_type: np.dtype) -> dtype:
    """The type of a numpy array's elements; TypeError for those that have no counterpart."""
    found = FROM_NUMPY.get(numpy_type)
    if found is None:
        kind = numpy_type.type
        raise TypeError(
            f"can't convert np.ndarray of type {kind.__module__}.{kind.__name__}. The only supported types "
            "are: float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, "
            "uint32, uint16, uint8, and bool."
        )
    return found
