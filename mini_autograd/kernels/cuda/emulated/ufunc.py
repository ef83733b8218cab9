"""Universal functions with the loops and methods that CuPy's have."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array import ndarray
from .calling import call

COMMON = ("out", "dtype", "casting", "where")


class ufunc:
    """``numpy_ufunc`` as CuPy has it: ``entry`` of the table says for which types, and with which methods."""

    def __init__(self, name: str, numpy_ufunc: Any, entry: dict[str, Any]) -> None:
        self.__name__ = entry.get("name", name)
        self.name = name
        self.nin: int = entry["nin"]
        self.nout: int = entry["nout"]
        self.nargs = self.nin + self.nout
        self.types = entry["types"]
        self._ufunc = numpy_ufunc
        self._has = entry["has"]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        unknown = set(kwargs) - set(COMMON)
        if unknown:
            raise TypeError(f"Wrong arguments {unknown}")
        if not self.nin <= len(args) <= self.nargs:
            raise TypeError(
                f"Wrong number of arguments for {self.name!r}. It must be {self.nin} or {self.nargs}."
            )
        if len(args) > self.nin:
            kwargs["out"] = args[self.nin :]
            args = args[: self.nin]
        if isinstance(kwargs.get("out"), tuple) and len(kwargs["out"]) == 1:
            kwargs["out"] = kwargs["out"][0]
        if kwargs.get("out", self) is None:
            del kwargs["out"]
        self._check_types(args)
        if not any(isinstance(one, ndarray) for one in args):
            args = tuple([np.asarray(one)[()] for one in args])
        return call(self.name, self._ufunc, args, kwargs, keeps_order=True)

    def _check_types(self, args: tuple) -> None:
        """TypeError where CuPy has no loop for such operands, or none that they could be cast to."""
        kinds = [one.dtype for one in args if isinstance(one, (ndarray, np.generic))]
        if any(kind.kind == "V" for kind in kinds):
            return
        if not kinds:
            return
        wanted = np.result_type(*kinds)
        for loop in self.types:
            letters = loop.split("->")[0]
            if all(np.can_cast(wanted, letter) for letter in letters[:1]):
                return
        raise TypeError(
            f"Wrong type ({', '.join(kind.name for kind in kinds)}) of arguments for cupy_{self.name}"
        )

    def _method(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if method not in self._has:
            raise NotImplementedError(f"`cupy.{self.name}.{method}` is not supported yet")
        return call(f"{self.name}.{method}", getattr(self._ufunc, method), args, kwargs)

    def reduce(
        self, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        options = {"axis": axis, "dtype": dtype, "out": out, "keepdims": keepdims}
        return self._method("reduce", array, **options)

    def accumulate(self, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        return self._method("accumulate", array, axis=axis, dtype=dtype, out=out)

    def reduceat(self, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        return self._method("reduceat", array, indices, axis=axis, dtype=dtype, out=out)

    def at(self, a: ndarray, indices: Any, b: Any = None) -> None:
        rest = () if b is None else (b,)
        self._method("at", a, indices, *rest)

    def outer(self, A: Any, B: Any, **kwargs: Any) -> Any:
        left = A.reshape(A.shape + (1,) * B.ndim)
        return self(left, B, **kwargs)

    def __repr__(self) -> str:
        return f"<ufunc 'cupy_{self.name}'>"
