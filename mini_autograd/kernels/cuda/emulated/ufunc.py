"""``ufunc``: CuPy's, with its loops; the mathematics are numpy's or scipy's function of the same name."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import stream
from .device_array import ndarray
from .function import _silent
from .wrapping import check_devices, device_result, normal

SCALARS = (bool, int, float, complex, np.generic)
RESULT = {"add": "sum", "multiply": "prod"}
RUNNING = {"add": "cumsum", "multiply": "cumprod"}


class ufunc:
    def __init__(self, name: str, facts: dict[str, Any], function: Any) -> None:
        self.__name__ = name
        self.name: str = facts["name"]
        self.nin: int = facts["nin"]
        self.nout: int = facts["nout"]
        self.types: list[str] = facts["types"]
        self._has = frozenset(facts["has"])
        self._function = function
        self._is_ufunc = isinstance(function, np.ufunc)
        self._suited: set[tuple[Any, ...]] = set()

    @property
    def nargs(self) -> int:
        return self.nin + self.nout

    def __repr__(self) -> str:
        return f"<ufunc '{self.name}'>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As CuPy's: ``out``, ``dtype`` and ``casting`` are all the options there are."""
        if not self.nin <= len(args) <= self.nargs or len(args) not in (self.nin, self.nargs):
            outputs = f"{self.nin} or {self.nargs} (with outputs)"
            raise TypeError(
                f"Wrong number of arguments for '{self.name}'. It must be either {outputs}, but given {len(args)}."
            )
        out, dtype, casting = kwargs.pop("out", None), kwargs.pop("dtype", None), kwargs.pop("casting", None)
        if kwargs:
            raise TypeError(f"Wrong arguments {kwargs}")
        if len(args) > self.nin:
            if out is not None:
                raise ValueError("Cannot specify 'out' as both a positional and keyword argument")
            args, out = args[: self.nin], args[self.nin :]
        outs = out if isinstance(out, tuple) else () if out is None else (out,)
        operands: list[ndarray] = []
        inputs = [self._operand(value, operands) for value in args]
        targets = tuple(self._target(value, operands) for value in outs)
        check_devices(operands)
        self._suits(inputs, dtype)
        options = {key: value for key, value in (("dtype", dtype), ("casting", casting)) if value is not None}
        return self._launch(inputs, targets, options, operands)

    def _operand(self, value: Any, operands: list[ndarray]) -> Any:
        if isinstance(value, ndarray):
            operands.append(value)
            return value._host
        if not isinstance(value, SCALARS):
            raise TypeError(f"Unsupported type {type(value)}")
        return value

    def _target(self, value: Any, operands: list[ndarray]) -> Any:
        if value is None:
            return None
        if not isinstance(value, ndarray):
            raise TypeError("return arrays must be of ArrayType")
        operands.append(value)
        return value._host

    def _suits(self, inputs: list[Any], dtype: Any) -> None:
        """Refuse types that numpy has a loop for and CuPy has none."""
        key = tuple(getattr(value, "dtype", type(value)) for value in inputs)
        if key in self._suited:
            return
        if dtype is None and not any(getattr(value, "dtype", np.dtype("?")).kind == "V" for value in inputs):
            loops = [loop.split("->")[0] for loop in self.types]
            if not any(all(map(_fits, inputs, loop)) for loop in loops):
                kinds = ", ".join(repr(entry) for entry in key)
                raise TypeError(f"ufunc '{self.name}' not supported for the input types: {kinds}")
        self._suited.add(key)

    def _launch(self, inputs: list[Any], targets: tuple, options: dict[str, Any], operands: list) -> Any:
        function = self._function
        if not self._is_ufunc:
            options = {}

        def work() -> Any:
            if not targets:
                return normal(_silent(function, tuple(inputs), options), operands, False)
            if self._is_ufunc:
                return _silent(function, tuple(inputs), {**options, "out": targets})
            return np.copyto(targets[0], _silent(function, tuple(inputs), options), casting="same_kind")

        if not targets or any(target is None for target in targets):
            return device_result(stream.results(self.__name__, work, operands), operands)
        stream.into(self.__name__, work, operands)
        results = tuple(device_result(target, operands) for target in targets)
        return results[0] if self.nout == 1 else results

    def _refuse(self, method: str) -> None:
        if method not in self._has:
            raise NotImplementedError(f"`{self.name}.{method}` is not supported yet")

    def reduce(
        self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        self._refuse("reduce")
        name = RESULT.get(self.__name__)
        if name is None:
            return self._method("reduce", array, axis=axis, dtype=dtype, out=out, keepdims=keepdims)
        return getattr(array, name)(axis, dtype, out, keepdims)

    def accumulate(self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        self._refuse("accumulate")
        name = RUNNING.get(self.__name__)
        if name is None:
            return self._method("accumulate", array, axis=axis, dtype=dtype, out=out)
        return getattr(array, name)(axis, dtype, out)

    def reduceat(self, array: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        self._refuse("reduceat")
        return self._method("reduceat", array, indices, axis=axis, dtype=dtype, out=out)

    def _method(self, method: str, *args: Any, **kwargs: Any) -> Any:
        operands: list[ndarray] = []
        given = [self._operand(value, operands) for value in args]
        out = kwargs.pop("out", None)
        target = self._target(out, operands)
        check_devices(operands)
        function = getattr(self._function, method)

        def work() -> Any:
            return normal(_silent(function, tuple(given), {**kwargs, "out": target}), operands, False)

        if target is None:
            return device_result(stream.results(f"{self.__name__}.{method}", work, operands), operands)
        stream.into(f"{self.__name__}.{method}", work, operands)
        return out

    def at(self, a: Any, indices: Any, b: Any = None) -> None:
        from . import indexing

        self._refuse("at")
        operands = [a]
        where = indexing._host_index(indices, operands)
        values = () if b is None else (self._operand(b, operands),)
        check_devices(operands)
        stream.into(f"{self.__name__}.at", lambda: self._function.at(a._host, where, *values), operands)

    def outer(self, A: Any, B: Any, **kwargs: Any) -> Any:
        if self.nin != 2:
            raise ValueError("outer product only supported for binary functions")
        left = (
            A.reshape(  # type: ignore[attr-defined]
                A.shape + (1,) * getattr(B, "ndim", 0)
            )
            if isinstance(A, ndarray)
            else A
        )
        return self(left, B, **kwargs)


def _fits(value: Any, char: str) -> bool:
    """Whether the operand can go into a loop's place. A Python number goes by its kind alone."""
    target = np.dtype(char)
    if type(value) is bool:
        return True
    if type(value) in (int, float, complex):
        return target.kind in {int: "iufc", float: "fc", complex: "c"}[type(value)]
    return np.can_cast(value.dtype, target)
