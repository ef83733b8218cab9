"""Moves that apply transforms of functions: `func`, `vmap`, `autograd.functional`, `gradcheck`."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch

from ..choice import Weighted
from ..reading import is_tensor
from ..state import Invalid, State
from ..statements import Block, Name, Op, Output, Ref, Transform
from ..statements.transform import BODIES, OF_TWO
from .inside import inside

MISUSED = ("constant", "compared", "branching", "measured", "drawn", "written", "marked", "spread", "a_number",
           "nonzeros", "without_rule", "without_setup", "packed")  # fmt: skip
PASSING = ("passed", "differentiated")
USED = tuple(name for name in BODIES if name not in (*MISUSED, *PASSING))
MATRICES = ("crossed",)
# What is made of tensors that require a gradient is compared node by node, which torch's rules for many ops under
# `vmap` and in forward mode do not allow: these and single steps are made of them, the rest of tensors without history.
TRACED_BODIES = (
    "cubed",
    "multiplied",
    "paired",
    "squares",
    "picked",
    "doubled",
    "detached",
    "unrecorded",
    "clipped",
)
# A Hessian in forward mode shows the graph that its gradients are of, with what torch's rules made of their tangents;
# that of other functions is drawn where nothing of it is recorded, for its numbers.
TRACED_HESSIANS = ("cubed", "multiplied", "paired", "squares", "doubled", "detached", "rooted", "named")
TRACED_STEPS = ("vmap", "func.vmap", "func.grad", "func.grad_and_value", "pulled", "summed")
FUNCTIONAL = ("vjp", "jvp", "jacobian", "hessian", "vhp", "hvp")
# What says in which mode the last derivative is taken.
STRATEGY = {"jacobian": "strategy", "hessian": "outer_jacobian_strategy"}


def transform(state: State) -> None:
    """y = torch.vmap(torch.func.grad(f))(x), torch.autograd.functional.jacobian(f, x), torch.autograd.gradcheck(...)"""
    if torch.is_inference_mode_enabled():
        raise Invalid(
            "what comes of a transform in inference mode is no inference tensor in torch, or is one"
        )
    KINDS.pick(state.choice)(state)


def body_of(state: State) -> str:
    return state.choice.pick(MISUSED if state.choice.chance(0.12) else USED)


def inputs_for(state: State, body: str, depth: int, traced: bool = False) -> list[str]:
    """Names of as many tensors as the function takes, with `depth` dimensions to map over before its own."""
    low = depth + (2 if body in MATRICES else 1)

    def plain(tensor: Any) -> bool:
        return 0 < tensor.numel() <= 24 and not tensor.is_inference()

    name = state.tensor("f", "small", (low, low + 1), plain, 0.4)
    traced = traced and body in TRACED_BODIES and state.choice.chance(0.5)
    if not traced:
        name = plain_copy(state, name)
    if body not in OF_TWO:
        return [name]
    like = state.env[name]
    return [name, state.leaf(tuple(like.shape), str(like.dtype).removeprefix("torch."), "small", traced)]


def plain_copy(state: State, name: str) -> str:
    """The tensor without history."""
    made = Output(state.name())
    state.run(Op("Tensor.detach", (Ref(name),), out=made))
    return str(made)


def nested(state: State) -> None:
    """f under one to three transforms"""
    state.need("func.grad", "vmap")
    choice = state.choice
    body = body_of(state)
    if body == "constant":
        raise Invalid("torch reads memory that is not there where nothing depends on the input")
    steps: list[tuple[str, tuple]] = []
    depth = 0
    for _ in range(choice.integer(1, 2)):
        if choice.chance(0.4):
            options = mapping(state)
            steps.append((choice.pick(("vmap", "func.vmap")), options))
            depth += 1
        else:
            steps += derivative(state)
    traced = len(steps) <= 2 and all(name in TRACED_STEPS and not options for name, options in steps)
    draw(state, body, tuple(steps), inputs_for(state, body, depth, traced))


def passing(state: State) -> None:
    """vmap, func.grad or func.jvp of what begins a pass of its own"""
    state.need("func.grad", "vmap", "autograd.grad")
    body, step = state.choice.pick(
        (
            *(("passed", one) for one in ("vmap", "func.grad", "func.jacfwd", "func.jacrev")),
            *(("differentiated", "vmap"), ("differentiated", "func.vmap")),
        )
    )
    steps = ((step, ()),) if step != "func.grad" else (("summed", ()), (step, ()))
    draw(state, body, steps, inputs_for(state, body, 1))


def mapping(state: State) -> tuple:
    """Options of vmap."""
    choice = state.choice
    options: list[tuple[str, Any]] = []
    if choice.chance(0.25):
        options.append(("in_dims", choice.pick((0, -1, 1, (0,)))))
    if choice.chance(0.2):
        options.append(("out_dims", choice.pick((0, -1, 1))))
    if choice.chance(0.15):
        options.append(("chunk_size", choice.integer(1, 2)))
    if choice.chance(0.1):
        options.append(("randomness", choice.pick(("same", "error", "always"))))
    return tuple(options)


def derivative(state: State) -> list[tuple[str, tuple]]:
    """The steps of one derivative."""
    name = state.choice.pick(
        ("grad", "grad", "grad_and_value", "jacrev", "jacfwd", "hessian", "pulled", "pushed")
    )
    if name in ("pulled", "pushed"):
        return [(name, ())]
    scalar = name in ("grad", "grad_and_value")
    first: list[tuple[str, tuple]] = [("summed", ())] if scalar and state.choice.chance(0.93) else []
    options: tuple = (("argnums", state.choice.pick((0, -1, 1, (0,)))),) if state.choice.chance(0.1) else ()
    if name == "jacrev" and state.choice.chance(0.15):
        options = (*options, ("chunk_size", state.choice.integer(1, 2)))
    return [*first, (f"func.{name}", options)]


def functional(state: State) -> None:
    """torch.autograd.functional.*(f, inputs, ...)"""
    choice = state.choice
    name = choice.pick(FUNCTIONAL)
    state.need(f"autograd.functional.{name}")
    body = body_of(state)
    steps: tuple = ()
    if name in ("hessian", "vhp", "hvp") and choice.chance(0.93):
        steps = (("summed", ()),)
    options: dict[str, Any] = {}
    if choice.chance(0.3):
        options["create_graph"] = True
    if choice.chance(0.2):
        options["strict"] = True
    if name in ("jacobian", "hessian"):
        if choice.chance(0.4) and "create_graph" not in options:
            options["vectorize"] = True
        if choice.chance(0.25):
            # A Hessian in forward mode is part of a graph, see `columns`, unless it is refused.
            refused = "vectorize" not in options or "strict" in options
            modes = ("forward-mode", "forward-mode", "reverse-mode", "sideways")
            options[STRATEGY[name]] = choice.pick(modes[0 if name == "jacobian" or refused else 2 :])
    if "create_graph" in options and body not in MISUSED:
        body = choice.pick(TRACED_BODIES)
    args = inputs_for(state, body, 0, "vectorize" not in options)
    v = None
    if name not in ("jacobian", "hessian") and choice.chance(0.85) and len(args) == 1:
        v = vector(state, name, body, args[0])
    draw(state, body, steps, args, f"autograd.functional.{name}", v, options)


def columns(state: State) -> None:
    """torch.autograd.functional.jacobian(f, inputs, vectorize=True, strategy="forward-mode"), or hessian"""
    choice = state.choice
    name = choice.pick(tuple(STRATEGY))
    call = f"autograd.functional.{name}"
    state.need(call, "no_grad")
    body = choice.pick(USED)
    steps: tuple = (("summed", ()),) if name == "hessian" else ()
    options = {"vectorize": True, STRATEGY[name]: "forward-mode"}
    args = inputs_for(state, body, 0)

    def made(state: State) -> None:
        draw(state, body, steps, args, call, None, options)

    if name == "hessian" and body not in TRACED_HESSIANS:
        inside(state, lambda found: Block("no_grad", found), made)
    else:
        made(state)


def vector(state: State, name: str, body: str, x: str) -> str | None:
    """A tensor to multiply with: of the shape of the output for `vjp`, of the input for the others."""
    like = state.env[x]
    if name == "vjp":
        try:
            like = BODIES[body](torch, like.detach().clone())
        except Exception:
            return None
        if not is_tensor(like) or not like.is_floating_point():
            return None
    return state.cotangent(like)


def checked(state: State) -> None:
    """torch.autograd.gradcheck(f, inputs, ...)"""
    choice = state.choice
    name = choice.pick(("gradcheck", "gradcheck", "gradgradcheck"))
    state.need(f"autograd.{name}")
    body = body_of(state)
    if body == "nonzeros":
        raise Invalid("the shape depends on what the function is checked with")
    shape = state.shape(2 if body in MATRICES else 1, 2)
    if 0 in shape:
        raise Invalid("no element to differentiate by")
    double = state.leaf(shape, "float64", "small", True)
    args = [double]
    if body in OF_TWO:
        args.append(state.leaf(tuple(state.env[double].shape), "float64", "small", choice.chance(0.8)))
    options: dict[str, Any] = {}
    for key in ("raise_exception", "check_undefined_grad"):
        if choice.chance(0.15):
            options[key] = False
    for key in ("check_grad_dtypes", "check_batched_grad"):
        if choice.chance(0.15):
            options[key] = True
    if choice.chance(0.2):
        options["check_forward_ad" if name == "gradcheck" else "check_fwd_over_rev"] = True
    if choice.chance(0.1) and name == "gradcheck":
        options["check_backward_ad"] = False
    if name == "gradgradcheck":
        options["raise_exception"] = False  # the text would show random cotangents
        if choice.chance(0.2):
            options["gen_non_contig_grad_outputs"] = True
    draw(state, body, (), args, f"autograd.{name}", None, options)


def draw(
    state: State,
    body: str,
    steps: tuple,
    args: list[str],
    call: str | None = None,
    v: str | None = None,
    options: dict[str, Any] | None = None,
) -> None:
    """Append the statement with a name for each leaf of its result, as many as the reference gives."""
    names = tuple(map(Name, args))
    statement = Transform(body, names, (), steps, call, None if v is None else Name(v), options or {})
    out = tuple(Output(state.name()) for _ in range(min(leaves_of(state, statement), 12)))
    state.attempt(dataclasses.replace(statement, out=out))


def leaves_of(state: State, statement: Transform) -> int:
    """How many leaves the result has; 0 where the call raises."""
    env = {name: copied(state.env[name]) for name in statement.reads()}
    numbers = torch.get_rng_state()
    try:
        return len(statement.execute(torch, env, []))
    except Exception:
        return 0
    finally:
        torch.set_rng_state(numbers)


def copied(value: Any) -> Any:
    """A tensor of the same value that nothing else sees."""
    return value.detach().clone().requires_grad_(value.requires_grad)


KINDS = Weighted(((12, nested), (8, functional), (3, columns), (4, checked), (1, passing)))
