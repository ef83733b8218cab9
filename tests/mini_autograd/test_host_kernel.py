"""The compiled loops against their twins: the same bits, layout, memory and errors."""

import itertools
import re
import warnings

import numpy as np
import pytest

import mini_autograd
from mini_autograd.kernels.host import modules
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared import (
    activation,
    arithmetic,
    comparison,
    elementary,
    filling,
    likelihood,
    loss,
    matmul,
    memory,
    part,
    random,
    reduction,
    scan,
    softmax,
    sorting,
    view,
)
from mini_autograd.kernels.shared.arrangement import arranged
from tests.mini_autograd import kernel_fuzz
from tests.mini_autograd.twin import assert_alike, assert_several_alike, loops

pytestmark = pytest.mark.skipif(not modules(), reason="nothing is compiled here")


def layouts(rng, dtype=np.float32):
    """Arrays of all layouts that matter: 0-d, empty, sizes of 1, spaced, transposed, turned around, expanded."""
    whole = rng.standard_normal((4, 3, 5)).astype(dtype)
    column = np.ndarray((3, 1), dtype, rng.standard_normal(30).astype(dtype), 0, (16, 24))
    return [
        whole, whole[0, 0, 0, ...], np.array(1.5, dtype), whole[0], whole[0, 0], whole[:, 0], whole[1:3, ::2],
        whole.T, whole.transpose(1, 0, 2), whole[::-1], whole[:, :1], whole[:1, :1, :1], whole[:0], whole[:, :, :0],
        view.expand(whole[:, :1], (4, 6, 5)), view.expand(whole[0, 0, 0, ...], (2, 3)), column, column.T,
        rng.standard_normal(300).astype(dtype), rng.standard_normal((70, 40)).astype(dtype),
    ]  # fmt: skip


SHAPES = [
    (-1,),
    (3, -1),
    (5, 3, 4),
    (4, 15),
    (1, 4, 1, 3, 5, 1),
    (2, -1, 5),
    (-1, -1),
    (0,),
    (-2,),
    (),
    (1, 1),
    (7,),
]
EXPANDED = [
    (-1,),
    (4, 3, 5),
    (2, 4, 3, 5),
    (4, -1, 5),
    (1, 6, 5),
    (2, 3),
    (1, 2, 3),
    (),
    (3, 7),
    (0,),
    (1,) * 65,
]
VIEWS = {
    "view": (SHAPES,),
    "expand": (EXPANDED, (False,)),
    "transpose": ((0, 1, -1, 2, -2, 3), (0, 1, -1, -3, -4)),
    "t": (),
    "permute": ([(0,), (1, 0), (0, 0), (-1, 0, 1), (2, 1, 0), (0, -1), (0, 1, 3), ()],),
    "unsqueeze": ((0, 1, 2, 3, 4, -1, -2, -4, -5),),
    "squeeze": (),
    "squeeze_dim": ((0, 1, 2, -1, -3, 3, -4),),
}
PARTS = {
    "select": ((0, 1, -1, 3), (0, 2, -1, -4, 5)),
    "slice_tensor": ((0, 1, -1, 3), (None, 0, 1, -2, 9, -9), (None, 2, 0, -1, 2**65), (1, 2, 7, 0, -1)),
}


@pytest.mark.parametrize(("name", "twin"), [(n, view) for n in VIEWS] + [(n, part) for n in PARTS])
def test_view_is_its_twins(name, twin):
    choices = (VIEWS | PARTS)[name]
    for array in layouts(np.random.default_rng(1)):
        for args in itertools.product(*choices):
            assert_alike(getattr(loops("view"), name), getattr(twin, name), array, *args)


def test_calls_of_any_kind_are_their_twins():
    assert not kernel_fuzz.differing(5000)


def test_view_of_read_only_memory_is_read_only():
    array = np.zeros((2, 3))
    array.flags.writeable = False
    assert not loops("view").view(array, (6,)).flags.writeable


def test_inferred_size_is_its_twins():
    sizes = [
        (-1,),
        (3, -1),
        (2, 6),
        (5,),
        (-1, -1),
        (0, -1),
        (0,),
        (-2, 6),
        (),
        (2**62, 4),
        (2**62, -1),
        (2**65, 1),
    ]
    for size, count in itertools.product(sizes, (0, 1, 12)):
        assert_alike(loops("view").infer_size, view.infer_size, size, count)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
@pytest.mark.parametrize("name", ["sum", "mean"])
def test_reduction_is_its_twins(name, dtype):
    rng = np.random.default_rng(2)
    arrays = [*layouts(rng, dtype), -np.zeros((3, 2), dtype), rng.standard_normal((2, 2000, 3)).astype(dtype)]
    for array in arrays:
        assert_alike(getattr(loops("reduction"), f"{name}_all"), getattr(reduction, f"{name}_all"), array)
        for dim in (None, (), *[(d,) for d in range(array.ndim)], [0], (-1,), (0, 1), (3,), (-4,), ("x",)):
            for keepdim in (False, True):
                args = (array, dim, keepdim)
                assert_alike(getattr(loops("reduction"), name), getattr(reduction, name), *args)


def pairs(dtype=np.float32):
    """Two arrays of one layout, of two, and of shapes that broadcast or do not."""
    ones, twos = [layouts(np.random.default_rng(seed), dtype) for seed in (3, 4)]
    shapes = [
        (2, 3, 4),
        (4,),
        (3, 1),
        (1, 3, 4),
        (2, 1, 1),
        (1,),
        (2, 1, 4),
        (40, 1, 2),
        (2,),
        (1, 1, 5),
        (0,),
    ]
    shapes += [(64, 33), (33,), (64, 1), (3, 4, 1, 1), (1, 1, 5, 6), (200, 1, 30)]
    blocks = [np.random.default_rng(5).standard_normal(shape).astype(dtype) for shape in shapes]
    number = np.array(0.7, dtype)
    yield from zip(ones, twos, strict=True)
    yield from ((one, two.copy()) for one, two in zip(ones, twos, strict=True))
    yield from ((one, number) for one in ones)
    yield from ((number, two) for two in twos)
    yield from itertools.product(blocks, blocks)


def assert_same_elements(ours, twin, *args):
    """The same elements of the same type; how they lie is dispatch's to arrange where they are not contiguous."""
    try:
        with np.errstate(all="ignore"):
            wanted = twin(*args)
    except ValueError as error:
        with pytest.raises(ValueError, match=re.escape(str(error))):
            ours(*args)
        return
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(ours(*args), wanted, strict=True)


BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.true_divide, "lt": np.less, "maximum": np.maximum,
    "tanh_backward": elementary.tanh_backward, "sigmoid_backward": elementary.sigmoid_backward,
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("name", BINARY)
def test_binary_is_its_twins(name, dtype):
    for one, two in pairs(dtype):
        assert_same_elements(getattr(kernel, name), BINARY[name], one, two)


@pytest.mark.parametrize("name", ["exp", "tanh", "neg", "isnan", "relu", "sigmoid"])
def test_unary_is_its_twins(name):
    twin = (
        getattr(elementary, name, None)
        or {"neg": np.negative, "isnan": np.isnan, "relu": activation.relu}[name]
    )
    for dtype in (np.float32, np.float64):
        for array in layouts(np.random.default_rng(7), dtype):
            assert_same_elements(getattr(kernel, name), twin, array)


def test_relu_of_special_values_is_its_twins():
    array = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45] * 9, np.float32)
    assert kernel.relu(array).tobytes() == activation.relu(array).tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_threshold_is_its_twins(dtype):
    for (one, two), limit in itertools.product(pairs(dtype), (0, 0.5, -1, 2**60)):
        assert_same_elements(kernel.threshold_backward, activation.threshold_backward, one, two, limit)


NUMBERS = (
    0,
    1,
    2,
    3,
    -1,
    -2,
    7,
    0.5,
    -0.5,
    1.5,
    1e300,
    -0.0,
    float("nan"),
    True,
    2**53,
    2**53 + 1,
    2**60 + 1,
)
NUMBERED = ["add", "sub", "mul", "div", "pow", "rsub", "eq", "ne", "lt", "le", "gt", "ge"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
@pytest.mark.parametrize("name", NUMBERED)
def test_number_is_its_twins(name, dtype):
    name += "_scalar"
    twin = getattr(arithmetic, name, None) or getattr(comparison, name)
    for array, number in itertools.product(layouts(np.random.default_rng(8), dtype), NUMBERS):
        if dtype is np.int64 and not isinstance(number, int):
            continue
        more = (1,) if name == "rsub_scalar" else ()
        assert_same_elements(
            getattr(kernel, name), twin, np.abs(array) if name == "pow_scalar" else array, number, *more
        )


def test_reflected_difference_scales_what_is_subtracted():
    array = np.arange(4.0)
    assert kernel.rsub_scalar(array, 1, 3).tolist() == [1, -2, -5, -8]


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.complex64])
def test_sum_in_place_is_its_twins(dtype):
    arrays = [layouts(np.random.default_rng(seed), dtype) for seed in (5, 6)]
    for one, two in zip(*arrays, strict=True):
        for added in (two, two.copy(), one, one[::-1] if one.ndim else two):
            ours, twin = one.copy(), one.copy()
            loops("direct").add_into(ours, added)
            filling.add_into(twin, added)
            np.testing.assert_array_equal(ours, twin, strict=True)


def test_sum_in_place_with_overlapping_memory_is_its_twins():
    ours, twin = np.arange(10.0), np.arange(10.0)
    loops("direct").add_into(ours[1:], ours[:-1])
    filling.add_into(twin[1:], twin[:-1])
    np.testing.assert_array_equal(ours, twin)


def rows(dtype):
    """Arrays for functions along a dimension, extreme values among them."""
    rng = np.random.default_rng(9)
    shapes = [(5,), (1,), (3, 7), (4, 1), (2, 3, 40), (70, 100), (3, 5000), (0, 3), (3, 0), (1000, 3)]
    yield from (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    yield from layouts(rng, dtype)
    for special in (np.nan, np.inf, -np.inf, 1e30, -0.0):
        array = rng.standard_normal((4, 9)).astype(dtype)
        array[1, 3] = array[2, :] = array[3, 8] = special
        yield array


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_is_its_twins(name, dtype):
    for array in rows(dtype):
        for dim in (0, -1, array.ndim - 1):
            if dim >= 0 or array.ndim:
                assert_alike(getattr(kernel, name), getattr(softmax, name), array, dim, False)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["softmax_backward_data", "log_softmax_backward_data"])
def test_softmax_backward_is_its_twins(name, dtype):
    ours, twin = getattr(kernel, name), getattr(softmax, name)
    for grad, output in zip(rows(dtype), rows(dtype), strict=True):
        for dim in (0, -1):
            assert_alike(ours, twin, grad[::-1].copy() if grad.ndim else grad, output, dim, None)
            assert_alike(ours, twin, grad.T.copy().T, output, dim, None)


def matrices(dtype):
    rng = np.random.default_rng(10)
    one, two = rng.standard_normal((6, 4)).astype(dtype), rng.standard_normal((4, 5)).astype(dtype)
    yield one, two
    yield one, rng.standard_normal((5, 4)).astype(dtype).T
    yield one[::2], two[:, ::2]
    yield one[:, :1], two[:1]
    yield one[:0], two
    yield one[:, :0], two[:0]
    yield one, one
    yield one, one.T
    yield one.T, one
    yield one[:1], two
    yield one, two[:, :1]
    yield one.T[:1].T, two.T[:1]
    yield -np.zeros((6, 1), dtype), two[:1]
    yield one[::2, :1], two[0:1, ::2]
    yield np.tile(one[:, :1], (20, 1)), np.tile(two[:1], (1, 20))
    yield one[::-1], two[:, ::-1]
    yield np.broadcast_to(one[:1], (6, 4)), two
    yield np.tile(one, (4, 4)), np.tile(two, (4, 4))
    yield one[0], two
    yield one, two[::-1, 0]
    yield one, two[:, 0]
    yield one, np.abs(two).astype(np.float16)
    yield one[None], two


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.int64])
@pytest.mark.parametrize("name", ["mm", "mv"])
def test_product_is_its_twins(name, dtype):
    for one, two in matrices(dtype):
        assert_alike(getattr(kernel, name), getattr(matmul, name), one, two)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("numbers", [(1, 1), (0, 1), (1, 2), (0.5, 1)])
def test_sum_with_product_is_its_twins(numbers, dtype):
    if dtype is np.int64:
        numbers = tuple(map(int, numbers))
    rng = np.random.default_rng(11)
    for shape in ((5,), (6, 5), (1, 5), (6, 1), (1,), (), (4,), (2, 6, 5)):
        added = rng.standard_normal(shape).astype(dtype)
        for one, two in matrices(dtype):
            assert_alike(kernel.addmm, matmul.addmm, added, one, two, *numbers)
            assert_alike(kernel.addmm, matmul.addmm, added.T, one, two, *numbers)


def pairs_for_loss(dtype):
    rng = np.random.default_rng(12)
    shapes = [(7,), (16, 1), (3, 4, 5), (2048,), (2049,), (0,), (), (4, 1, 2)]
    for one, two in itertools.product(shapes, shapes):
        yield rng.standard_normal(one).astype(dtype), rng.standard_normal(two).astype(dtype)
    yield from zip(layouts(rng, dtype), layouts(rng, dtype), strict=True)
    yield rng.standard_normal(5).astype(dtype), rng.standard_normal(5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reduction", [0, 1, 2])
def test_squared_error_is_its_twins(reduction, dtype):
    for one, two in pairs_for_loss(dtype):
        assert_same_elements(kernel.mse_loss, loss.mse_loss, one, two, reduction)
        assert_same_elements(
            kernel.mse_loss_backward, loss.mse_loss_backward, np.array(0.3, dtype), one, two, reduction
        )
        assert_same_elements(kernel.mse_loss_backward, loss.mse_loss_backward, two, one, two, reduction)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reduction", [0, 1, 2])
@pytest.mark.parametrize("ignored", [-100, 1, 2])
def test_likelihood_is_its_twins(ignored, reduction, dtype):
    rng = np.random.default_rng(13)
    weights = rng.standard_normal(3).astype(dtype)
    for count, weight in itertools.product((0, 1, 5, 300), (None, weights)):
        rows = rng.standard_normal((count, 3)).astype(dtype)
        classes = rng.integers(0, 3, count)
        targets = [classes, classes.astype(np.uint8), np.where(classes == 2, 0, classes), classes[::-1]]
        if count:
            targets += [np.where(np.arange(count) == 0, wrong, classes) for wrong in (-1, 3, 2**40, -100)]
        for given, target in itertools.product((rows, np.asfortranarray(rows)), targets):
            assert_several_alike(
                kernel.nll_loss_forward,
                likelihood.nll_loss_forward,
                given,
                target,
                weight,
                reduction,
                ignored,
            )
            for grad in (np.array(0.7, dtype), rng.standard_normal(count).astype(dtype)):
                assert_alike(
                    kernel.nll_loss_backward, likelihood.nll_loss_backward,
                    grad, given, target, weight, reduction, ignored, np.array(count or 1, dtype),
                )  # fmt: skip


@pytest.mark.parametrize("dtype", [mini_autograd.float32, mini_autograd.float64])
def test_products_of_infinities_warn_of_nothing(dtype):
    vector = mini_autograd.tensor([[float("inf"), 1.0], [float("-inf"), 3e38]], dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert vector.mm(vector).isnan().any()
        assert mini_autograd.addmm(vector, vector, vector).isnan().any()
        assert vector.mv(vector[:, 0]).isnan().any()
        assert mini_autograd.nn.functional.mse_loss(vector, vector).isnan()


def test_layouts_are_compared_as_by_its_twin():
    arrays = layouts(np.random.default_rng(14))
    for one, two in itertools.product(arrays, arrays):
        if one.ndim != two.ndim or one.shape == two.shape:
            assert loops("memory").laid_like(one, two) == memory.laid_like(one, two)


def test_a_leaf_that_got_another_dimension_takes_its_gradient():
    leaf = mini_autograd.ones(3, requires_grad=True)
    result = leaf * 2
    with mini_autograd.no_grad():
        leaf.unsqueeze_(0)
    result.sum().backward()
    assert leaf.grad.tolist() == [[2.0, 2.0, 2.0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
def test_ones_are_their_twins(dtype):
    for shape in ((), (3,), (0, 2)):
        assert_alike(loops("memory").ones, filling.ones, shape, np.dtype(dtype))


def test_copy_in_a_layout_is_its_twins():
    rng = np.random.default_rng(15)
    for array in layouts(rng):
        for like in (array.copy(), array.copy("F"), np.zeros(array.shape, array.dtype)):
            assert_alike(loops("memory").copy_laid_like, memory.copy_laid_like, array, like)


@pytest.mark.parametrize("name", ["add", "tanh_backward", "threshold_backward"])
def test_results_are_left_to_arrangement_where_strides_of_one_dimension_decide(name):
    """Beside an expanded number, the strides of a dimension of size 1 decide how the result lies."""
    column = np.ndarray((3, 1), np.float32, np.ones(6, np.float32), 0, (4, 8))
    number = view.expand(np.ones((), np.float32), (3, 1))
    more = (0,) if name == "threshold_backward" else ()
    for args in ((column, number), (number, column)):
        result = getattr(kernel, name)(*args, *more)
        assert arranged(result, list(args)).strides == (4, 12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, np.uint8, np.bool_])
def test_choice_by_rank_is_its_twins(dtype):
    rng = np.random.default_rng(16)
    for shape, most in itertools.product(
        [(1,), (5,), (300,), (3, 50), (7, 33, 4), (0, 3), ()], (2, 20, 1000)
    ):
        whole = rng.integers(-1, most, shape).astype(dtype)
        holed = (
            np.where(rng.random(shape) < 0.3, np.nan, whole).astype(dtype)
            if whole.dtype.kind == "f"
            else whole
        )
        for array, dim in itertools.product(
            (whole, holed, whole.T, holed[::-1] if shape else holed), (0, -1)
        ):
            size = array.shape[dim] if shape else 1
            for keepdim in (False, True) if size else ():
                for k in (1, (size + 1) // 2, size):
                    assert_several_alike(kernel.kthvalue, sorting.kthvalue, array, k, dim, keepdim)
                    for largest in (False, True):
                        assert_several_alike(kernel.topk, sorting.topk, array, k, dim, largest, keepdim)
                assert_several_alike(kernel.mode, sorting.mode, array, dim, keepdim)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scan_is_its_twins(dtype):
    for array in [*rows(dtype), np.array([[-0.0, 0.0], [0.0, -0.0], [-1e-30, 1e-45]], dtype)]:
        for dim in range(-1, array.ndim):
            for name in ("cumsum", "cumprod"):
                assert_alike(getattr(kernel, name), getattr(scan, name), array, dim)
            for name in ("cummax", "cummin"):
                assert_several_alike(getattr(kernel, name), getattr(scan, name), array, dim)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normals_are_their_twins(dtype):
    uniforms = np.random.default_rng(17).random(16 * 4000).astype(np.float32)
    uniforms[:40] = np.repeat(np.array([0, 1 - 2**-24, 2**-24, 0.5, 0.25], np.float32), 8)
    for given in (uniforms, uniforms[:16], uniforms[::2]):
        assert_alike(loops("random").blocks_of_normals, random.blocks_of_normals, given.astype(dtype))
