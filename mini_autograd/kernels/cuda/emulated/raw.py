"""CUDA sources compiled for the host: CuPy's RawModule and RawKernel, with g++ and ``source/host.h`` for a device.

What is built is kept in a folder under ``~/.cache/mini_autograd`` (or XDG_CACHE_HOME), by what it was built from.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda.emulated import counting
from mini_autograd.kernels.cuda.emulated import stream as streams

SHIM = Path(__file__).parents[1] / "source" / "host.h"
FLAGS = (
    "-std=c++17",
    "-O1",
    "-shared",
    "-fPIC",
    "-fvisibility=hidden",
    "-Wno-unknown-pragmas",
    "-Wno-attributes",
)
KERNEL = re.compile(r'extern\s+"C"\s+__global__\s+void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+)\s*\(')
# What every device offers a block without being asked for more, and the most there is: bytes of shared memory.
SHARED_GRANTED, SHARED_MOST = 48 << 10, 227 << 10
THREADS_MOST, GRID_MOST = 1024, (2**31 - 1, 65535, 65535)


class CompileException(Exception):
    """A source that does not compile; CuPy's error of this name."""


class Unavailable(RuntimeError):
    """There is no compiler on this machine."""


@functools.cache
def compiler() -> tuple[str, str]:
    """The path of the C++ compiler and what it says of its version."""
    for name in (os.environ.get("CXX"), "g++", "clang++", "c++"):
        path = shutil.which(name) if name else None
        if path:
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
            return path, said.stdout
    raise Unavailable(
        "CUDA sources need a C++ compiler to run on the host, and neither g++ nor clang++ is there"
    )


def cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "mini_autograd" / "cuda"


def flags_of(options: Sequence[str]) -> list[str]:
    """Those of NVRTC's options that mean the same to g++."""
    return [one for one in options if one.startswith(("-D", "-I"))]


def built(source: str, options: Sequence[str]) -> Path:
    """The shared library of a source, compiled if it has not been."""
    path, version = compiler()
    command = [path, *FLAGS, *flags_of(options), *os.environ.get("MINI_AUTOGRAD_CUDA_CXXFLAGS", "").split()]
    text = f'{SHIM.read_text(encoding="utf-8")}\n#line 1 "source"\n{source}'
    key = hashlib.sha256("\0".join([version, *command, text]).encode()).hexdigest()[:32]
    library = cache_folder() / f"{key}.so"
    if library.exists():
        return library
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        made, code = Path(folder, "kernel.so"), Path(folder, "kernel.cpp")
        code.write_text(text, encoding="utf-8")
        done = subprocess.run([*command, str(code), "-o", str(made)], capture_output=True, text=True)
        if done.returncode:
            raise CompileException(done.stderr)
        # Others may be at the same: the last one to end replaces what is the same anyway.
        os.replace(made, library)
    return library


class RawModule:
    """A source and the kernels in it: templates by their ``name_expressions``, ``extern "C"`` ones by name."""

    def __init__(
        self,
        code: str | None = None,
        *,
        path: str | None = None,
        options: tuple[str, ...] = (),
        backend: str = "nvrtc",
        translate_cucomplex: bool = False,
        enable_cooperative_groups: bool = False,
        name_expressions: Sequence[str] | None = None,
        jitify: bool | None = None,
    ) -> None:
        if (code is None) == (path is None):
            raise TypeError("Exactly one of `code` and `path` keyword arguments must be given.")
        if code is None:
            raise NotImplementedError("a binary for a device does not run on the host")
        self.code, self.options, self.backend = code, options, backend
        self.name_expressions = name_expressions
        self._names = list(name_expressions) if name_expressions is not None else KERNEL.findall(code)
        self._functions: dict[str, RawKernel] = {}

    @functools.cached_property
    def _library(self) -> ctypes.CDLL:
        entries = "".join(f"HOST_ENTRY({at}, {name})\n" for at, name in enumerate(self._names))
        return ctypes.CDLL(str(built(f"{self.code}\n{entries}", self.options)))

    def compile(self, log_stream: Any = None) -> None:
        assert self._library

    def get_function(self, name: str) -> RawKernel:
        if name not in self._names:
            raise RuntimeError(f"CUDA_ERROR_NOT_FOUND: named symbol not found: {name}")
        if name not in self._functions:
            self._functions[name] = RawKernel._of(self, name)
        return self._functions[name]


class RawKernel:
    """One kernel; called with the grid, the block and the arguments."""

    def __init__(
        self,
        code: str,
        name: str,
        options: tuple[str, ...] = (),
        backend: str = "nvrtc",
        translate_cucomplex: bool = False,
        *,
        enable_cooperative_groups: bool = False,
        jitify: bool | None = None,
    ) -> None:
        self._module, self.name = RawModule(code, options=options), name
        self.max_dynamic_shared_size_bytes = SHARED_GRANTED

    @classmethod
    def _of(cls, module: RawModule, name: str) -> RawKernel:
        kernel = cls.__new__(cls)
        kernel._module, kernel.name = module, name
        kernel.max_dynamic_shared_size_bytes = SHARED_GRANTED
        return kernel

    @functools.cached_property
    def _entry(self) -> tuple[Any, list[int]]:
        """The function to launch with, and the sizes of the parameters."""
        library, at = self._module._library, self._module._names.index(self.name)
        launch = getattr(library, f"host_launch_{at}")
        launch.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p]
        launch.restype = ctypes.c_char_p
        sizes = (ctypes.c_uint * 256)()
        return launch, list(sizes[: getattr(library, f"host_parameters_{at}")(sizes)])

    def compile(self, log_stream: Any = None) -> None:
        assert self._entry

    @property
    def max_threads_per_block(self) -> int:
        return THREADS_MOST

    def __call__(
        self, grid: tuple, block: tuple, args: Sequence, *, shared_mem: int = 0, stream: Any = None
    ) -> None:
        launch, sizes = self._entry
        values = [passed(one) for one in args]
        check_parameters(self.name, values, sizes)
        check_launch(padded(grid), padded(block), shared_mem, self.max_dynamic_shared_size_bytes)
        addresses = (ctypes.c_void_p * len(values))(*[one.ctypes.data for one in values])
        extent = (ctypes.c_uint * 6)(*padded(grid), *padded(block))
        reverse = os.environ.get("MINI_AUTOGRAD_CUDA_ORDER") == "reversed"

        def work() -> None:
            wrong = launch(extent, shared_mem, reverse, addresses)
            if wrong is not None:
                raise RuntimeError(f"{self.name}: {wrong.decode()}")

        counting.launched(self.name)
        queue = streams.get_current_stream() if stream is None else stream
        queue.submit(self.name, work, (values, list(args)))


def padded(size: tuple) -> tuple[int, ...]:
    """Three dimensions."""
    return tuple([int(one) for one in size]) + (1,) * (3 - len(size))


def passed(value: Any) -> np.ndarray:
    """The value of an argument as memory, as CuPy takes it: an array's address, numbers and structs themselves."""
    pointer = getattr(getattr(value, "data", None), "ptr", None)
    if pointer is None and hasattr(value, "ptr"):
        pointer = value.ptr
    if pointer is not None:
        return np.array(pointer, np.uint64)
    if isinstance(value, np.ndarray):
        if value.size != 1:
            raise TypeError(
                f"You are trying to pass a numpy.ndarray of shape {value.shape} as a kernel parameter. Only "
                "numpy.ndarrays of size one can be passed by value. If you meant to pass a pointer to __global__ "
                "memory, you need to pass a cupy.ndarray instead."
            )
        return value.copy()
    if isinstance(value, (np.generic, bool, int, float, complex)):
        return np.asarray(value)
    raise TypeError(f"Unsupported type {type(value)}")


def check_parameters(name: str, values: list[np.ndarray], sizes: list[int]) -> None:
    """TypeError where a device would read something else, or what lies behind the arguments."""
    given = [one.itemsize for one in values]
    if given != sizes:
        raise TypeError(f"{name} has parameters of {sizes} bytes and was given arguments of {given}")


def check_launch(grid: tuple, block: tuple, shared: int, granted: int) -> None:
    sizes_fit = all(1 <= size <= most for size, most in zip(grid, GRID_MOST, strict=True))
    if not sizes_fit or min(block) < 1 or block[0] * block[1] * block[2] > THREADS_MOST or block[2] > 64:
        raise RuntimeError(
            f"CUDA_ERROR_INVALID_VALUE: invalid argument: a grid of {grid} blocks of {block} threads"
        )
    if shared > min(granted, SHARED_MOST):
        raise RuntimeError(f"CUDA_ERROR_INVALID_VALUE: invalid argument: {shared} bytes of shared memory")
