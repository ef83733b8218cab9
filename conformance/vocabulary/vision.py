"""Pictures: pooled, resampled, sampled at places, laid out as columns; distances between rows."""

from __future__ import annotations

from typing import Any

from ..state import State
from ..statements import Ref
from .row import Arguments, Row

WIDE = ("float32", "float64")


def picture(state: State, row: Row, space: int, channels: int = 0) -> str:
    """A new tensor (batch, channels, ...), at times without a batch."""
    choice = state.choice
    sizes = [choice.integer(2, 5 if space < 3 else 3) for _ in range(space)]
    return state.leaf((choice.integer(1, 2), channels or choice.integer(1, 2), *sizes), choice.pick(row.only))


def windows(state: State, row: Row) -> Arguments:
    """max_pool3d(x, kernel, stride, padding, dilation, ceil_mode)"""
    choice, space = state.choice, int(row.name[-2])
    given: dict[str, Any] = {}
    if choice.chance(0.5):
        given["stride"] = choice.pick((1, 2, tuple(choice.integer(1, 2) for _ in range(space))))
    for name, values in (("padding", (1,)), ("ceil_mode", (True, False))):
        if choice.chance(0.4):
            given[name] = choice.pick(values)
    if row.name.startswith("max") and choice.chance(0.2):
        given |= {"dilation": 2, "padding": 1}
    if row.name.startswith("avg") and choice.chance(0.4):
        given["count_include_pad"] = choice.chance(0.5)
    return [Ref(picture(state, row, space)), 2], given


def shared_out(state: State, row: Row) -> Arguments:
    """adaptive_max_pool2d(x, size)"""
    space = int(row.name[-2])
    sizes = tuple(state.choice.integer(1, 3) for _ in range(space))
    return [Ref(picture(state, row, space)), sizes], {}


def norms(state: State, row: Row) -> Arguments:
    """lp_pool2d(x, p, kernel, stride)"""
    choice = state.choice
    given = {"stride": choice.integer(1, 2)} if choice.chance(0.4) else {}
    return [Ref(picture(state, row, int(row.name[-2]))), choice.pick((1, 2, 3.0)), 2], given


BY_SPACE = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}


def resampled(state: State, row: Row) -> Arguments:
    """interpolate(x, size or scale_factor, mode, align_corners)"""
    choice = state.choice
    space = choice.pick((1, 2, 2, 3))
    mode = choice.pick(("nearest", "nearest-exact", "area", *BY_SPACE[space]))
    given: dict[str, Any] = {"mode": mode}
    if choice.chance(0.5):
        given["size"] = tuple(choice.integer(1, 4) for _ in range(space))
    else:
        given["scale_factor"] = choice.pick((0.5, 1.5, 2, 2.3))
    if mode in BY_SPACE[space] and choice.chance(0.6):
        given["align_corners"] = choice.chance(0.5)
    return [Ref(picture(state, row, space))], given


def sampled(state: State, row: Row) -> Arguments:
    """grid_sample(x, grid, mode, padding_mode, align_corners)"""
    choice = state.choice
    space = choice.pick((2, 2, 3))
    name = picture(state, row, space)
    x = state.env[name]
    sizes = [choice.integer(1, 2) for _ in range(space)]
    grid = state.leaf((x.shape[0], *sizes, space), str(x.dtype).rpartition(".")[2], "unit")
    given = {
        "mode": choice.pick(("bilinear", "nearest", "bicubic") if space == 2 else ("bilinear", "nearest")),
        "padding_mode": choice.pick(("zeros", "border", "reflection")),
        "align_corners": choice.chance(0.5),
    }
    return [Ref(name), Ref(grid)], given


def shuffled(state: State, row: Row) -> Arguments:
    """pixel_shuffle(x, factor), channel_shuffle(x, groups)"""
    choice = state.choice
    by = choice.integer(1, 2)
    shape = (
        choice.integer(1, 2),
        by * by * choice.integer(1, 2),
        by * choice.integer(1, 2),
        by * choice.integer(1, 2),
    )
    return [Ref(state.leaf(shape, choice.pick(row.only))), by], {}


def columns(state: State, row: Row) -> Arguments:
    """unfold(x, kernel, dilation, padding, stride)"""
    choice = state.choice
    given = {name: choice.integer(1, 2) for name in ("padding", "stride") if choice.chance(0.4)}
    return [Ref(picture(state, row, 2)), choice.pick((1, 2, (2, 1)))], given


def added_up(state: State, row: Row) -> Arguments:
    """fold(x, size, kernel): the transpose of unfold"""
    choice = state.choice
    height, width = choice.integer(2, 3), choice.integer(2, 3)
    shape = (choice.integer(1, 2), 4 * choice.integer(1, 2), (height - 1) * (width - 1))
    return [Ref(state.leaf(shape, choice.pick(row.only))), (height, width), 2], {}


def between_rows(state: State, row: Row) -> Arguments:
    """cdist(x, y, p), pdist(x, p)"""
    choice = state.choice
    dtype, size = choice.pick(row.only), choice.integer(1, 3)
    args: list[Any] = [Ref(state.leaf((choice.integer(1, 4), size), dtype))]
    if row.name == "cdist":
        args.append(Ref(state.leaf((choice.integer(1, 3), size), dtype)))
    return args, {"p": choice.pick((0.0, 1.0, 1.5, 2.0, 3.0, float("inf")))} if choice.chance(0.6) else {}


VISION = (
    *(Row(f"max_pool{space}d", windows, forms="n", only=WIDE, weight=1) for space in (1, 2, 3)),
    *(Row(f"avg_pool{space}d", windows, forms="n", only=WIDE, weight=1) for space in (1, 2, 3)),
    *(Row(f"adaptive_avg_pool{space}d", shared_out, forms="n", only=WIDE, weight=1) for space in (2, 3)),
    *(Row(f"adaptive_max_pool{space}d", shared_out, forms="n", only=WIDE, weight=1) for space in (1, 2, 3)),
    *(Row(f"lp_pool{space}d", norms, forms="n", only=WIDE, weight=1) for space in (1, 2)),
    Row("interpolate", resampled, forms="n", only=WIDE, weight=3),
    Row("grid_sample", sampled, forms="n", only=WIDE, weight=2),
    Row("pixel_shuffle", shuffled, forms="fn", only=(*WIDE, "complex64"), weight=1),
    Row("pixel_unshuffle", shuffled, forms="fn", only=(*WIDE, "complex64"), weight=1),
    Row("channel_shuffle", shuffled, forms="fn", only=(*WIDE, "complex64"), weight=1),
    Row("unfold", columns, forms="n", only=(*WIDE, "complex64"), weight=1),
    Row("fold", added_up, forms="n", only=(*WIDE, "complex64"), weight=1),
    Row("cdist", between_rows, forms="f", only=WIDE, weight=1),
    Row("pdist", between_rows, forms="fn", only=WIDE, weight=1),
)
