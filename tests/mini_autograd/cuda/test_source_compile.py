"""Every source compiles for devices of compute capability 8.0 and 9.0, with no header of the host."""

import ctypes
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mini_autograd.kernels.cuda import module, pointwise
from tests.mini_autograd.cuda import expression

NAMES = sorted(path.stem for path in module.SOURCES.glob("*.cu"))
KERNEL = re.compile(r"__global__\s+void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+)\s*\(")


def nvrtc():
    """NVIDIA's run-time compiler, or None."""
    found = importlib.util.find_spec("nvidia")
    folders = [Path(one) for one in found.submodule_search_locations] if found else []
    paths = [path for folder in folders for path in folder.rglob("libnvrtc.so.*")]
    for path in [*paths, "libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12"]:
        try:
            return ctypes.CDLL(str(path))
        except OSError:
            continue
    return None


def compiled(text, expressions, architecture, folder):
    """Compile with what there is."""
    library = nvrtc()
    if library is not None:
        by_nvrtc(library, text, expressions, architecture)
    elif shutil.which("nvcc"):
        by_nvcc(text, expressions, architecture, folder)
    else:
        pytest.skip("neither NVRTC nor nvcc is on this machine")


def by_nvcc(text, expressions, architecture, folder):
    """What ptxas says of each kernel."""
    used = "".join(f"void *used_{at} = (void *)&{one};\n" for at, one in enumerate(expressions))
    source = folder / "source.cu"
    source.write_text(f"{text}\n{used}")
    command = [
        "nvcc",
        "-std=c++17",
        "-cubin",
        f"-arch={architecture}",
        "-Xptxas",
        "-v",
        "-o",
        str(folder / "out.cubin"),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def by_nvrtc(library, text, expressions, architecture):
    program = ctypes.c_void_p()
    assert library.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"source.cu", 0, None, None) == 0
    for one in expressions:
        assert library.nvrtcAddNameExpression(program, one.encode()) == 0
    options = [f"--gpu-architecture={architecture}".encode(), *[one.encode() for one in module.OPTIONS]]
    failed = library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    size = ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    library.nvrtcDestroyProgram(ctypes.byref(program))
    assert failed == 0, log.value.decode()


@pytest.mark.parametrize("name", NAMES)
def test_every_kernel_is_compiled_by_these_tests(name):
    assert set(KERNEL.findall(module.text_of(name))) == {
        one.split("<")[0] for one in expression.EXPRESSIONS[name]
    }


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
@pytest.mark.parametrize("name", NAMES)
def test_source_compiles_for_a_device(name, architecture, tmp_path):
    compiled(module.text_of(name), expression.EXPRESSIONS[name], architecture, tmp_path)


STEPS = (
    "s = W(1) / (W(1) + exponential(-x))",
    "t = hyperbolic_tangent(logarithm_of_1_plus(x)) + error_function(x)",
    "y = x > low ? grad * s * (W(1) + x * (W(1) - s)) : t",
)


@pytest.mark.parametrize("index", ["", "u32", "u64"])
@pytest.mark.parametrize("kind", sorted(module.FLOATS, key=str), ids=str)
def test_chain_compiles_for_a_device(kind, index, tmp_path):
    operands = (("grad", kind), ("x", kind))
    vector = 1 if index else 16 // kind.itemsize
    text = pointwise.text_of(STEPS, operands, ("low",), kind, vector, index, rounded=True)
    compiled(text, [], "sm_90", tmp_path)
