"""Convolution by cuDNN, whose place a library over the memory of the host takes that refuses what cuDNN would."""

import ctypes
import gc
import importlib.util
import itertools
import os
import re
import subprocess
import threading
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

import mini_autograd as torch
from mini_autograd.kernels.cuda import backend, cudnn, cudnn_convolution, implicit_gemm
from mini_autograd.kernels.cuda.emulated import raw
from mini_autograd.nn import functional

SOURCE = Path(__file__).with_name("cudnn_on_host.cpp")
TOLERANCES = {torch.float64: 1e-12, torch.float32: 1e-4, torch.float16: 2e-2, torch.bfloat16: 1e-1}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The path of the library that takes cuDNN's place."""
    try:
        compiler = raw.compiler()[0]
    except raw.Unavailable as reason:
        pytest.skip(str(reason))
    path = tmp_path_factory.mktemp("cudnn") / "libcudnn_on_host.so"
    subprocess.run([compiler, "-std=c++17", "-O1", "-shared", "-fPIC", "-o", path, SOURCE], check=True)
    return str(path)


class Standin:
    """The library's counts and what it last did."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        for count in ("products", "guesses", "measures", "handles", "status"):
            self.set(count, 0)

    def __getattr__(self, name):
        kind = ctypes.c_size_t if name == "stream" else ctypes.c_int
        return kind.in_dll(self.library, f"cudnn_on_host_{name}").value

    def set(self, name, value):
        ctypes.c_int.in_dll(self.library, f"cudnn_on_host_{name}").value = value


@pytest.fixture
def standin(built, monkeypatch):
    if not backend.load().emulated:
        pytest.skip("the memory of a GPU is not the host's")
    monkeypatch.setenv(cudnn.VARIABLE, built)
    forget()
    yield Standin(built)
    Standin(built)
    forget()


def forget():
    cudnn.found.cache_clear()
    cudnn_convolution.CHOICES.clear()
    for made in (cudnn_convolution.tensor, cudnn_convolution.weights, cudnn_convolution.convolution):
        made.cache_clear()
    cudnn.FREE.clear()
    cudnn._thread.__dict__.clear()
    cudnn.FREE.clear()


@pytest.fixture
def without_others(monkeypatch):
    """Fail where something else than cuDNN computes a product."""

    def refused(*args):
        raise AssertionError("cuDNN did not take this")

    for name in ("correlate", "spread", "weight_gradient"):
        monkeypatch.setattr(implicit_gemm, name, refused)


def drawn(*shape, dtype=torch.float32, seed=0):
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape)).to(dtype)


def passed(operation, arrays, move, options):
    """The result and all gradients, on the host."""
    leaves = [move(one).detach().requires_grad_() for one in arrays]
    result = operation(*leaves, **options)
    grad = drawn(*result.shape, dtype=result.dtype, seed=9)
    result.backward(move(grad).contiguous() if grad.ndim != 4 else move(grad))
    return result, [result.detach().cpu(), *[one.grad.cpu() for one in leaves]]


def agrees(operation, arrays, move=lambda x: x, **options):
    """That the device's result and gradients are the host's, with their strides."""
    result, ours = passed(operation, arrays, lambda x: move(x.cuda()), options)
    wide = [one.float() if one.dtype in (torch.float16, torch.bfloat16) else one for one in arrays]
    reference, theirs = passed(operation, wide, move, options)
    assert result.stride() == reference.stride()
    tolerance = TOLERANCES[arrays[0].dtype]
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        scale = max(1.0, float(other.abs().max()))
        np.testing.assert_allclose(
            one.double().numpy(), other.double().numpy(), rtol=tolerance, atol=tolerance * scale
        )


PLAIN = (functional.conv1d, functional.conv2d, functional.conv3d)
TRANSPOSED = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)
MOVES = (
    {},
    {"stride": 2, "padding": 1},
    {"dilation": 2, "padding": 2},
    {"groups": 2},
    {"groups": 2, "stride": 2, "padding": 1, "dilation": 2},
)
SIZES = (7, 6, 5)


@pytest.mark.usefixtures("without_others")
@pytest.mark.parametrize("spatial", [1, 2, 3])
@pytest.mark.parametrize("options", MOVES)
def test_convolution(standin, spatial, options):
    weight = drawn(6, 4 // options.get("groups", 1), *(3, 2, 2)[:spatial], seed=1)
    agrees(PLAIN[spatial - 1], [drawn(2, 4, *SIZES[:spatial]), weight, drawn(6, seed=2)], **options)
    assert standin.products == 3


@pytest.mark.usefixtures("without_others")
@pytest.mark.parametrize("spatial", [1, 2, 3])
@pytest.mark.parametrize("options", [*MOVES, {"stride": 3, "padding": 1, "output_padding": 2}])
def test_transposed(standin, spatial, options):
    weight = drawn(4, 6 // options.get("groups", 1), *(3, 2, 2)[:spatial], seed=1)
    agrees(TRANSPOSED[spatial - 1], [drawn(2, 4, *SIZES[:spatial]), weight, drawn(6, seed=2)], **options)
    assert standin.products == 3


@pytest.mark.usefixtures("without_others")
@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("operation", [PLAIN[1], TRANSPOSED[1]])
def test_dtypes(standin, dtype, operation):
    operands = [drawn(2, 4, 5, 6, dtype=dtype), drawn(4, 4, 3, 3, dtype=dtype, seed=1)]
    agrees(operation, [*operands, drawn(4, dtype=dtype, seed=2)], padding=1)
    assert standin.type == cudnn_convolution.TYPES[operands[0].cpu()._array.dtype]


@pytest.mark.usefixtures("standin", "without_others")
def test_steps_of_each_dimension():
    operands = [drawn(2, 4, 9, 8), drawn(6, 2, 3, 2, seed=1)]
    agrees(functional.conv2d, operands, stride=(2, 1), padding=(0, 3), dilation=(1, 2), groups=2)


@pytest.mark.usefixtures("without_others")
@pytest.mark.parametrize("operation", [PLAIN[1], TRANSPOSED[1]])
@pytest.mark.parametrize(("dtype", "layout"), [(torch.float32, 1), (torch.float16, 1), (torch.float64, 0)])
def test_channels_last(standin, operation, dtype, layout):
    """In double precision no algorithm of the library takes them as they are."""
    operands = [drawn(2, 4, 5, 6, dtype=dtype), drawn(4, 4, 3, 3, dtype=dtype, seed=1)]
    move = lambda x: x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x  # noqa: E731
    agrees(operation, operands, move)
    assert standin.layout == layout


@pytest.mark.usefixtures("standin", "without_others")
def test_operands_with_gaps_and_of_odd_addresses():
    x, weight = drawn(3, 4, 5, 12).cuda(), drawn(6, 4, 3, 3, seed=1).cuda()
    expected = functional.conv2d(x.cpu()[1:, :, :, ::2], weight.cpu())
    torch.testing.assert_close(functional.conv2d(x[1:, :, :, ::2], weight).cpu(), expected)
    flat = drawn(1 + 3 * 4 * 5 * 12).cuda()
    odd = flat[1:].view(3, 4, 5, 12)
    torch.testing.assert_close(
        functional.conv2d(odd, weight).cpu(), functional.conv2d(odd.cpu(), weight.cpu())
    )


# -- What cudnn does not take ----------------------------------------------------------------------------------


def test_places_that_no_step_reaches(standin):
    operands = [drawn(1, 2, 4), drawn(2, 2, 3, seed=1)]
    agrees(functional.conv_transpose1d, operands, stride=1, dilation=3, output_padding=2)
    assert standin.products == 0


def test_no_elements(standin):
    assert functional.conv2d(drawn(0, 3, 5, 5).cuda(), drawn(4, 3, 3, 3).cuda()).shape == (0, 4, 3, 3)
    assert standin.products == 0


@pytest.mark.usefixtures("without_others")
def test_complex_numbers_by_their_parts(standin):
    x, weight = drawn(2, 3, 5, 5).to(torch.complex64), drawn(4, 3, 3, 3, seed=1).to(torch.complex64)
    expected = functional.conv2d(x, weight)
    torch.testing.assert_close(functional.conv2d(x.cuda(), weight.cuda()).cpu(), expected)
    assert standin.products == 3


def test_not_enabled(standin):
    with torch.backends.cudnn.flags(enabled=False):
        agrees(functional.conv2d, [drawn(2, 3, 5, 5), drawn(4, 3, 3, 3, seed=1)])
    assert standin.products == 0


def test_not_supported_when_it_runs(standin):
    standin.set("status", 3000)
    agrees(functional.conv2d, [drawn(2, 3, 5, 5), drawn(4, 3, 3, 3, seed=1)])
    assert standin.products == 0


def test_error(standin):
    standin.set("status", 5000)
    with pytest.raises(RuntimeError, match=r"^cuDNN error: CUDNN_STATUS_EXECUTION_FAILED$"):
        convolve()


# -- Algorithms ------------------------------------------------------------------------------------------------


def convolve(dtype=torch.float32):
    return functional.conv2d(drawn(2, 3, 5, 5, dtype=dtype).cuda(), drawn(4, 3, 3, 3, dtype=dtype).cuda())


def test_guessed_once(standin):
    convolve()
    convolve()
    assert (standin.guesses, standin.measures, standin.algorithm) == (1, 0, 1)


def test_measured_once(standin):
    with torch.backends.cudnn.flags(enabled=True, benchmark=True):
        expected = convolve().cpu()
        assert bool((convolve().cpu() == expected).all())
    assert (standin.measures, standin.products, standin.algorithm) == (1, 2, 0)


def test_not_measured_while_a_stream_is_captured(standin, monkeypatch):
    stream = type(backend.load().xp.cuda.get_current_stream())
    monkeypatch.setattr(stream, "is_capturing", lambda self: True)
    with torch.backends.cudnn.flags(enabled=True, benchmark=True):
        convolve()
    assert (standin.guesses, standin.measures) == (1, 0)


def test_the_same_bits_each_time(standin):
    with torch.backends.cudnn.flags(enabled=True, deterministic=True):
        convolve()
        assert standin.algorithm == 0
    convolve()
    assert standin.algorithm == 1
    torch.use_deterministic_algorithms(True)
    try:
        convolve()
    finally:
        torch.use_deterministic_algorithms(False)
    assert standin.algorithm == 0


@pytest.mark.parametrize(
    ("dtype", "allow_tf32", "math"),
    [
        (torch.float32, True, cudnn_convolution.DEFAULT_MATH),
        (torch.float32, False, cudnn_convolution.FMA_MATH),
        (torch.float64, False, cudnn_convolution.DEFAULT_MATH),
        (torch.float16, True, cudnn_convolution.TENSOR_OP_MATH),
        (torch.bfloat16, False, cudnn_convolution.TENSOR_OP_MATH),
    ],
)
def test_math(standin, dtype, allow_tf32, math):
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=allow_tf32):
        convolve(dtype)
    assert standin.math == math


def test_next_algorithm_where_there_is_no_memory(standin, monkeypatch):
    x, weight = drawn(2, 3, 5, 5).cuda(), drawn(4, 3, 3, 3).cuda()
    library = backend.load().xp
    empty = library.empty

    def refused(shape, dtype):
        if dtype is np.uint8 and shape:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return empty(shape, dtype)

    monkeypatch.setattr(library, "empty", refused)
    functional.conv2d(x, weight)
    assert (standin.products, standin.algorithm) == (1, 0)


# -- Handles, streams, descriptors -----------------------------------------------------------------------------


def test_current_stream(standin):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        convolve()
    assert standin.stream == stream.cuda_stream != 0
    convolve()
    assert standin.stream == torch.cuda.current_stream().cuda_stream


def test_a_handle_for_each_thread_at_a_time_and_device(standin):
    convolve()
    for _ in range(2):
        thread = threading.Thread(target=convolve)
        thread.start()
        thread.join()
        gc.collect()
    assert standin.handles == 2
    if torch.cuda.device_count() > 1:
        with torch.cuda.device(1):
            convolve()
        assert standin.handles == 3


def test_descriptors_are_destroyed(standin):
    gc.collect()
    before = standin.descriptors
    convolve()
    assert standin.descriptors > before
    forget()
    gc.collect()
    assert standin.descriptors <= before


# -- The library -----------------------------------------------------------------------------------------------


def test_version(standin):
    assert torch.backends.cudnn.is_available()
    assert torch.backends.cudnn.version() == 92801


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ("off", "MINI_AUTOGRAD_CUDNN is off"),
        ("", "the emulated device has no cuDNN"),
        ("/no/such/libcudnn.so", "/no/such/libcudnn.so: cannot open shared object file"),
    ],
)
def test_absent(standin, monkeypatch, choice, reason):
    monkeypatch.setenv(cudnn.VARIABLE, choice)
    cudnn.found.cache_clear()
    assert cudnn.load() is None
    assert reason in cudnn.found()
    assert not torch.backends.cudnn.is_available()
    assert torch.backends.cudnn.version() is None
    convolve()
    assert standin.products == 0


def test_wheels_are_looked_at_first(tmp_path, monkeypatch):
    wheel = tmp_path / "nvidia" / "cudnn" / "lib" / "libcudnn.so.9"
    wheel.parent.mkdir(parents=True)
    wheel.touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cudnn.candidates()[0] == str(wheel)
    assert cudnn.candidates()[-1] == "libcudnn.so.9"


# -- Beside the headers ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def include():
    """The folder of cuDNN's headers: ``CUDNN_INCLUDE`` or that of the wheel of this environment."""
    folders = [os.environ["CUDNN_INCLUDE"]] if "CUDNN_INCLUDE" in os.environ else []
    wheels = importlib.util.find_spec("nvidia")
    if wheels is not None:
        folders += [f"{path}/cudnn/include" for path in wheels.submodule_search_locations]
    for folder in map(Path, folders):
        if (folder / "cudnn_cnn.h").is_file():
            return folder
    pytest.skip("cuDNN's headers are not here: they come with the package nvidia-cudnn-cu13")


@pytest.fixture(scope="module")
def headers(include):
    """The text of the headers without comments."""
    names = ("cudnn_graph.h", "cudnn_ops.h", "cudnn_cnn.h")
    text = "".join([(include / name).read_text(encoding="utf-8") for name in names])
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def of_header(parameter):
    """The type that ctypes takes for a parameter of a prototype."""
    if "*" in parameter or "[" in parameter or re.search(r"(Handle|Descriptor|cudaStream)_t\b", parameter):
        return cudnn.POINTER
    return cudnn.SIZE if "size_t" in parameter else cudnn.INT


@pytest.mark.parametrize("name", cudnn.PROTOTYPES)
def test_prototype(headers, name):
    found = re.search(rf"cudnnStatus_t\s+CUDNNWINAPI\s+{name}\s*\(([^)]*)\)", headers)
    assert tuple(map(of_header, found.group(1).split(","))) == cudnn.PROTOTYPES[name]


VALUES = {
    "CUDNN_DATA_FLOAT": cudnn_convolution.FLOAT,
    "CUDNN_DATA_DOUBLE": cudnn_convolution.DOUBLE,
    "CUDNN_DATA_HALF": cudnn_convolution.HALF,
    "CUDNN_DATA_BFLOAT16": cudnn_convolution.BFLOAT16,
    "CUDNN_TENSOR_NCHW": cudnn_convolution.NCHW,
    "CUDNN_TENSOR_NHWC": cudnn_convolution.NHWC,
    "CUDNN_CROSS_CORRELATION": cudnn_convolution.CROSS_CORRELATION,
    "CUDNN_DETERMINISTIC": cudnn_convolution.DETERMINISTIC,
    "CUDNN_DEFAULT_MATH": cudnn_convolution.DEFAULT_MATH,
    "CUDNN_TENSOR_OP_MATH": cudnn_convolution.TENSOR_OP_MATH,
    "CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION": cudnn_convolution.TENSOR_OP_MATH_ALLOW_CONVERSION,
    "CUDNN_FMA_MATH": cudnn_convolution.FMA_MATH,
    "CUDNN_STATUS_SUCCESS": cudnn.SUCCESS,
    "CUDNN_STATUS_NOT_SUPPORTED": cudnn.NOT_SUPPORTED.start,
}


@pytest.mark.parametrize("name", VALUES)
def test_value(headers, name):
    found = re.search(rf"\b{name}\b(?:\s+CUDNN_DEPRECATED_ENUM)?\s*=\s*(\d+)", headers)
    assert int(found.group(1)) == VALUES[name]


@pytest.mark.parametrize("product", ["Fwd", "BwdData", "BwdFilter"])
def test_performance(headers, product):
    """The struct has the fields of the header, in their order."""
    body = re.search(
        rf"struct cudnnConvolution{product}AlgoPerfStruct \{{(.*?)\}}", headers, re.DOTALL
    ).group(1)
    fields = re.findall(r"(\w+)\s+(\w+)(\[3\])?;", body)
    kinds = {"float": ctypes.c_float, "size_t": ctypes.c_size_t}
    expected = [ctypes.c_int * 3 if many else kinds.get(kind, ctypes.c_int) for kind, _, many in fields]
    assert [kind for _, kind in cudnn_convolution.Performance._fields_] == expected
    assert [name for _, name, _ in fields] == [
        "algo", "status", "time", "memory", "determinism", "mathType", "reserved"
    ]  # fmt: skip


# -- The real library, as far as it goes without a GPU ---------------------------------------------------------


def test_real_library_knows_all_functions_and_descriptors(include):
    """Descriptors are objects of the host: the real library takes all that products are told by."""
    path = include.parent / "lib" / cudnn.NAME
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    library = cudnn.Library(str(path))
    assert library.version >= cudnn.OLDEST
    kinds, layouts = cudnn_convolution.TYPES, (cudnn_convolution.NCHW, cudnn_convolution.NHWC)
    for kind, layout, math in itertools.product(kinds, layouts, (0, 1, 3)):
        cudnn_convolution.tensor(library, kind, (2, 4, 5, 6), layout)
        cudnn_convolution.weights(library, kind, (6, 2, 3, 3), layout)
        steps = cudnn_convolution.Steps((1, 2), (0, 1), (2, 1), 2)
        cudnn_convolution.convolution(library, steps, kind, math)
    for kind in kinds:
        cudnn_convolution.tensor(library, kind, (2, 4, 5, 6, 7), cudnn_convolution.NCHW)
        cudnn_convolution.weights(library, kind, (6, 2, 3, 3, 3), cudnn_convolution.NCHW)
    with pytest.raises(RuntimeError, match="cuDNN error: CUDNN_STATUS_BAD_PARAM"):
        cudnn_convolution.tensor(library, np.dtype(ml_dtypes.bfloat16), (2, -4, 5, 6), cudnn_convolution.NCHW)


# -- On a GPU --------------------------------------------------------------------------------------------------


@pytest.fixture
def on_gpu():
    """cuDNN itself, without TensorFloat32."""
    if backend.load().emulated:
        pytest.skip("there is no GPU")
    if cudnn.load() is None:
        pytest.skip(cudnn.found())
    forget()
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


@pytest.mark.usefixtures("on_gpu", "without_others")
@pytest.mark.parametrize("operations", [PLAIN, TRANSPOSED])
@pytest.mark.parametrize("spatial", [1, 2, 3])
@pytest.mark.parametrize("options", MOVES)
def test_convolution_on_a_gpu(operations, spatial, options):
    kernel, groups = (3, 2, 2)[:spatial], options.get("groups", 1)
    inputs = (6, 4 // groups) if operations is PLAIN else (4, 6 // groups)
    operands = [drawn(2, 4, *SIZES[:spatial]), drawn(*inputs, *kernel, seed=1), drawn(6, seed=2)]
    agrees(operations[spatial - 1], operands, **options)


@pytest.mark.usefixtures("on_gpu", "without_others")
@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("flags", [{}, {"benchmark": True}, {"deterministic": True}])
def test_dtypes_and_algorithms_on_a_gpu(dtype, flags):
    operands = [drawn(2, 8, 9, 9, dtype=dtype), drawn(8, 8, 3, 3, dtype=dtype, seed=1)]
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False, **flags):
        agrees(functional.conv2d, operands, padding=1)


@pytest.mark.usefixtures("on_gpu", "without_others")
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_channels_last_on_a_gpu(dtype):
    operands = [drawn(2, 8, 9, 9, dtype=dtype), drawn(8, 8, 3, 3, dtype=dtype, seed=1)]
    agrees(functional.conv2d, operands, lambda x: x.contiguous(memory_format=torch.channels_last))
