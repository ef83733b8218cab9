"""The emulated device's arrays: what they hold and refuse, against numpy and against what CuPy says."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mini_autograd.kernels.cuda import emulated as xp
from mini_autograd.kernels.cuda.emulated import record
from mini_autograd.kernels.cuda.emulated.table import table

SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, max_side=4)
ARRAYS = arrays.arrays(np.float64, SHAPES, elements=st.integers(-9, 9).map(float))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_basic_indices_give_the_views_that_numpy_gives(data):
    host = data.draw(ARRAYS)
    index = data.draw(arrays.basic_indices(host.shape, allow_newaxis=True))
    device = xp.asarray(host)
    view, expected = device[index], host[index]
    np.testing.assert_array_equal(view.get(), expected)
    assert view.base is device
    if view.size and isinstance(expected, np.ndarray):
        assert view.strides == expected.strides
        view[...] = 5
        host[index] = 5
        np.testing.assert_array_equal(device.get(), host)


def test_an_array_lies_where_its_pointer_and_strides_say():
    memory = xp.arange(12, dtype="f4")
    placed = xp.ndarray((3, 2), "f4", memory.data + 4, (4, 16))
    assert placed.get().tolist() == [[1, 5], [2, 6], [3, 7]]
    placed[0, 0] = 9
    assert memory[1].item() == 9


REFUSED = {
    "numpy operand": (lambda a: a + np.zeros(3), TypeError, "Unsupported type <class 'numpy.ndarray'>"),
    "numpy operand first": (lambda a: np.zeros(3) + a, TypeError, "Unsupported type"),
    "numpy among arguments": (lambda a: xp.where(a > 0, a, np.zeros(3)), TypeError, "Unsupported type"),
    "implicit conversion": (np.asarray, TypeError, "Implicit conversion to a NumPy array is not allowed"),
    "list": (lambda a: xp.add(a, [1]), TypeError, "Unsupported type"),
    "parameter": (lambda a: xp.sum(a, where=a), TypeError, "unexpected keyword argument 'where'"),
    "ufunc option": (lambda a: xp.add(a, a, where=a), TypeError, "Wrong arguments"),
    "ufunc method": (lambda a: xp.maximum.reduce(a), NotImplementedError, "is not supported yet"),
    "name": (lambda a: xp.matvec, AttributeError, "matvec"),
    "dtype": (lambda a: a.astype("O"), ValueError, "Unsupported dtype"),
    "value": (lambda a: a.__setitem__(0, np.zeros(3)), ValueError, "non-scalar numpy.ndarray"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cupy_refuses_is_refused(case):
    call, error, text = REFUSED[case]
    with pytest.raises(error, match=text):
        call(xp.zeros(3))


def test_a_reduction_gives_an_array_and_numpy_scalars_promote():
    total = (xp.ones(3, "f4") * 2).sum()
    assert (type(total), total.shape, total.dtype) == (xp.ndarray, (), np.float32)
    assert (xp.ones(3, "f4") * np.float64(2)).dtype == np.float64


def test_what_waits_for_the_device_is_counted():
    with xp.counted() as counts:
        a = xp.asarray(np.ones(3))
        b = xp.exp(a) + 1
        b.get()
        b[a > 0]
    assert [entry.reason for entry in counts.reads] == ["get", "mask"]
    assert counts.written_bytes == 24
    assert counts.launches["exp"] == 1


def test_memory_that_ran_out_is_cupys_error():
    pool = xp.get_default_memory_pool()
    before = pool.used_bytes()
    with pytest.raises(xp.cuda.memory.OutOfMemoryError):
        xp.empty(1 << 40)
    kept = xp.empty(1000, "u1")
    assert pool.used_bytes() - before == 1024
    del kept
    assert pool.used_bytes() == before


def test_a_capture_runs_when_it_is_launched():
    stream, a = xp.cuda.Stream(non_blocking=True), xp.zeros(2)
    with stream:
        stream.begin_capture()
        twice = a * 2
        a += 1
        graph = stream.end_capture()
    assert a.tolist() == [0, 0]
    graph.launch()
    graph.launch()
    assert (a.tolist(), twice.tolist()) == ([2, 2], [2, 2])


def test_a_lazy_stream_shows_a_wait_that_is_missing():
    code = (
        "from mini_autograd.kernels.cuda import emulated as xp\n"
        "a, s = xp.zeros(2), xp.cuda.Stream(non_blocking=True)\n"
        "with s:\n    a += 1\n    e = s.record()\n"
        "print(a.tolist(), end=' ')\n"
        "xp.cuda.get_current_stream().wait_event(e)\n"
        "print(a.tolist())\n"
    )
    environment = {**os.environ, "MINI_AUTOGRAD_CUDA_LAZY": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[0.0, 0.0] [1.0, 1.0]\n"


@pytest.mark.skipif(importlib.util.find_spec("cupy") is None, reason="CuPy is not installed")
def test_the_table_is_what_the_installed_cupy_has():
    assert json.loads(json.dumps(record.record())) == table()


def test_what_numpy_does_otherwise_is_done_as_cupy_does():
    a = xp.arange(6.0).reshape(2, 3)
    assert a.mean(axis=0, keepdims=True).shape == (1, 3)
    assert xp.take(a, xp.array([7])).tolist() == [1.0]
    assert (a.T + 1).flags.c_contiguous
    assert [entry.strides for entry in xp.broadcast_arrays(a, a[0])] == [(24, 8), (0, 8)]
    assert isinstance(xp.ogrid[0:3], xp.ndarray)
