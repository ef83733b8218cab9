"""Writing to ``out=`` is torch's, for every function that takes it: results, dtypes, resizing, refusals."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import mini_autograd
from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.op.out import out_schema
from mini_autograd.op.row import Op
from mini_autograd.op.schema import Argument, Kind
from tests.mini_autograd.against_torch import make, same
from tests.mini_autograd.assertion import FORWARD_ULP
from tests.mini_autograd.test_binding import torch_function

# Of random numbers, and of what is made of numbers alone.
LEFT_OUT = {"bernoulli", "multinomial", "normal", "rand", "randint", "randn", "randperm"}
LEFT_OUT |= {"fft_fftfreq", "fft_rfftfreq"}
# Torch warns of these once, or with ``out`` only, or without it only.
LEFT_OUT |= {"cross", "ger", "index_reduce", "isin", "triangular_solve"}
# Not as in torch yet: the last of its results lies there with its dimensions in another order.
LEFT_OUT |= {"svd"}
# Torch has already written the sum when it finds that it cannot divide it.
HALF_DONE = {"mean.dim"}
# Torch makes ``out`` the result of a node, most often one whose derivative is not implemented; here that is
# refused.
WITHOUT_DERIVATIVE = {"floor_divide", "heaviside", "conj_physical", "diag", "softmax.int", "log_softmax.int"}
WITHOUT_DERIVATIVE |= {"histogram.bin_ct", "histogram.bins_tensor", "slice_scatter"}
WITHOUT_DERIVATIVE |= {
    "inner",
    "tensordot",
    "quantile.scalar",
    "nanquantile.scalar",
    "matrix_power",
    "nuclear_norm",
}
# Torch resizes ``out`` before it finds that it may not write to it.
RESIZED_BEFORE = {"kron"}
# Torch warns twice, of shapes that ``out`` has on the way, or of the last of several first.
WARNED_ODDLY = {"histogram.bin_ct", "histogram.bins_tensor", "mode"}
# Torch rounds numbers to integers before it looks whether they are zero.
ROUNDED_BEFORE = {"all", "all.dim", "all.dims", "any", "any.dim", "any.dims"}


def value_for(argument: Argument, shape: tuple[int, ...], dtype: str) -> Any:
    """A value that many functions take for the argument."""
    if argument.kind is Kind.TENSOR and argument.is_list:
        return [make(*shape, dtype=dtype, seed=seed) for seed in range(2)]
    if argument.kind is Kind.TENSOR:
        if argument.name in ("index", "indices"):
            return torch.zeros(shape, dtype=torch.int64)
        if argument.name in ("condition", "mask"):
            return make(*shape, dtype="bool")
        return make(*shape, dtype=dtype, low=0.5, high=2, seed=len(argument.name))
    if argument.is_list:
        return [0]
    values = {Kind.SCALAR: 2, Kind.INT: 0, Kind.FLOAT: 0.5, Kind.BOOL: False, Kind.STR: "mean"}
    return values.get(argument.kind)


def torchs(op: Op, args: list, kwargs: dict) -> Any:
    """What torch's function returns, without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch_function(op.name)(*args, **kwargs)


def call_of(op: Op) -> tuple[list, dict] | None:
    """Arguments that torch's function takes, found by trying; None where none are."""
    if op.name in LEFT_OUT:
        return None
    for dtype in ("float32", "int64", "bool"):
        for shape in ((3, 3), (3,), (2, 3, 3), (1, 2, 3, 3)):
            args, kwargs = [], {}
            for argument in op.schema.arguments:
                if argument.is_required and argument.kwarg_only:
                    kwargs[argument.name] = value_for(argument, shape, dtype)
                elif argument.is_required:
                    args.append(value_for(argument, shape, dtype))
            try:
                if torchs(op, args, kwargs) is not None:
                    return args, kwargs
            except (RuntimeError, TypeError, IndexError, ValueError, NotImplementedError):
                continue
    return None


def overloads() -> dict[str, tuple[Op, list, dict]]:
    found = {}
    for name, packet in FUNCTIONS.items():
        for op in packet.overloads:
            if out_schema(op) is not None and torch_function(name) and (call := call_of(op)) is not None:
                found[op.schema.full_name] = (op, *call)
    return found


CALLS = overloads()


def outs(result: Any, dtype: str | None = None, shape: tuple | None = None, **options: Any) -> Any:
    """Zeros to write to, one or a tuple, each like the result except for what is given."""
    if isinstance(result, torch.Tensor):
        kind = result.dtype if dtype is None else getattr(torch, dtype)
        return torch.zeros(result.shape if shape is None else shape, dtype=kind, **options)
    return tuple([outs(one, dtype, shape, **options) for one in result])


def transposed(out: Any) -> Any:
    if isinstance(out, torch.Tensor):
        return out.new_zeros(out.shape[::-1]).permute(tuple(range(out.ndim))[::-1])
    return tuple([transposed(one) for one in out])


def compare(name: str, out: Any, *, flag: bool = False) -> None:
    op, args, kwargs = CALLS[name]
    if flag:
        args = [requiring(one) for one in args]

    def call(lib: Any, out: Any, *args: Any) -> Any:
        function = FUNCTIONS[op.name] if lib is mini_autograd else torch_function(op.name)
        return function(*args, **kwargs, out=out)

    same(call, out, *args, grad=False, ulp=accuracy(op, args, kwargs, out))


def accuracy(op: Op, args: list, kwargs: dict, out: Any) -> float:
    """How far elements may lie apart, in ulp of ``out``: the result was rounded in its own dtype before."""
    result = torchs(op, args, kwargs)
    if not isinstance(result, torch.Tensor) or not result.dtype.is_floating_point:
        return FORWARD_ULP
    wider = torch.finfo(result.dtype).eps / torch.finfo(out.dtype).eps if out.dtype.is_floating_point else 1
    return FORWARD_ULP * (2**29 if out.dtype is torch.complex128 else max(wider, 1))


def requiring(value: Any) -> Any:
    if isinstance(value, list):
        return [requiring(one) for one in value]
    differentiable = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.detach().requires_grad_() if differentiable else value


@pytest.fixture(autouse=True)
def always() -> Iterator[None]:
    """Warnings that are given once in a process, every time."""
    mini_autograd.set_warn_always(True)
    yield
    mini_autograd.set_warn_always(False)


@pytest.fixture
def result(name: str) -> Any:
    return torchs(*CALLS[name])


def test_most_are_called():
    declared = {op.schema.full_name for each in FUNCTIONS.values() for op in each.overloads if out_schema(op)}
    assert len(CALLS) > 0.8 * len(declared)


@pytest.mark.parametrize("name", CALLS)
def test_memory(name: str, result: Any):
    """Empty, of the right shape, of another, not contiguous."""
    compare(name, outs(result, shape=(0,)))
    compare(name, outs(result))
    if name not in WARNED_ODDLY:
        compare(name, outs(result, shape=(7,)))
    compare(name, transposed(outs(result)))


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", ["float64", "int64", "bool", "complex128", "float16", "uint8"])
def test_dtype(name: str, dtype: str, result: Any):
    if name in HALF_DONE and dtype in ("int64", "bool", "uint8"):
        pytest.skip("torch leaves a sum behind")
    if name in ROUNDED_BEFORE and dtype == "uint8":
        pytest.skip("torch rounds before it decides")
    compare(name, outs(result, dtype=dtype))


WITHOUT_DERIVATIVE |= {name for name in CALLS if "_copy" in name}


@pytest.mark.parametrize("name", sorted(set(CALLS) - WITHOUT_DERIVATIVE - RESIZED_BEFORE))
def test_graph(name: str, result: Any):
    """Where an argument, or the tensor to be written to, requires a gradient."""
    compare(name, outs(result, shape=(0,)), flag=True)
    if all(one.is_floating_point() for one in ([result] if isinstance(result, torch.Tensor) else result)):
        compare(name, outs(result, requires_grad=True))


def test_inference_tensor():
    def call(lib: Any, x: Any) -> Any:
        with lib.inference_mode():
            out = lib.zeros(3)
        return lib.exp(x, out=out)

    same(call, make(3), grad=False)


def test_overlap():
    same(lambda lib, x: lib.add(x.narrow(0, 0, 5), 1, out=x.narrow(0, 1, 5)), make(6), grad=False)
    same(lambda lib, x: lib.exp(x, out=x), make(6), grad=False)
    same(lambda lib, x: lib.exp(x, out=lib.zeros(1).expand(6)), make(6), grad=False)
    same(lambda lib, x: lib.add(x.view(2, 3), 1, out=x.view(3, 2).t()), make(6), grad=False)


def test_none_and_no_grad():
    same(lambda lib, x: lib.exp(x, out=None), make(6))

    def call(lib: Any, x: Any) -> Any:
        with lib.no_grad():
            return lib.exp(x, out=lib.empty(0))

    same(call, make(6).requires_grad_(), grad=False)


def test_forward_mode():
    def call(lib: Any, x: Any) -> Any:
        mode = lib.autograd.forward_ad
        with mode.dual_level():
            return lib.exp(mode.make_dual(x, x), out=lib.empty(0))

    same(call, make(6), grad=False)
