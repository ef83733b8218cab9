"""A compiled loop and the function that it stands in for, compared."""

from importlib import import_module

import numpy as np

from mini_autograd.kernels import host


def loops(name):
    return import_module(f"{host.__name__}.{name}")


def outcome(function, *args):
    """What a call gives: an array with its layout and its place in memory, or an error."""
    try:
        result = function(*args)
    except Exception as error:
        return type(error), str(error)
    if not isinstance(result, np.ndarray | np.generic):
        return result
    result = np.asarray(result)
    base = result
    while isinstance(base.base, np.ndarray):
        base = base.base
    shared = any(isinstance(arg, np.ndarray) and arg.size and np.may_share_memory(base, arg) for arg in args)
    place = result.__array_interface__["data"][0] if shared else None
    return result.dtype, result.shape, result.strides, place, result.flags.writeable, result.tobytes()


def assert_alike(ours, twin, *args):
    with np.errstate(all="ignore"):
        assert outcome(ours, *args) == outcome(twin, *args), args


def assert_several_alike(ours, twin, *args, count=2):
    with np.errstate(all="ignore"):
        for at in range(count):
            assert outcome(lambda *args, at=at: ours(*args)[at], *args) == outcome(
                lambda *args, at=at: twin(*args)[at], *args
            )
