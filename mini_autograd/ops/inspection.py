"""What tensors are: their type, their size, and the type that they compute in together."""

from mini_autograd.dtypes import BOOL, FLOAT
from mini_autograd.op.declare import family
from mini_autograd.op.rules import result_type
from mini_autograd.tensor import wrap_number

# fmt: off

ask = family(variants="function")


def is_nonzero(self):
    if self._array.size != 1:
        count = "no values" if self._array.size == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
    return bool(self._array.reshape(-1)[0])


def joint_type(*operands):
    return result_type([wrap_number(one) if isinstance(one, (int, float, complex)) else one for one in operands])


ask("numel(Tensor self) -> int", composite=lambda self: self._array.size)
ask("is_floating_point(Tensor self) -> bool", composite=lambda self: self._dtype.category == FLOAT)
ask("is_signed(Tensor self) -> bool",
    composite=lambda self: self._dtype.category != BOOL and self._dtype.is_signed)
ask("is_inference(Tensor self) -> bool", composite=lambda self: self._inference)
ask("is_nonzero(Tensor self) -> bool", composite=is_nonzero)
ask("is_same_size(Tensor self, Tensor other) -> bool", variants="function method",
    composite=lambda self, other: self._array.shape == other._array.shape)
ask("result_type.Tensor(Tensor tensor, Tensor other) -> ScalarType", composite=joint_type)
ask("result_type.Scalar(Tensor tensor, Scalar other) -> ScalarType", composite=joint_type)
ask("result_type.Scalar_Tensor(Scalar scalar, Tensor tensor) -> ScalarType", composite=joint_type)
ask("result_type.Scalar_Scalar(Scalar scalar1, Scalar scalar2) -> ScalarType", composite=joint_type)
