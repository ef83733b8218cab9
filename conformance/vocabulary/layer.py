"""How arguments of layers, factorisations and transforms are drawn."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, Invalid, State
from ..statements import Ref, literal
from .matrix import contraction, well_conditioned
from .operand import alike, dimension, index_tensor, operand, optional
from .row import Arguments, Row


def convolution(state: State, row: Row) -> Arguments:
    """conv1d(x, weight, bias, stride, padding, dilation, groups)"""
    choice, space = state.choice, int(row.name[-2])
    dtype = choice.pick(row.only)
    groups = choice.pick((1, 1, 2))
    channels, kernel = groups * choice.integer(1, 2), choice.integer(1, 3)
    outputs = groups * choice.integer(1, 2)
    size = choice.integer(3, 4) if space == 2 else choice.integer(4, 6)
    x = state.leaf((choice.integer(1, 2), channels, *(size,) * space), dtype)
    transposed = "transpose" in row.name
    first, second = (channels, outputs // groups) if transposed else (outputs, channels // groups)
    args = [Ref(x), Ref(state.leaf((first, second, *(kernel,) * space), dtype))]
    if choice.chance(0.6):
        args.append(Ref(state.leaf((outputs,), dtype)))
    given: dict[str, Any] = {"groups": groups} if groups > 1 else {}
    for name, values in (("stride", (1, 2)), ("padding", (0, 1))):
        if choice.chance(0.5):
            given[name] = choice.pick(values)
    return args, given


def pooling(state: State, row: Row) -> Arguments:
    """max_pool2d(x, kernel, stride, padding)"""
    choice, space = state.choice, int(row.name[-2])
    size = choice.integer(3, 4) if space == 2 else choice.integer(4, 6)
    name = state.leaf((choice.integer(1, 2), choice.integer(1, 2), *(size,) * space), choice.pick(row.only))
    if "adaptive" in row.name:
        return [Ref(name), choice.integer(1, 3)], {}
    given = {"stride": choice.integer(1, 2)} if choice.chance(0.5) else {}
    return [Ref(name), 2], given


def batch(state: State, row: Row) -> Arguments:
    """batch_norm(x, mean, var, weight, bias, training)"""
    choice = state.choice
    dtype = choice.pick(row.only)
    channels = choice.integer(1, 3)
    x = state.leaf((choice.integer(2, 3), channels, *state.shape(0, 1)), dtype)
    if state.env[x].numel() == 0:
        raise Invalid("nothing to normalise")
    args: list[Any] = [Ref(x)]
    training = choice.chance(0.6)
    if training and choice.chance(0.5):
        args += [None, None]
    else:
        args += [Ref(state.leaf((channels,), dtype, domain, False)) for domain in ("any", "positive")]
    given: dict[str, Any] = {"training": training}
    if choice.chance(0.6):
        given |= {"weight": Ref(state.leaf((channels,), dtype)), "bias": Ref(state.leaf((channels,), dtype))}
    return args, given


def groups(state: State, row: Row) -> Arguments:
    """group_norm(x, groups, weight, bias), instance_norm(x)"""
    choice = state.choice
    dtype = choice.pick(row.only)
    x = state.leaf((choice.integer(1, 2), 4, choice.integer(2, 3)), dtype)
    if row.name == "instance_norm":
        return [Ref(x)], {}
    given: dict[str, Any] = {}
    if choice.chance(0.6):
        given = {"weight": Ref(state.leaf((4,), dtype)), "bias": Ref(state.leaf((4,), dtype))}
    return [Ref(x), choice.pick((1, 2, 4))], given


def padded(state: State, row: Row) -> Arguments:
    """pad(x, [left, right, ...], mode, value)"""
    choice = state.choice
    name = operand(state, row, ndim=(2, 3), keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    mode = choice.pick(("constant", "constant", "reflect", "replicate", "circular"))
    if mode == "constant":
        sizes = [choice.integer(0, 2) for _ in range(2 * choice.integer(1, 2))]
        return [Ref(name), sizes], {"value": choice.integer(-1, 2) + 0.5} if choice.chance(0.5) else {}
    most = x.shape[-1] - (1 if mode == "reflect" else 0)
    if CLASS_OF[dtype_name(x.dtype)] != "f":
        raise Invalid("only of floating tensors")
    return [Ref(name), [min(choice.integer(0, 2), most), min(choice.integer(0, 2), most)]], {"mode": mode}


def encoded(state: State, row: Row) -> Arguments:
    """one_hot(indices, classes)"""
    return [Ref(index_tensor(state, state.shape(0, 2), 4)), 5], {}


def compared(state: State, row: Row) -> Arguments:
    """cosine_similarity(x, y, dim), pairwise_distance(x, y)"""
    name = operand(state, row, ndim=(2, 2), keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, tuple(x.shape), "nonzero"))], optional(state, row)


def unit(state: State, row: Row) -> Arguments:
    """normalize(x, p, dim)"""
    name = operand(state, row, ndim=(1, 3))
    return [Ref(name)], {**optional(state, row), "dim": dimension(state, state.env[name])}


def signed(state: State, row: Row) -> Arguments:
    """soft_margin_loss(x, target, reduction): the target is 1 or -1"""
    name = operand(state, row)
    x = state.env[name]
    signs = [state.choice.pick((1.0, -1.0)) for _ in range(x.numel())]
    target = state.name()
    state.run(literal(target, signs, tuple(x.shape), dtype_name(x.dtype)))
    return [Ref(name), Ref(target)], optional(state, row)


def contracted(state: State, row: Row) -> Arguments:
    """tensordot(x, y, dims)"""
    args, _ = contraction("nm", "mp")(state, row)
    return args, {"dims": 1}


def halves(state: State, row: Row) -> Arguments:
    """glu(x, dim): of even size"""
    name = operand(state, row, ndim=(1, 3))
    x = state.env[name]
    even = [place for place, size in enumerate(x.shape) if size % 2 == 0 and size]
    if not even:
        raise Invalid("no even dimension")
    return [Ref(name), state.choice.pick(even)], {}


def solved(state: State, row: Row) -> Arguments:
    """linalg.solve(a, b): a well conditioned"""
    size, dtype = state.choice.integer(1, 3), state.choice.pick(row.only)
    return [
        Ref(well_conditioned(state, size, dtype)),
        Ref(state.leaf((size, state.choice.integer(1, 2)), dtype)),
    ], {}


def definite(state: State, row: Row) -> Arguments:
    """linalg.cholesky(a): symmetric and positive"""
    size, dtype = state.choice.integer(1, 3), state.choice.pick(row.only)
    numbers = state.numbers(size * size, dtype, "unit")
    rows = [numbers[at * size : (at + 1) * size] for at in range(size)]
    even = [(rows[i][j] + rows[j][i]) / 2 + (4 if i == j else 0) for i in range(size) for j in range(size)]
    name = state.name()
    state.run(literal(name, even, (size, size), dtype, state.choice.chance(0.8)))
    return [Ref(name)], {}


def raised_to(state: State, row: Row) -> Arguments:
    """linalg.matrix_power(a, n)"""
    args, _ = definite(state, row)
    return [*args, state.choice.integer(0, 3)], {}


def along(state: State, row: Row) -> Arguments:
    """fft.fft(x, dim=...)"""
    name = operand(state, row, ndim=(1, 2), keep=lambda tensor: tensor.numel() > 0)
    given: dict[str, Any] = {"dim": dimension(state, state.env[name])} if state.choice.chance(0.4) else {}
    if state.choice.chance(0.3):
        given["norm"] = state.choice.pick(("ortho", "forward", "backward"))
    return [Ref(name)], given


def several(state: State, row: Row) -> Arguments:
    """fft.fftn(x, dim=dims)"""
    args, _ = transformable(state, row)
    x, choice = state.env[args[0].name], state.choice
    given: dict[str, Any] = {}
    if choice.chance(0.5):
        given["dim"] = tuple(place for place in range(x.ndim) if choice.chance(0.6)) or (-1,)
    if choice.chance(0.3):
        given["norm"] = choice.pick(("ortho", "forward", "backward"))
    return args, given


def transformable(state: State, row: Row) -> Arguments:
    """fft.fftshift(x): of one dimension at least, and not empty"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0 and tensor.ndim > 0)
    if state.env[name].numel() == 0 or state.env[name].ndim == 0:
        raise Invalid("nothing to transform")
    return [Ref(name)], {}
