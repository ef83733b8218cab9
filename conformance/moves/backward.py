"""Moves that run the backward pass, once or twice, and that look at or clear gradients."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Backward, Delete, Get, Grad, Name, Op, Output, Ref, Set, Statement


def differentiable(tensor: Any) -> bool:
    """Whether a backward pass can start at a tensor."""
    return tensor.requires_grad and tensor.grad_fn is not None


def nodes_behind(tensor: Any) -> dict[int, Any]:
    """The nodes of the graph behind a tensor, by identity."""
    found: dict[int, Any] = {}
    waiting = [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and id(node) not in found:
            found[id(node)] = node
            waiting += [one for one, _ in node.next_functions]
    return found


def root(state: State) -> str:
    """A name to start at; at times a graph that was freed before, whose error is then part of the program."""
    careless = state.choice.chance(0.1)

    def keep(tensor: Any) -> bool:
        if not differentiable(tensor) or tensor.numel() == 0:
            return False
        return careless or not any(node in state.freed for node in nodes_behind(tensor))

    name = state.existing(keep)
    if name is None:
        raise Invalid("nothing to differentiate")
    return name


def scalar_root(state: State) -> str:
    """A name to start at, often made a scalar by a sum first."""
    name = root(state)
    if state.env[name].numel() > 1 and state.choice.chance(0.25) and not state.env[name].is_complex():
        total = state.name()
        state.need("Tensor.sum")
        state.run(Op("Tensor.sum", (Ref(name),), out=Output(total)))
        return total
    return name


def leaves_behind(state: State, name: str) -> list[str]:
    """Names of tensors that are leaves of the graph behind a tensor."""
    leaves = {
        id(node.variable) for node in nodes_behind(state.env[name]).values() if hasattr(node, "variable")
    }
    return state.tensors(lambda tensor: id(tensor) in leaves)


def cotangent(state: State, name: str) -> str | None:
    """A tensor to start with: none is needed for a real scalar."""
    tensor = state.env[name]
    if tensor.numel() == 1 and not tensor.is_complex() and state.choice.chance(0.6):
        return None
    return state.cotangent(tensor)


def backward(state: State) -> None:
    """x.backward(...), and at times once more"""
    state.need("Tensor.backward")
    choice = state.choice
    name = scalar_root(state)
    gradient = cotangent(state, name)
    create = True if choice.chance(0.15) else None
    retain = choice.pick((True, True, True, False, None))
    inputs = None
    leaves = leaves_behind(state, name)
    if leaves and choice.chance(0.2):
        inputs = tuple(Name(leaf) for leaf in leaves if choice.chance(0.7)) or (Name(leaves[0]),)
        inner = state.existing(lambda tensor: differentiable(tensor) and not tensor._is_view())
        if inner is not None and choice.chance(0.2):
            inputs = (*inputs, Name(inner))
    _start(state, name, Backward(Name(name), _name(gradient), retain, create, inputs))
    if choice.chance(0.15):
        _start(state, name, Backward(Name(name), _name(gradient), choice.pick((True, None)), None))


def _name(name: str | None) -> Name | None:
    return None if name is None else Name(name)


def _start(state: State, name: str, statement: Backward | Grad) -> bool:
    """Run a backward pass, noting which nodes it has freed."""
    behind = nodes_behind(state.env[name])
    if not state.attempt(statement):
        return False
    kept = statement.retain_graph if statement.retain_graph is not None else bool(statement.create_graph)
    if not kept:
        state.freed.update(behind)
    return True


def grad(state: State) -> None:
    """torch.autograd.grad(...), and at times the gradient of the gradient"""
    state.need("autograd.grad")
    choice = state.choice
    name = scalar_root(state)
    candidates = leaves_behind(state, name)
    inner = state.existing(lambda tensor: tensor.requires_grad and tensor is not state.env[name])
    if inner is not None and choice.chance(0.4):
        candidates = [*candidates, inner]
    if not candidates:
        raise Invalid("no input to differentiate by")
    inputs = list(dict.fromkeys(candidates))[-choice.integer(1, 3) :]
    # What `retain_grad` would keep of such a pass is a batch that nothing can read, in torch too.
    if choice.chance(0.05) and not state.tensors(lambda tensor: tensor.retains_grad):
        _start(state, name, batched(state, name, inputs))
        return
    create = True if choice.chance(0.4) else None
    statement = Grad(
        tuple(Output(state.name("d")) for _ in inputs),
        (Name(name),),
        tuple(map(Name, inputs)),
        _given(cotangent(state, name)),
        choice.pick((True, True, None)) if not create else None,
        create,
        True if choice.chance(0.5) else None,
        True if choice.chance(0.1) else None,
    )
    if _start(state, name, statement) and create:
        _second(state, statement)


def batched(state: State, name: str, inputs: list[str]) -> Grad:
    """The gradients for two cotangents at once; now and then for what is no batch of them."""
    root = state.env[name]
    shape = tuple(root.shape) if state.choice.chance(0.1) else (2, *root.shape)
    rows = state.leaf(shape, dtype_name(root.dtype), "small", False, "g")
    unused = True if state.choice.chance(0.7) else None
    out = tuple(Output(state.name("d")) for _ in inputs)
    return Grad(
        out, (Name(name),), tuple(map(Name, inputs)), (Name(rows),), True, None, unused, is_grads_batched=True
    )


def _given(name: str | None) -> tuple[Name | None, ...] | None:
    return None if name is None else (Name(name),)


def _second(state: State, first: Grad) -> None:
    """Differentiate a gradient that was made with its graph."""
    outputs = [name for name in first.out if differentiable_or_none(state.env.get(name))]
    if not outputs or state.choice.chance(0.2):
        return
    name = outputs[0]
    inputs = leaves_behind(state, name)
    if not inputs:
        return
    given = (Name(state.cotangent(state.env[name])),)
    statement: Backward | Grad = Backward(Name(name), given[0], retain_graph=True)
    if state.choice.chance(0.6):
        out = tuple(Output(state.name("d")) for _ in inputs)
        statement = Grad(out, (Name(name),), tuple(map(Name, inputs)), given, True, None, True)
    _start(state, name, statement)


def differentiable_or_none(value: Any) -> bool:
    """Whether a value is a tensor that a backward pass can start at."""
    return value is not None and differentiable(value)


def together(state: State) -> None:
    """torch.autograd.backward([x, y], [gx, gy]), torch.autograd.grad([x, y], [z], [gx, None])"""
    first, second = root(state), root(state)
    if first == second:
        raise Invalid("one root only")
    names = [first, second]
    given = [Ref(state.cotangent(state.env[name])) for name in names]
    behind = nodes_behind(state.env[first]) | nodes_behind(state.env[second])
    if state.choice.chance(0.5):
        state.need("autograd.backward")
        options = {"retain_graph": True} if state.choice.chance(0.6) else {}
        statement: Statement = Op("autograd.backward", (list(map(Ref, names)), given), options)
        kept = bool(options)
    else:
        state.need("autograd.grad")
        inputs = list(dict.fromkeys(leaves_behind(state, first) + leaves_behind(state, second)))
        if not inputs:
            raise Invalid("no input to differentiate by")
        out = tuple(Output(state.name("d")) for _ in inputs)
        outputs = tuple(map(Name, names))
        grads = tuple(Name(one.name) for one in given)
        statement = Grad(out, outputs, tuple(map(Name, inputs)), grads, True, None, True)
        kept = True
    if state.attempt(statement) and not kept:
        state.freed.update(behind)


# --- gradients as attributes ------------------------------------------------------------------------------


def clear(state: State) -> None:
    """x.grad = None, x.grad.zero_(), x.grad = y"""
    name = state.existing(lambda tensor: tensor.is_leaf and tensor.grad is not None)
    if name is None:
        raise Invalid("no gradient to clear")
    kind = state.choice.integer(0, 3)
    x = state.env[name]
    if kind == 0:
        held = Output(state.name("d"))
        state.run(Get(held, Name(name), "grad"))
        state.attempt(Op("Tensor.zero_", (Ref(held),)))
    elif kind == 1:
        state.run(Set(Name(name), "grad", Ref(state.cotangent(x))))
    elif kind > 1 and state.choice.chance(0.8):
        state.run(Delete(Name(name), "grad"))
    else:
        state.run(Set(Name(name), "grad", None))


def read(state: State) -> None:
    """out = x.grad, x.grad_fn, x.T, ..."""
    others = ("grad_fn", "is_leaf", "requires_grad", "shape", "dtype", "T", "mT", "ndim")
    attribute = "grad" if state.choice.chance(0.4) else state.choice.pick(others)

    def keep(tensor: Any) -> bool:
        if attribute == "T":
            return tensor.ndim == 2
        return attribute != "mT" or tensor.ndim >= 2

    name = state.existing(keep)
    if name is None:
        raise Invalid("nothing to read")
    state.run(
        Get(Output(state.name("v" if attribute not in ("grad", "T", "mT") else "d")), Name(name), attribute)
    )


def retain(state: State) -> None:
    """x.retain_grad()"""
    state.need("Tensor.retain_grad")
    name = state.existing(differentiable)
    if name is None:
        raise Invalid("nothing to retain")
    statement: Statement = Op("Tensor.retain_grad", (Ref(name),))
    state.run(statement)
