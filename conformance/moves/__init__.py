"""What a generator does next: each move appends one or a few statements, valid for the program so far."""

from collections.abc import Callable

from ..choice import Weighted
from ..state import State
from . import (
    alias,
    backward,
    bits,
    chain,
    engine,
    exchange,
    former,
    forward,
    function,
    graph,
    hooking,
    indexing,
    loop,
    memory,
    mode,
    operation,
    profile,
    switch,
    transform,
)
from .misuse import mistake

Move = Callable[[State], None]
Nesting = Callable[[State, Move], None]


def leaf(state: State) -> None:
    """x = torch.tensor(...)"""
    state.leaf(state.shape(), state.dtype())


MOVES = Weighted(
    (
        (44, operation.apply),
        (9, operation.apply_in_place),
        (2, operation.copy_in_place),
        (1, operation.resize_in_place),
        (3, leaf),
        (5, indexing.read),
        (4, indexing.write),
        (15, backward.backward),
        (9, backward.grad),
        (2, backward.together),
        (3, backward.clear),
        (4, backward.read),
        (2, backward.retain),
        (4, alias.detached),
        (1, alias.detached_in_place),
        (2, alias.flagged),
        (1, alias.data_set),
        (1, alias.array),
        (1, alias.array_out),
        (1, alias.printed),
        (1, alias.number),
        (1, alias.asked),
        (2, bits.turned),
        (1, exchange.handed_over),
        (1, exchange.parameter),
        (1, exchange.copied),
        (1, exchange.of_numpy),
        (1, exchange.compared_with_array),
        (1, exchange.of_own_class),
        (2, chain.written_chain),
        (4, hooking.register),
        (3, hooking.remove),
        (2, graph.edge),
        (1, graph.call),
        (1, graph.metadata),
        (1, graph.order),
        (2, graph.saved_hooks),
        (2, graph.several),
        (1, graph.write_unseen),
        (3, function.apply),
        (3, former.former),
        (1, transform.transform),
        (1, engine.nested_pass),
        (2, engine.failing_hook),
        (2, engine.checkpointed),
        (1, memory.resized),
        (2, memory.set_to),
        (1, memory.asked),
        (1, loop.chained),
        (1, loop.classified),
    )
)
NESTINGS = Weighted(
    (
        (7, mode.grad_mode),
        (5, mode.mode_use),
        (2, mode.descend),
        (2, mode.saved_hooks),
        (1, mode.without_hooks),
        (6, forward.dual),
        (1, switch.switched),
        (1, mode.mutable),
        (1, mode.anomaly),
        (2, loop.repeated),
        (1, loop.default_type),
        (1, profile.profiled),
    )
)

# What moves call by name besides the ops of the vocabulary.
NAMES = (
    *("Tensor.__getitem__", "Tensor.__setitem__", "Tensor.backward", "Tensor.sum", "Tensor.retain_grad"),
    *("Tensor.register_hook", "Tensor.register_post_accumulate_grad_hook", "Tensor.requires_grad_"),
    *("Tensor.detach", "Tensor.detach_", "Tensor.numpy", "Tensor.item", "from_numpy", "Tensor.zero_"),
    *(
        "Tensor.fill_",
        "Tensor.copy_",
        "Tensor.t_",
        "Tensor.squeeze_",
        "Tensor.unsqueeze_",
        "Tensor.transpose_",
    ),
    *("autograd.grad", "autograd.Variable", "autograd.Function", "autograd.graph.saved_tensors_hooks"),
    *("autograd.graph.get_gradient_edge", "autograd.graph.register_multi_grad_hook"),
    *("autograd.graph.increment_version", "autograd.graph.disable_saved_tensors_hooks"),
    "autograd.graph.save_on_cpu",
    "autograd.graph.allow_mutation_on_saved_tensors",
    *("autograd.detect_anomaly", "utils.checkpoint.checkpoint", "ones_like"),
    *(
        "no_grad",
        "enable_grad",
        "inference_mode",
        "set_grad_enabled",
        "vmap",
        "func.grad",
        "autograd.gradcheck",
    ),
    "autograd.gradgradcheck",
    *(f"autograd.functional.{name}" for name in transform.FUNCTIONAL),
    *bits.NAMES,
    *exchange.NAMES,
    *chain.NAMES,
    *memory.NAMES,
    *loop.NAMES,
    *profile.NAMES,
    *forward.NAMES,
    *former.NAMES,
    *switch.NAMES,
)

__all__ = ["MOVES", "NAMES", "NESTINGS", "Move", "Nesting", "leaf", "mistake"]
