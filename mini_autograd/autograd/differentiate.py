"""``backward`` and ``grad``: checks of what is asked for, then a pass of the engine."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from mini_autograd import errors
from mini_autograd import tensor as tensors  # type: ignore[no-redef]
from mini_autograd.dtypes import dtype
from mini_autograd.graph import engine, hooks, modes, view
from mini_autograd.graph.edge import GradientEdge
from mini_autograd.graph.operations import F
from mini_autograd.kernels.accelerator import of_number
from mini_autograd.kernels.lookup import kernel, on_host
from mini_autograd.op import binding
from mini_autograd.op.binding import UNBOUND
from mini_autograd.size import Size
from mini_autograd.tensor import Tensor, TensorBase, requires_grad

ones = kernel.ones


def check_recorded(roots: tuple) -> None:
    for index, tensor in enumerate(roots):
        if type(tensor) is not GradientEdge and not requires_grad(tensor):
            raise errors.no_graph(index)


def backward(
    tensors: TensorBase | Sequence[TensorBase],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add to the ``.grad`` of every leaf the gradient of ``tensors``, weighted by ``grad_tensors``.

    ``grad_tensors``: a tensor of the shape of each of ``tensors``, or None for a scalar one. ``inputs``: the tensors
    to whose ``.grad`` to add, instead of all leaves. A GradientEdge may stand in the place of a tensor. RuntimeError
    when a tensor has no history, a shape does not match, or the graph was released by an earlier pass without
    ``retain_graph``.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only "
                "use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if modes.in_transform():
        raise errors.backward_in_transform()
    if inputs is not None and not isinstance(inputs, (TensorBase, GradientEdge)) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = as_tuple(tensors)
    wanted = None if inputs is None else as_tuple(inputs)
    if binding.is_asked():
        options = {"grad_tensors": grad_tensors, "retain_graph": retain_graph, "create_graph": create_graph}
        options["inputs"] = wanted
        if binding.asked(backward, (roots,), options, (roots, wanted)) is not UNBOUND:
            return
    cotangents = make_cotangents(roots, as_cotangents(grad_tensors, len(roots)))
    if modes.current().layers:
        raise errors.backward_in_rows()
    keep = create_graph if retain_graph is None else retain_graph
    if wanted is not None:
        check_recorded(roots)
        for tensor in wanted:
            if type(tensor) is not GradientEdge:
                hooks.retain_grad(tensor)
        run_from(roots, cotangents, keep, create_graph, [edge_of(one) for one in wanted], True)
    else:
        run_from(roots, cotangents, keep, create_graph, None, True)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of ``outputs``, weighted by ``grad_outputs``, with respect to each of ``inputs``, tensors or edges.

    ``allow_unused``: None stands for the gradient of an input that the outputs do not depend on, otherwise
    RuntimeError; ``materialize_grads``: zeros stand for it.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    allow_unused = materialize_grads if allow_unused is None else allow_unused
    roots = as_tuple(outputs)
    wanted = as_tuple(inputs)
    if len(wanted) == 0:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    if binding.is_asked():
        options = {"grad_outputs": grad_outputs, "retain_graph": retain_graph, "create_graph": create_graph}
        options |= {"only_inputs": only_inputs, "allow_unused": allow_unused}
        options |= {"is_grads_batched": is_grads_batched, "materialize_grads": materialize_grads}
        taken = binding.asked(grad, (roots, wanted), options, (roots, wanted))
        if taken is not UNBOUND:
            return taken
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
            "other parts of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    given = as_cotangents(grad_outputs, len(roots))
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        from mini_autograd.autograd import batched  # on first use: it brings in all that vmap is made of

        if len(given) == len(roots):
            batched.check_batched(roots, given)
            given = tuple(make_batched_cotangents(roots, given))

        def rows(cotangents: tuple) -> list:
            return gradients(roots, wanted, list(cotangents), keep, create_graph, allow_unused)

        found = batched.over_rows(rows, given)
    else:
        cotangents = make_cotangents(roots, given)
        found = gradients(roots, wanted, cotangents, keep, create_graph, allow_unused)
    if materialize_grads:
        if any([type(one) is GradientEdge for one in wanted]):  # noqa: C419 -- a list costs less than a generator
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
        found = [
            F.zeros_like(x, requires_grad=create_graph) if g is None else g
            for g, x in zip(found, wanted, strict=True)
        ]
    return tuple(found)


def make_batched_cotangents(roots: tuple, grads: tuple) -> list:
    """As :func:`make_cotangents`, of cotangents that have been checked."""
    return [
        one if isinstance(one, TensorBase) else make_cotangent(index, roots, grads)
        for index, one in enumerate(grads)
    ]


def gradients(
    roots: tuple, wanted: tuple, cotangents: list, keep: bool, create_graph: bool, allow_unused: Any
) -> list:
    """A gradient for each of ``wanted``, None for one that none reached, if that is allowed."""
    if modes.current().layers:
        check_rows(roots)
    check_recorded(roots)
    for tensor in wanted:
        if type(tensor) is not GradientEdge and not requires_grad(tensor):
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    found = run_from(roots, cotangents, keep, create_graph, [edge_of(one) for one in wanted], False)
    for index, one in enumerate(found):
        if one is None and not allow_unused:
            raise errors.unused_input(index)
    return found


def check_rows(roots: tuple) -> None:
    """RuntimeError, in a pass over many cotangents at once, for what differs from one to the other."""
    for index, root in enumerate(roots):
        layer = getattr(root, "_layer", None)
        if layer is not None and layer.internal:
            raise errors.outputs_in_rows(index)


def run_from(
    roots: tuple,
    cotangents: list,
    keep_graph: bool,
    create_graph: bool,
    targets: list | None,
    accumulate: bool,
) -> list:
    edges = []
    for index in range(len(roots)):
        edge = edge_of(roots[index])
        if edge[0] is None:
            raise errors.no_graph(index)
        edges.append(edge)
    return engine.backward(edges, cotangents, keep_graph, create_graph, targets, accumulate)


def edge_of(tensor: Any) -> tuple:
    """``(node, output_nr)`` of a tensor or of an edge."""
    return tensor[:2] if type(tensor) is GradientEdge else view.gradient_edge(tensor)


def as_tuple(tensors: Any) -> tuple:
    return (tensors,) if isinstance(tensors, (TensorBase, GradientEdge)) else tuple(tensors)


def as_cotangents(grads: Any, count: int) -> tuple:
    if grads is None:
        return (None,) * count
    return (grads,) if isinstance(grads, TensorBase) else tuple(grads)


def make_cotangents(roots: tuple, grads: tuple) -> list:
    """A gradient for every root: the one given, checked, or ones for a scalar. What is given beyond that is, as torch
    has it, not looked at."""
    made = [make_cotangent(index, roots, grads) for index in range(min(len(roots), len(grads)))]
    if len(made) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(made)} gradients")
    return made


def make_cotangent(index: int, roots: tuple, grads: tuple) -> Any:
    root, given = roots[index], grads[index]
    if isinstance(root, TensorBase):
        return cotangent(root, given, roots, grads)
    return cotangent_of_edge(root, given, roots, grads)


def cotangent(root: TensorBase, given: Any, roots: tuple, grads: tuple) -> Any:
    if isinstance(given, TensorBase):
        check_fits(root, root._array.shape, root._dtype, given, roots, grads)
        return given
    if given is not None:
        raise no_gradient(given)
    if not requires_grad(root):
        return None
    if root._array.size != 1:
        raise not_scalar()
    check_real(root._dtype)
    if root._array.ndim or root._layered:  # of one element, which may lie anyhow
        return F.ones_like(root)
    if not on_host(root._array):
        return F.ones_like(root)
    implicit = tensors.wrap(ones((), root._dtype.numpy), root._dtype)
    implicit._inference = modes.current().inference
    return implicit


def cotangent_of_edge(root: GradientEdge, given: Any, roots: tuple, grads: tuple) -> Any:
    """:func:`cotangent` where there is no tensor, but the shape and dtype of one."""
    shape, kind, *place = root.node._outputs[root.output_nr]
    if isinstance(given, TensorBase):
        check_fits(root, shape, kind, given, roots, grads)
        return given
    if given is not None:
        raise no_gradient(given)
    if math.prod(shape) != 1:
        raise not_scalar()
    check_real(kind)
    return F.ones(shape, dtype=kind, device=of_number(*place or (None,)))


def check_fits(root: Any, shape: tuple, kind: dtype, given: TensorBase, roots: tuple, grads: tuple) -> None:
    """RuntimeError for a gradient that is not of ``shape``, or where that alone or ``kind`` is complex.

    torch looks for both by ``==``: it names one before that is equal, and says of tensors of several elements that
    whether they are is ambiguous.
    """
    if given._array.shape != shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{grads.index(given)}] has a shape of {Size(given._array.shape)} and "
            f"output[{roots.index(root)}] has a shape of {Size(shape)}."
        )
    check_both_complex(root, kind, given, roots, grads)


def check_both_complex(root: Any, kind: dtype, given: TensorBase, roots: tuple, grads: tuple) -> None:
    if kind.is_complex != given._dtype.is_complex:
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in "
            f"dtype: grad_output[{grads.index(given)}] has a dtype of {given._dtype} and "
            f"output[{roots.index(root)}] has a dtype of {kind}."
        )


def check_real(kind: dtype) -> None:
    if kind.is_complex or not kind.is_floating_point:
        raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {kind}")


def not_scalar() -> RuntimeError:
    return RuntimeError("grad can be implicitly created only for scalar outputs")


def no_gradient(given: Any) -> TypeError:
    return TypeError(f"gradients can be either Tensors or None, but got {type(given).__name__}")
