"""``gradcheck`` and ``gradgradcheck``: derivatives compared with differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.gradcheck.arguments import as_tuple, check_inputs, inputs_in, outputs_in
from mini_autograd.autograd.gradcheck.batching import check_batched, check_batched_forward
from mini_autograd.autograd.gradcheck.comparison import Case, Options, compare
from mini_autograd.autograd.gradcheck.message import GradcheckError
from mini_autograd.autograd.gradcheck.undefined import (
    check_multiplied,
    check_undefined,
    check_undefined_forward,
)
from mini_autograd.dtypes import float64
from mini_autograd.graph.operations import F, options_of
from mini_autograd.tensor import TensorBase

Func = Callable[..., Any]


def gradcheck(
    func: Func,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the derivatives of ``func`` at ``inputs`` are what its differences say; GradcheckError where not.

    See https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html.
    """
    require(
        check_forward_ad or check_backward_ad,
        "at least one of check_forward_ad or check_backward_ad to be True",
    )
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    options = Options(eps, atol, rtol, nondet_tol, check_grad_dtypes, check_undefined_grad, fast_mode)
    modes = (check_backward_ad, check_forward_ad)
    batched = (check_batched_grad, check_batched_forward_grad)
    try:
        check_all(func, as_tuple(inputs), options, modes, batched)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def require(condition: bool, what: str) -> None:
    if not condition:
        raise AssertionError(f"Expected {what}")


def check_all(func: Func, inputs: tuple, options: Options, modes: tuple, batched: tuple) -> None:
    check_inputs(inputs)
    result = func(*inputs)
    outputs = outputs_in(result)
    backward, forward = modes
    if backward:
        check_backward(func, result, inputs, options)
    if forward:
        check_forward(func, result, inputs, options)
    if batched[1]:
        check_batched_forward(func, inputs)
    if batched[0]:
        for index, one in enumerate(outputs):
            check_batched(inputs, one, index)
    if not backward:
        return
    check_multiplied(outputs, inputs)
    if options.check_undefined_grad:
        check_undefined(func, outputs, inputs)


def check_backward(func: Func, result: Any, inputs: tuple, options: Options) -> None:
    """Of complex outputs first the imaginary parts, then the real ones."""
    several = as_tuple(result)
    if not any(one._dtype.is_complex for one in several):
        compare(Case(func, inputs, options), result)
        return
    indices = tuple([index for index, one in enumerate(outputs_in(result)) if one._dtype.is_complex])
    for imaginary, part in ((True, F.imag), (False, F.real)):

        def of_part(*args: Any, part: Any = part) -> tuple:
            return tuple([part(one) if one._dtype.is_complex else one for one in as_tuple(func(*args))])

        compare(Case(of_part, inputs, options, False, indices, imaginary), of_part(*inputs))


def check_forward(func: Func, result: Any, inputs: tuple, options: Options) -> None:
    """Of complex inputs first the imaginary parts, then the real ones."""
    indices = tuple(
        [index for index, one in enumerate(inputs) if isinstance(one, TensorBase) and one._dtype.is_complex]
    )
    if not indices:
        compare(Case(func, inputs, options, True), result)
        if options.check_undefined_grad:
            check_undefined_forward(func, inputs)
        return
    parts: list = []
    for imaginary, part in ((True, F.imag), (False, F.real)):

        def of_part(*args: Any, imaginary: bool = imaginary) -> tuple:
            whole = list(args)
            for index in indices:
                whole[index] = joined(args[index], inputs[index], imaginary)
            return as_tuple(func(*whole))

        given = tuple([part(one) if index in indices else one for index, one in enumerate(inputs)])
        compare(Case(of_part, given, options, True, indices, imaginary), of_part(*given))
        parts.append((of_part, given))
    if options.check_undefined_grad:
        for of_part, given in parts:
            check_undefined_forward(of_part, given)


def joined(part: Any, whole: Any, imaginary: bool) -> Any:
    """The complex number with a part replaced."""
    return F.real(whole) + part * 1j if imaginary else part + F.imag(whole) * 1j


def gradgradcheck(
    func: Func,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """:func:`gradcheck` of the gradients of ``func``, weighted with ``grad_outputs``, random ones by default.

    See https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html.
    """
    require(
        check_fwd_over_rev or check_rev_over_rev,
        "at least one of check_fwd_over_rev or check_rev_over_rev to be True",
    )
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    given = as_tuple(inputs)
    if grad_outputs is None:
        outputs = outputs_in(func(*given))
        weights = tuple([random_cotangent(one, gen_non_contig_grad_outputs) for one in outputs])
    else:
        weights = as_tuple(grad_outputs)
    count = len(weights)  # without any, nothing is left for the function, as in torch
    places, of_weights = inputs_in(given), inputs_in(weights)

    def gradient(*args: Any) -> tuple:
        several = with_graphs(args[:-count], places)
        outputs = outputs_in(func(*several))
        cotangents = with_graphs(args[-count:], of_weights)
        leaves = tuple([one for at, one in enumerate(several) if at in places])
        found = grad(outputs, leaves, cotangents, create_graph=True, allow_unused=True)
        return tuple([one for one in found if one is not None])

    return gradcheck(
        gradient,
        given + weights,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        masked=masked,
    )


def with_graphs(several: tuple, places: list[int]) -> tuple:
    """Inputs of which those at ``places`` require a gradient again: in forward mode they are given without."""
    return tuple([one.requires_grad_() if at in places else one for at, one in enumerate(several)])


def random_cotangent(like: TensorBase, gaps: bool) -> Any:
    """Numbers between -1 and 1 in the shape of ``like``; with ``gaps`` they are every other one of those drawn."""
    shape = like._array.shape
    gaps = gaps and like._array.size > 1
    drawn = (*shape[:-1], 2 * shape[-1]) if gaps else shape
    made = F.empty(drawn, **options_of(like, None if like._dtype.is_differentiable else float64))
    F.uniform_(F.view_as_real(made) if made._dtype.is_complex else made, -1, 1)
    return (F.slice(made, -1, 1, None, 2) if gaps else made).requires_grad_()
