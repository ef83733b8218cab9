"""``torch.device`` side by side with torch: what it takes, what it says of what it does not, and as a context."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch

import mini_autograd

TAKEN = (
    "'cuda'", "'cuda:1'", "'cuda', 1", "'cuda', index=1", "'cuda', None", "type='cuda'", "type='cuda', index=2",
    "device='cuda'", "b'cuda'", "'cpu'", "'cpu:1'", "'cpu', 0", "'cuda', 127", "'cuda', 128", "'cuda:300'",
    "'cuda:255'", "'cuda', np.int64(1)", "device('cuda:1')", "'cuda', 10 ** 12",
)  # fmt: skip
REFUSED = (
    "", "'cuda', -1", "'cuda:-1'", "'cuda:01'", "'cuda:'", "'cuda:1:2'", "' cuda'", "'CUDA'", "''", "'foo'", "'foo:1'",
    "'foo:x'", "':1'", "'cpu:0', 0", "'cuda:1', None", "index=2", "device='cuda', index=1", "-1", "True", "1.5", "None",
    "[]", "'cuda', '1'", "'cuda', 1.0", "'cuda', True", "device('cuda'), 1", "'cuda', 1, 2", "'cuda', foo=1", "0, 1",
    "type=device('cuda')", "type=0", "device=1.5", "'cuda:2147483648'", "'cuda', 10 ** 30", "'cuda', type='cuda'",
    "foo=1", "None, 1",
)  # fmt: skip
KINDS = (
    "cpu", "cuda", "ipu", "xpu", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan",
    "mps", "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


def told(library, text):
    """What a call says, whatever comes of it."""
    try:
        made = eval(f"device({text})", {"device": library.device, "np": np})
    except Exception as error:
        return type(error).__name__, str(error)
    return repr(made), str(made), made.type, made.index, hash(made)


@pytest.mark.parametrize("text", TAKEN + REFUSED)
def test_call(text):
    assert told(mini_autograd, text) == told(torch, text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [None, 0, 5])
def test_every_type_has_a_name(kind, index):
    text = f"{kind!r}, {index}"
    assert told(mini_autograd, text) == told(torch, text)


def test_a_type_that_is_no_longer_used_is_warned_of():
    for library in (mini_autograd, torch):
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            assert library.device("mkldnn").type == "mkldnn"


def test_number_is_of_the_accelerator():
    assert mini_autograd.device(1) == mini_autograd.device("cuda:1")


def test_number_without_accelerator(absent):
    assert told(mini_autograd, "0") == told(torch, "0")


def test_comparison_and_attributes():
    one = mini_autograd.device("cuda:1")
    assert one == mini_autograd.device("cuda", 1)
    assert one != mini_autograd.device("cuda")
    assert one != "cuda:1"
    for library in (mini_autograd, torch):
        with pytest.raises(TypeError, match="comparison not implemented"):
            library.device("cuda") < library.device("cpu")  # noqa: B015
        with pytest.raises(
            AttributeError, match=r"attribute 'index' of 'torch.device' objects is not writable"
        ):
            library.device("cuda").index = 1
        with pytest.raises(AttributeError, match=r"'torch.device' object has no attribute 'foo'"):
            library.device("cuda").foo = 1
        with pytest.raises(TypeError, match=r"type 'torch.device' is not an acceptable base type"):
            type("Mine", (library.device,), {})


def test_copies():
    one = mini_autograd.device("cuda:1")
    assert copy.deepcopy(one) == copy.copy(one) == pickle.loads(pickle.dumps(one)) == one


def test_context_says_where_tensors_lie():
    with mini_autograd.device("cuda:1") as entered:
        assert entered == mini_autograd.device("cuda:1")
        assert mini_autograd.tensor(1).device == entered
        with mini_autograd.device("cpu"):
            assert mini_autograd.tensor(1).device.type == "cpu"
        assert mini_autograd.get_default_device() == entered
    assert mini_autograd.tensor(1).device.type == "cpu"


def test_context_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), mini_autograd.device("cuda"):
        raise ZeroDivisionError
    assert mini_autograd.get_default_device() == mini_autograd.device("cpu")


def test_default_device():
    mini_autograd.set_default_device("cuda")
    try:
        assert mini_autograd.get_default_device() == mini_autograd.device("cuda:0")
        assert mini_autograd.tensor([1.0]).device == mini_autograd.device("cuda:0")
        assert mini_autograd.tensor([1.0], device="cpu").device.type == "cpu"
        assert mini_autograd.tensor(mini_autograd.tensor([1.0], device="cpu").tolist()).is_cuda
    finally:
        mini_autograd.set_default_device(None)
    assert mini_autograd.get_default_device() == mini_autograd.device("cpu")


@pytest.mark.parametrize("given", ["foo", 1.5, 0])
def test_default_device_refused(absent, given):
    for library in (mini_autograd, torch):
        assert library.get_default_device() == library.device("cpu")
    assert refusal(mini_autograd, given) == refusal(torch, given)


def refusal(library, given):
    try:
        library.set_default_device(given)
    except (RuntimeError, TypeError) as error:
        return type(error), str(error)
    return None
