"""Signatures torch still binds but never names in an error: a scale given by position, before its tensor."""

from __future__ import annotations

from mini_autograd.op.schema import Schema, parse

_TEXTS = (
    "add(Tensor self, Scalar alpha, Tensor other) -> Tensor",
    "addbmm(Scalar beta, Tensor self, Scalar alpha, Tensor batch1, Tensor batch2) -> Tensor",
    "addbmm(Scalar beta, Tensor self, Tensor batch1, Tensor batch2) -> Tensor",
    "addcdiv(Tensor self, Scalar value, Tensor tensor1, Tensor tensor2) -> Tensor",
    "addcmul(Tensor self, Scalar value, Tensor tensor1, Tensor tensor2) -> Tensor",
    "addmm(Scalar beta, Tensor self, Scalar alpha, Tensor mat1, Tensor mat2) -> Tensor",
    "addmm(Scalar beta, Tensor self, Tensor mat1, Tensor mat2) -> Tensor",
    "addmv(Scalar beta, Tensor self, Scalar alpha, Tensor mat, Tensor vec) -> Tensor",
    "addmv(Scalar beta, Tensor self, Tensor mat, Tensor vec) -> Tensor",
    "addr(Scalar beta, Tensor self, Scalar alpha, Tensor vec1, Tensor vec2) -> Tensor",
    "addr(Scalar beta, Tensor self, Tensor vec1, Tensor vec2) -> Tensor",
    "baddbmm(Scalar beta, Tensor self, Scalar alpha, Tensor batch1, Tensor batch2) -> Tensor",
    "baddbmm(Scalar beta, Tensor self, Tensor batch1, Tensor batch2) -> Tensor",
    "sspaddmm(Scalar beta, Tensor self, Scalar alpha, Tensor mat1, Tensor mat2) -> Tensor",
    "sspaddmm(Scalar beta, Tensor self, Tensor mat1, Tensor mat2) -> Tensor",
    "sub(Tensor self, Scalar alpha, Tensor other) -> Tensor",
)

_BY_NAME: dict[str, tuple[Schema, ...]] = {}
for _text in _TEXTS:
    _schema = parse(_text)
    _BY_NAME[_schema.name] = (*_BY_NAME.get(_schema.name, ()), _schema)


def deprecated(name: str) -> tuple[Schema, ...]:
    """The deprecated schemas of the op `name`; an in-place op (`add_`) has those of its other form."""
    return _BY_NAME.get(name.removesuffix("_"), ())
