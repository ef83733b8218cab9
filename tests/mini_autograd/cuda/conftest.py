"""The tests of this folder run on a GPU: two emulated ones, unless ``MINI_AUTOGRAD_CUDA`` is set (to nothing, for the
GPU of this machine)."""

import contextlib
import os
from collections.abc import Iterator

import pytest

from mini_autograd.kernels import accelerator
from mini_autograd.kernels.cuda import backend

EMULATED = "host:2"


@contextlib.contextmanager
def choice(value: str) -> Iterator[None]:
    """What drives the GPU is ``value``, as if nothing had been asked of it before."""
    before = os.environ.get(backend.VARIABLE)
    started = accelerator.STATE.started
    os.environ[backend.VARIABLE] = value
    backend.found.cache_clear()
    accelerator.STATE.started = False
    try:
        yield
    finally:
        library = accelerator.load()
        if library is not None:  # whose memory is asked for as before
            library.xp.cuda.set_allocator(library.xp.get_default_memory_pool().malloc)
        if before is None:
            del os.environ[backend.VARIABLE]
        else:
            os.environ[backend.VARIABLE] = before
        backend.found.cache_clear()
        accelerator.STATE.started = started


@pytest.fixture(scope="module", autouse=True)
def gpu() -> Iterator[None]:
    """The GPU that these tests run on."""
    with choice(os.environ.get(backend.VARIABLE, EMULATED)):
        yield


@pytest.fixture
def absent() -> Iterator[None]:
    """There is no GPU, nor anything that could drive one."""
    with choice("off"):
        yield
