"""Whether derivatives can be computed for several cotangents, or tangents, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.batched import over_rows
from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mini_autograd.autograd.gradcheck import message
from mini_autograd.autograd.gradcheck.arguments import as_tuple, inputs_in, is_differentiable
from mini_autograd.autograd.gradcheck.message import GradcheckError
from mini_autograd.graph.operations import F, options_of
from mini_autograd.tensor import TensorBase


def check_batched(inputs: tuple, output: TensorBase, index: int) -> None:
    leaves = [inputs[place] for place in inputs_in(inputs)]

    def product(cotangents: tuple) -> list:
        found = grad(output, leaves, cotangents[0], retain_graph=True, allow_unused=True)
        return [zeros_of(x) if one is None else one for one, x in zip(found, leaves, strict=True)]

    cotangents = [F.randn_like(output) for _ in range(2)]
    expected = [product((one,)) for one in cotangents]
    compare(product, cotangents, expected, message.FAILED_BATCHED, (index, None))


def check_batched_forward(func: Callable[..., Any], inputs: tuple) -> None:
    for place in inputs_in(inputs):
        x = inputs[place]

        def product(tangents: tuple, place: int = place, x: Any = x) -> list:
            with dual_level():
                given = [F.detach(one) if isinstance(one, TensorBase) else one for one in inputs]
                given[place] = make_dual(F.detach(x), tangents[0])
                found = []
                for one in as_tuple(func(*given)):
                    if is_differentiable(one):
                        primal, tangent = unpack_dual(one)
                        found.append(zeros_of(primal) if tangent is None else tangent)
                return found

        tangents = [F.randn_like(x) for _ in range(2)]
        expected = [product((one,)) for one in tangents]
        compare(product, tangents, expected, message.FAILED_BATCHED_FORWARD, (place, place))


def zeros_of(like: TensorBase) -> Any:
    return F.expand(F.zeros((), **options_of(like)), like._array.shape)


def compare(product: Any, rows: list, expected: list, text: str, places: tuple) -> None:
    """GradcheckError unless the products of all rows at once are those of one after the other."""
    wanted = [F.stack(list(several), 0) for several in zip(*expected, strict=True)]
    try:
        found = over_rows(product, (F.stack(rows, 0),))
    except RuntimeError as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}\n\n{text}") from error
    for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
        if not F.allclose(one, other):
            output, x = places[0], place if places[1] is None else places[1]
            raise GradcheckError(message.batched_mismatch(output, x, one, other, text))
