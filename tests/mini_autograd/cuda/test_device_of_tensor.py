"""Tensors on a GPU: how they come to it, what they say of it, and how they come back."""

import copy
import pickle

import numpy as np
import pytest

import mini_autograd as torch
from mini_autograd.kernels import accelerator

DTYPES = (
    torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64, torch.complex128, torch.bool,
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
)  # fmt: skip
SPELLINGS = (
    lambda x: x.cuda(),
    lambda x: x.cuda(0),
    lambda x: x.cuda("cuda:0"),
    lambda x: x.cuda(torch.device("cuda")),
    lambda x: x.cuda(device="cuda", non_blocking=True),
    lambda x: x.to("cuda"),
    lambda x: x.to(0),
    lambda x: x.to(torch.device("cuda", 0)),
    lambda x: x.to(device="cuda"),
    lambda x: x.to("cuda", x.dtype),
    lambda x: x.to("cuda", non_blocking=True, copy=True),
    lambda x: x.to(torch.tensor(1.0, device="cuda", dtype=x.dtype)),
    lambda x: x.type_as(torch.tensor(1.0, device="cuda", dtype=x.dtype)),
    lambda x: x.type("torch.cuda.FloatTensor"),
    lambda x: x.type(torch.cuda.FloatTensor),
    lambda x: torch.tensor(x.tolist(), device="cuda"),
    lambda x: torch.as_tensor(x, device="cuda"),
    lambda x: torch.tensor([], device="cuda").new_tensor(x.tolist()),
)


@pytest.fixture
def x():
    return torch.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings(x, spelling):
    moved = spelling(x)
    assert moved.device == torch.device("cuda:0")
    assert moved.is_cuda
    assert not moved.is_cpu
    assert moved.get_device() == torch.get_device(moved) == 0
    assert moved.tolist() == x.tolist()
    assert moved.cpu().device == torch.device("cpu")
    assert moved.cpu().get_device() == -1


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_there_and_back(dtype):
    before = torch.tensor([[0, 1, 2], [3, 4, 5]]).to(dtype)
    moved = before.cuda()
    assert moved.dtype is dtype
    assert moved.cpu().tolist() == moved.tolist() == before.tolist()


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.t(),
        lambda x: x[:, ::2],
        lambda x: x.expand(2, 2, 3),
        lambda x: x[:0],
        lambda x: x[0, 0],
        lambda x: x.reshape(1, 2, 3, 1).to(memory_format=torch.channels_last),
    ],
)
def test_strides_are_those_of_a_copy(x, make):
    source = make(x)
    assert source.cuda().stride() == source.to(source.dtype, copy=True).stride()
    assert source.cuda().cpu().tolist() == source.tolist()


def test_what_is_there_is_not_copied(x):
    moved = x.cuda()
    assert moved.to("cuda") is moved.cuda() is moved.to("cuda:0") is moved
    assert x.cpu() is x.to("cpu") is x
    assert moved.to("cuda", copy=True) is not moved


def test_dtype_and_device_at_once(x):
    assert x.to("cuda", torch.float64).dtype is torch.float64
    assert x.cuda().to(torch.ones(1, dtype=torch.int32)).device.type == "cpu"
    assert x.cuda().type() == "torch.cuda.FloatTensor"
    assert isinstance(x.cuda(), torch.cuda.FloatTensor)
    assert not isinstance(x.cuda(), torch.FloatTensor)


def test_gradient_ends_where_the_leaf_lies():
    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    moved = leaf.cuda()
    assert moved.grad_fn.name() == "ToCopyBackward0"
    assert not [name for name in dir(moved.grad_fn) if name.startswith("_saved")]
    moved.to("cuda:1", torch.float64).cpu().backward(torch.tensor([3.0, 4.0], dtype=torch.float64))
    assert leaf.grad.tolist() == [3.0, 4.0]
    assert leaf.grad.device.type == "cpu"
    assert leaf.grad.dtype is torch.float32


def test_gradient_of_a_leaf_on_the_gpu():
    leaf = torch.tensor([1.0, 2.0], device="cuda", requires_grad=True)
    leaf.cpu().sum().backward()
    assert leaf.grad.device == leaf.device
    with pytest.raises(RuntimeError, match="with device type 'cpu' to a tensor with device type 'cuda'"):
        leaf.grad = torch.ones(2)
    with pytest.raises(
        RuntimeError, match="located on device with index '1' to a tensor located on device with"
    ):
        leaf.grad = torch.ones(2).cuda(1)


def test_second_device(x):
    moved = x.cuda().to("cuda:1")
    assert moved.device == torch.device("cuda:1")
    assert moved.cuda(0).tolist() == x.tolist()
    with pytest.raises(torch.AcceleratorError, match="CUDA error: invalid device ordinal"):
        x.to("cuda:7")


def test_copy_between_devices(x):
    target = torch.zeros_like(x)
    target.copy_(x.cuda() * 2)
    assert target.tolist() == (x * 2).tolist()
    target = x.cuda()
    target.copy_(x + 1, non_blocking=True)
    assert target.device.type == "cuda"
    assert target.tolist() == (x + 1).tolist()
    target.copy_(x.cuda(1))
    assert target.tolist() == x.tolist()


def test_gradient_of_a_copy_between_devices():
    source = torch.tensor([1.0, 2.0], requires_grad=True)
    target = torch.zeros(2).cuda()
    target.copy_(source)
    assert target.grad_fn.name() == "torch::autograd::CopyBackwards"
    (target * 3).sum().backward()
    assert source.grad.tolist() == [3.0, 3.0]
    assert source.grad.device.type == "cpu"


def test_numbers_come_to_the_host():
    one = torch.tensor(2.5, device="cuda")
    assert one.item() == float(one) == complex(one).real == 2.5
    assert int(one) == 2
    assert bool(one)
    assert f"{one:.1f}" == "2.5"
    assert torch.tensor([1, 2], device="cuda").tolist() == [1, 2]
    assert 2 in torch.tensor([1, 2], device="cuda")


def test_numpy():
    one = torch.tensor([1.0], device="cuda")
    text = (
        "can't convert cuda:0 device type tensor to numpy. "
        "Use Tensor.cpu() to copy the tensor to host memory first."
    )
    for convert in (one.numpy, lambda: np.asarray(one)):
        with pytest.raises(TypeError) as caught:
            convert()
        assert str(caught.value) == text
    assert one.numpy(force=True).tolist() == [1.0]


def test_text():
    one = torch.tensor([1.0, 2.0], device="cuda", requires_grad=True)
    assert repr(one) == "tensor([1., 2.], device='cuda:0', requires_grad=True)"
    assert repr(one.detach().to("cuda:1")) == "tensor([1., 2.], device='cuda:1')"


def test_copies_of_leaves():
    one = torch.tensor([1.0, 2.0], device="cuda:1", requires_grad=True)
    for made in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert made.device == one.device
        assert made.requires_grad
        assert made.tolist() == one.tolist()
        assert made.data_ptr() != one.data_ptr()


def test_pickle_without_a_gpu(request):
    content = pickle.dumps(torch.tensor([1.0], device="cuda"))
    request.getfixturevalue("absent")
    with pytest.raises(RuntimeError, match="Attempting to deserialize object on a CUDA device"):
        pickle.loads(content)


def test_interface(x):
    moved = x.cuda()
    given = moved.t().__cuda_array_interface__
    assert given["shape"] == (3, 2)
    assert given["strides"] == (4, 12)
    assert given["typestr"] == "<f4"
    assert given["data"] == (moved.data_ptr(), False)
    assert moved.__cuda_array_interface__["strides"] is None
    with pytest.raises(AttributeError, match="Can't get __cuda_array_interface__ on non-CUDA tensor type"):
        _ = x.__cuda_array_interface__
    with pytest.raises(RuntimeError, match="on Variable that requires grad"):
        _ = moved.requires_grad_().__cuda_array_interface__


def test_arrays_of_the_library_are_shared(x):
    array = accelerator.start().xp.asarray(np.arange(3.0))
    for made in (torch.as_tensor(array), torch.from_dlpack(array)):
        assert made.device == torch.device("cuda:0")
        assert made.data_ptr() == array.data.ptr
    assert torch.tensor(array).data_ptr() != array.data.ptr
    assert torch.as_tensor(array, device="cpu").tolist() == [0.0, 1.0, 2.0]
    moved = x.cuda()
    assert accelerator.load().xp.from_dlpack(moved).get().tolist() == x.tolist()
    assert torch.from_dlpack(moved).data_ptr() == moved.data_ptr()
    assert moved.__dlpack_device__() == (2, 0)


def test_pinned_memory(x):
    pinned = x.t().pin_memory()
    assert pinned.is_pinned()
    assert pinned.pin_memory() is pinned
    assert pinned.stride() == x.t().stride()
    assert pinned.tolist() == x.t().tolist()
    assert pinned[1:].is_pinned()
    assert not x.is_pinned()
    moved = pinned.cuda(non_blocking=True)
    back = moved.to("cpu", non_blocking=True)
    torch.cuda.synchronize()
    assert back.is_pinned()
    assert back.tolist() == x.t().tolist()
    assert torch.tensor([1.0], pin_memory=True).is_pinned()
    with pytest.raises(RuntimeError, match=r"cannot pin 'torch.cuda.FloatTensor' only dense CPU tensors"):
        moved.pin_memory()


def test_storage(x):
    storage = x.cuda().untyped_storage()
    assert storage.device == torch.device("cuda:0")
    assert storage.is_cuda
    assert storage.get_device() == 0
    assert x.untyped_storage().device == torch.device("cpu")


def test_stream_of_a_tensor(x):
    stream = torch.cuda.Stream()
    x.cuda().record_stream(stream)
    with pytest.raises(NotImplementedError, match="Could not run 'aten::record_stream'"):
        x.record_stream(stream)
    with pytest.raises(RuntimeError, match="unknown parameter type"):
        x.cuda().record_stream(1)


def test_comparison_across_devices(x):
    with pytest.raises(AssertionError, match="attribute 'device' do not match: cuda:0 != cpu"):
        torch.testing.assert_close(x.cuda(), x)
    torch.testing.assert_close(x.cuda(), x, check_device=False)


def test_what_happens_where_the_current_device_is_another(x):
    leaf = x.cuda(1).requires_grad_()
    assert torch.cuda.current_device() == 0
    (leaf * leaf + leaf).sum().backward()
    assert leaf.grad.device == leaf.device
    assert leaf.grad.tolist() == (2 * x + 1).tolist()
    with torch.no_grad():
        leaf += leaf
    assert leaf.tolist() == (2 * x).tolist()


def test_saved_on_the_host():
    leaf = torch.tensor([1.0, 2.0], device="cuda", requires_grad=True)
    with torch.autograd.graph.save_on_cpu(pin_memory=True):
        result = (leaf * leaf).sum()
    result.backward()
    assert leaf.grad.tolist() == [2.0, 4.0]
    assert leaf.grad.device == leaf.device


def test_levels_and_modes(x):
    with torch.inference_mode():
        assert x.cuda().is_inference()
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
        assert torch.autograd.forward_ad.unpack_dual(dual.cuda()).tangent.is_cuda
    assert torch.vmap(lambda row: row.cuda())(x).tolist() == x.tolist()
    assert torch.func.grad(lambda one: (one.cuda() ** 2).sum())(x).tolist() == (2 * x).tolist()


def test_legacy_classes():
    made = torch.cuda.FloatTensor([1.0, 2.0])
    assert made.device == torch.device("cuda:0")
    assert made.new([1.0]).device == made.device
    with pytest.raises(
        RuntimeError, match="legacy constructor expects device type: cpu but device type: cuda"
    ):
        torch.Tensor(2, device="cuda")
