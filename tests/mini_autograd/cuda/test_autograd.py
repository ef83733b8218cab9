"""Derivatives on a GPU: where gradients lie, what lies beside what, and every way to differentiate."""

import numpy as np
import pytest

import mini_autograd as ours
from mini_autograd.autograd import forward_ad
from mini_autograd.autograd.gradcheck import gradcheck, gradgradcheck
from mini_autograd.kernels.cuda.kernels import current
from mini_autograd.op.declare import INTERNAL
from mini_autograd.utils.checkpoint import checkpoint

F = ours.nn.functional


def values(*shape):
    return np.random.RandomState(len(shape) + sum(shape)).standard_normal(shape)


def leaf(*shape, device="cuda"):
    return ours.tensor(values(*shape).tolist(), dtype=ours.float64, device=device).requires_grad_()


def places(*tensors):
    return [str(one.device) for one in tensors]


def numbers(value):
    """All elements, and the devices that they are on."""
    if isinstance(value, ours.Tensor):
        return value.tolist(), {value.device.type}
    found = [numbers(one) for one in value]
    return [one[0] for one in found], set().union(*[one[1] for one in found])


CLASSES = (
    lambda x: ours.nextafter(x, leaf(3, 4, device=x.device)),
    lambda x: x.repeat(0, 2),
    lambda x: ours.cat([x, ours.zeros(0, dtype=x.dtype, device=x.device)]),
    lambda x: x.put(ours.tensor([1, 3], device=x.device), x[0, :2].detach()),
    lambda x: x.as_strided((2, 2, 2), (2, 1, 1)),
    lambda x: x.expand(2, 3, 4).as_strided((3, 4), (4, 1)),
    lambda x: x.split(2, 1)[1],
    lambda x: x.median(1)[0],
    lambda x: x.cummax(1)[0],
    lambda x: x.max(),
    lambda x: x[:, 0].diag().trace(),
    lambda x: (x * 0).prod(1),
    lambda x: (x * (x > 0)).cumprod(1),
    lambda x: x.sgn() + x,
    lambda x: F.prelu(x, ours.tensor([0.5], dtype=x.dtype, device=x.device)),
    lambda x: F.nll_loss(x, ours.tensor([1, 0, 3], device=x.device)),
    lambda x: F.ctc_loss(x.expand(2, 3, 4), ours.tensor([[1], [2], [1]], device=x.device), (2, 2, 2), (1, 1, 1)),
    lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True),
    lambda x: F.max_pool1d(x, 2),
    lambda x: F.pad(x, (1, 2), value=3.0),
    lambda x: ours.linalg.matrix_power(x[:, :3], 0),
    lambda x: ours.linalg.vander(x),
    lambda x: ours.quantile(x, 0.3),
    lambda x: ours.cov(x),
    lambda x: ours.polygamma(1, x).polygamma_(1),
    lambda x: ours.squeeze_copy(x.unsqueeze(0)),
    lambda x: (x.abs() + 3).mvlgamma(2),
)  # fmt: skip


@pytest.mark.parametrize("function", CLASSES)
def test_gradient_lies_where_its_leaf_does(function):
    found = {}
    for device in ("cpu", "cuda"):
        x = leaf(3, 4, device=device)
        (grad,) = ours.autograd.grad(function(x).sum(), x, create_graph=True)
        found[device] = grad
    assert found["cuda"].device == ours.device("cuda", 0)
    np.testing.assert_allclose(found["cuda"].tolist(), found["cpu"].tolist(), rtol=1e-12)


def test_formulas_do_not_look_at_the_default_device():
    x = leaf(3, 4, device="cpu")
    with ours.device("cuda"):
        for function in CLASSES:
            (grad,) = ours.autograd.grad(function(x).sum(), x)
            assert grad.device.type == "cpu"


def test_number_on_the_cpu_beside_tensors_of_a_gpu():
    x, number = leaf(3), ours.tensor(2.0, dtype=ours.float64, requires_grad=True)
    for function in (ours.mul, ours.sub, ours.true_divide, ours.maximum, ours.atan2, ours.copysign):
        x.grad = number.grad = None
        function(x, number).sum().backward()
        assert places(x.grad, number.grad) == ["cuda:0", "cpu"]
        assert number.grad.shape == ()


def test_gradients_go_back_the_way_tensors_came():
    x, y = leaf(3, device="cpu"), leaf(3, device="cuda:0")
    with_copy = x.cuda(1) * y.to("cuda:1")
    assert places(with_copy) == ["cuda:1"]
    with_copy.cpu().exp().sum().backward()
    assert places(x.grad, y.grad) == ["cpu", "cuda:0"]
    product = values(3) * values(3)
    np.testing.assert_allclose(x.grad.tolist(), np.exp(product) * values(3), rtol=1e-12)
    assert x.grad.tolist() == y.grad.tolist()


def test_what_is_written_to_another_device_gets_its_gradient_back():
    x, target = leaf(3, device="cpu"), ours.zeros(2, 3, dtype=ours.float64, device="cuda:1")
    target[0] = x
    target.exp().sum().backward()
    assert places(x.grad) == ["cpu"]
    np.testing.assert_allclose(x.grad.tolist(), np.exp(values(3)), rtol=1e-12)


def test_gradient_of_another_device_is_refused():
    class ToTheCpu(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad.cpu()

    with pytest.raises(RuntimeError, match="expected device cuda:0 but got cpu"):
        ToTheCpu.apply(leaf(2)).sum().backward()
    with pytest.raises(RuntimeError, match="at index 0 - expected device cuda:0 but got cpu"):
        (leaf(2) * 2).backward(ours.ones(2, dtype=ours.float64))
    with pytest.raises(RuntimeError, match="at least two devices, cuda:0 and cuda:1"):
        leaf(2) + leaf(2, device="cuda:1")
    with pytest.raises(RuntimeError, match="at least two devices, cuda:0 and cpu"):
        ours.add(leaf(2).detach(), 1, out=ours.zeros(2, dtype=ours.float64))


def test_function_gets_zeros_where_its_outputs_lie():
    class Both(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x.cpu()

        @staticmethod
        def backward(ctx, here, there):
            assert places(here, there) == ["cuda:1", "cpu"]
            return here + there.cuda(1)

    x = leaf(2, device="cuda:1")
    Both.apply(x)[0].sum().backward()
    Both.apply(x)[1].sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_gradcheck():
    first, second = leaf(3, 2), leaf(2, 3)
    checks = {"check_forward_ad": True, "check_batched_grad": True}
    assert gradcheck(lambda a, b: (a @ b).sin(), (first, second), **checks)
    assert gradcheck(lambda a, b: (a @ b).sin(), (first, second), fast_mode=True, check_forward_ad=True)
    assert gradgradcheck(lambda a: a.exp() * a, (first,), gen_non_contig_grad_outputs=True)


WAYS = (
    lambda f, x: ours.autograd.functional.jacobian(f, x),
    lambda f, x: ours.autograd.functional.jacobian(f, x, vectorize=True, strategy="forward-mode"),
    lambda f, x: ours.autograd.functional.hessian(lambda a: f(a).sum(), x),
    lambda f, x: ours.autograd.functional.hvp(lambda a: f(a).sum(), x, x.detach()),
    lambda f, x: ours.func.grad_and_value(lambda a: f(a).sum())(x),
    lambda f, x: ours.func.jacrev(f)(x),
    lambda f, x: ours.func.hessian(f)(x),
    lambda f, x: ours.func.jvp(f, (x,), (x.detach(),)),
    lambda f, x: ours.vmap(ours.func.grad(lambda a: f(a).sum()))(x.detach()),
    lambda f, x: ours.vmap(lambda a: a[ours.tensor([0, 1], device=a.device)], chunk_size=1)(x.detach()),
    lambda f, x: ours.autograd.grad(f(x), x, ours.ones(2, 3, 2).to(x), is_grads_batched=True),
)


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_differentiate(way):
    def function(x):
        written = x * 1
        written[..., 1:].mul_(x[..., :1])
        return written.exp() * x.sum()

    expected, _ = numbers(way(function, leaf(3, 2, device="cpu")))
    found, where = numbers(way(function, leaf(3, 2)))
    assert where == {"cuda"}
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_tangents():
    with forward_ad.dual_level():
        x = forward_ad.make_dual(leaf(3, 4).detach().t(), leaf(4, 3).detach())
        base = ours.zeros(4, 3, dtype=ours.float64, device="cuda")
        base[1] = x[0]
        for one in (x.clone().mul_(2), base, x.prod(), x.max(1)[0], x * ours.tensor(2.0)):
            tangent = forward_ad.unpack_dual(one).tangent
            assert places(tangent) == ["cuda:0"]
            assert tangent.shape == one.shape


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoint_draws_the_same_again(reentrant):
    x = leaf(100)
    result = checkpoint(lambda a: F.dropout(a, 0.5), x, use_reentrant=reentrant)
    before = ours.cuda.get_rng_state().tolist()
    result.sum().backward()
    assert ours.equal(x.grad != 0, result != 0)
    assert ours.cuda.get_rng_state().tolist() == before


@pytest.mark.parametrize("pinned", [True, False])
def test_saved_tensors_go_to_the_cpu_and_back(pinned):
    x, hooks = leaf(3), ours.autograd.graph.save_on_cpu(pin_memory=pinned)
    device, held = hooks.pack_hook(x.detach())
    assert (str(device), str(held.device), held.is_pinned()) == ("cuda:0", "cpu", pinned)
    with hooks:
        y = x.exp()
    y.sum().backward()
    assert places(x.grad) == ["cuda:0"]
    np.testing.assert_allclose(x.grad.tolist(), np.exp(values(3)), rtol=1e-12)


def test_anomaly_is_found():
    with ours.autograd.set_detect_anomaly(True):
        root = (leaf(2) * 0 - 1).sqrt().sum()
        with (
            pytest.warns(UserWarning, match="Traceback of forward call"),
            pytest.raises(RuntimeError, match="SqrtBackward0"),
        ):
            root.backward()


def test_assert_close_looks_at_devices():
    x = leaf(3).detach()
    ours.testing.assert_close(x, x.clone())
    with pytest.raises(AssertionError, match="'device' do not match: cuda:0 != cpu"):
        ours.testing.assert_close(x, x.cpu())
    ours.testing.assert_close(x, x.cpu(), check_device=False)
    with pytest.raises(AssertionError, match="Mismatched elements: 1 / 3"):
        ours.testing.assert_close(x, x + ours.tensor([0.0, 1, 0], device="cuda"))


def test_indices_may_lie_on_the_cpu_and_numbers_to_put_too():
    for index in (ours.tensor([0, 2]), ours.tensor([0, 2], device="cuda"), ours.tensor([True, False, True])):
        x = leaf(3)
        assert places(x[index]) == ["cuda:0"]
        assert x.detach().index_put_((index,), ours.tensor(2.0, dtype=ours.float64))[2] == 2
        with pytest.raises(RuntimeError, match="at least two devices, cuda:0 and cpu!"):
            x.detach().index_put_((index,), ours.zeros(2, dtype=ours.float64))
        x[index].sum().backward()
        assert x.grad.tolist() == [1, 0, 1]
    with pytest.raises(
        RuntimeError, match=r"indices should be either on cpu or on the same device .*\(cpu\)"
    ):
        leaf(3, device="cpu")[ours.tensor([0, 2], device="cuda")]


def test_every_row_has_a_kernel_for_devices():
    kernels = current()
    rows = [row for packet in INTERNAL.values() for row in packet.overloads if row.kernel is not None]
    hosts = {row.name for row in rows if kernels.counterpart(row.kernel) is row.kernel}
    assert hosts == {"_copy_across"}  # which is the same for all arrays
