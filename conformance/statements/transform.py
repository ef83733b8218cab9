"""Transforms of functions of a fixed set: `func`, `vmap`, `autograd.functional`, `gradcheck`, nested in one another."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .checkpoint import SEED
from .error import ProgramError
from .seed import seed
from .statement import Events, Name, Output, Statement
from .transformed_function import APPLYING

# --- the set: each takes the library and tensors; printed into scripts as it stands here ------------------


def cubed(torch, x):
    return x**3


def waved(torch, x):
    return (x.sin() * 2 + torch.tanh(x)).exp()


def multiplied(torch, x, y):
    return x * y + x.sin()


def centred(torch, x):
    return (x - x.mean()) / (1 + x.abs().sum())


def softened(torch, x):
    return torch.softmax(x, -1) * x


def paired(torch, x):
    return x.sin(), (x * x).sum()


def named(torch, x):
    return {"a": x * 2, "b": (x.cos(), x.sum())}


def squares(torch, x):
    return (x * x).sum()


def rooted(torch, x):
    return (x.sigmoid() + 1).sqrt().reciprocal() * x


def logarithm(torch, x):
    return torch.logsumexp(x * 2, -1)


def accumulated(torch, x):
    return x.cumsum(0) * x


def turned(torch, x):
    return x.transpose(0, -1).reshape(-1) * 2


def stretched(torch, x):
    return (x.unsqueeze(0).expand(2, *x.shape) * 3).sum(0)


def crossed(torch, x):
    return x @ x.mT


def projected(torch, x, y):
    return (x * y).sum(-1) + x.amax(-1)


def joined(torch, x):
    return torch.cat([x * 2, torch.stack([x, x.sin()]).sum(0)])


def chosen(torch, x):
    return torch.where(x > 0, x * 2, x.sin())


def clipped(torch, x):
    return torch.relu(x) + x.clamp(-1, 1)


def picked(torch, x):
    return x[0] * x[-1]


def overwritten(torch, x):
    y = x.clone()
    y.mul_(2)
    y[0] = x[0] * x[0]
    return y * x


def filled(torch, x):
    y = torch.zeros_like(x)
    y += x.sin()
    return y * 2


def rescaled(torch, x):
    y = torch.full_like(x, 3)
    y.mul_(x)
    return y * x


def detached(torch, x):
    return x * x.detach()


def unrecorded(torch, x):
    with torch.no_grad():
        y = x.sin()
    return x * y


def constant(torch, x):
    return torch.ones(2)


def doubled(torch, x):
    return x * 2


def compared(torch, x):
    return x > 0


def branching(torch, x):
    return x.sin() if x.sum() > 0 else x.cos()


def measured(torch, x):
    return x * x.sum().item()


def drawn(torch, x):
    return x + torch.rand(2).sum() * 0


def written(torch, x):
    return x.mul_(2) * x


def marked(torch, x):
    return x.requires_grad_().sin()


def spread(torch, x):
    return torch.zeros(x.shape).mul_(x)


def a_number(torch, x):
    return 3.0


def nonzeros(torch, x):
    return x.nonzero()


def recursive(torch, x):
    return torch.func.grad(lambda y: (y.sin() * x).sum())(x)


def mapped_inside(torch, x):
    return torch.vmap(lambda y: y * x.sum())(x)


def passed(torch, x):
    (x * x).sum().backward()
    return x * 2


def differentiated(torch, x):
    (d,) = torch.autograd.grad((x * x).sum(), x, torch.ones(2), is_grads_batched=True)
    return d.sum(0)


BODIES: dict[str, Callable[..., Any]] = {
    body.__name__: body
    for body in (
        *(
            cubed,
            waved,
            multiplied,
            centred,
            softened,
            paired,
            named,
            squares,
            rooted,
            logarithm,
            accumulated,
            turned,
        ),
        *(stretched, crossed, projected, joined, chosen, clipped, picked, overwritten, filled, rescaled),
        *(detached, unrecorded, constant, doubled, compared, branching, measured, drawn, written, marked),
        *(spread, a_number, nonzeros, recursive, mapped_inside, passed, differentiated),
        *APPLYING,
    )
}
OF_TWO = ("multiplied", "projected", "by_rule_of_two")


def flattened(value):
    """The leaves of nested tuples, lists and dicts."""
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in flattened(part)]
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in flattened(part)]
    return [value]


def summed(torch, f):
    """`f` with one number for all its outputs."""
    return lambda *xs: sum((y.abs() if y.is_complex() else y).sum() for y in flattened(f(*xs)))


def beside(x):
    """A tensor that goes with `x` as a tangent or a cotangent."""
    return x.detach() * 0.5 + 1


def pulled(torch, f):
    """`f` and a product with its Jacobian transposed."""

    def call(*xs):
        y, pull = torch.func.vjp(f, *xs)
        return y, pull(y.detach() * 0.5 + 1 if hasattr(y, "detach") else tuple(map(beside, y)))

    return call


def pushed(torch, f):
    """`f` and a product with its Jacobian."""
    return lambda *xs: torch.func.jvp(f, xs, tuple(map(beside, xs)))


def linearized(torch, f):
    """`f` and the product of its linearization with tangents."""

    def call(*xs):
        y, push = torch.func.linearize(f, *xs)
        return y, push(*map(beside, xs))

    return call


WRAPPERS: dict[str, Callable[..., Any]] = {
    wrapper.__name__: wrapper for wrapper in (summed, pulled, pushed, linearized)
}
TRANSFORMS = (
    "func.grad",
    "func.grad_and_value",
    "func.jacrev",
    "func.jacfwd",
    "func.hessian",
    "func.vmap",
    "vmap",
)
CALLS = (
    *(f"autograd.functional.{name}" for name in ("vjp", "jvp", "jacobian", "hessian", "vhp", "hvp")),
    "autograd.gradcheck",
    "autograd.gradgradcheck",
)
# What draws the cotangents that hooks are shown: both libraries start from the same seed.
SEEDED = ("autograd.gradcheck", "autograd.gradgradcheck")
OF_SEVERAL = ("paired", "named", "by_rule_of_two")
NESTING = {"argnums", "has_aux"}  # options with which a transform gives tuples
# How many tensors a call gives for a function of one tensor.
PAIRS = {call: 1 if call.endswith(("jacobian", "hessian")) else 2 for call in CALLS if call not in SEEDED}


@dataclass(frozen=True, slots=True)
class Transform(Statement):
    """`out, ... = flattened(transform(body)(*args))`: what the function `body` gives under `steps`, inner ones first.

    A step is the name of a transform or a wrapper and its options. With `call` the function is given to that instead,
    with the tensors as inputs, `v` if there is one, and `options`. `out` names the
    first leaves of the result.
    """

    kind: ClassVar[str] = "transform"
    body: str
    args: tuple[Name, ...]
    out: tuple[Output, ...]
    steps: tuple[arguments.Argument, ...] = ()
    call: str | None = None
    v: Name | None = None
    options: dict[str, arguments.Argument] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.body not in BODIES:
            raise ProgramError(f"unknown function {self.body!r}, expected one of {sorted(BODIES)}")
        if self.call is not None and self.call not in CALLS:
            raise ProgramError(f"unknown call {self.call!r}, expected one of {sorted(CALLS)}")
        for name, options in self.steps:
            if name not in TRANSFORMS and name not in WRAPPERS:
                raise ProgramError(f"unknown transform {name!r}")
            if not all(arguments.is_key(key) for key, _ in options):
                raise ProgramError(f"{name}: its options have no names")

    @property
    def differentiates(self) -> bool:
        return True

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        f: Any = bound(BODIES[self.body], lib)
        for name, options in self.steps:
            f = WRAPPERS[name](lib, f) if name in WRAPPERS else found(lib, name)(f, **dict(options))
        args = [arguments.bind(arguments.Ref(name), lib, env) for name in self.args]
        if self.call is not None:
            v = [] if self.v is None else [arguments.bind(arguments.Ref(self.v), lib, env)]
            inputs = args[0] if len(args) == 1 else tuple(args)
            if self.call in SEEDED:
                seed(lib, SEED)
            result = found(lib, self.call)(f, inputs, *v, **self.options)
        else:
            result = f(*args)
        leaves = flattened(result)
        for name, value in zip(self.out, leaves, strict=False):
            env[name] = value
        return tuple(leaves)

    def lines(self) -> list[str]:
        names = ", ".join(list(inspect.signature(BODIES[self.body]).parameters)[1:])
        text = f"lambda {names}: {self.body}(torch, {names})"
        for name, options in self.steps:
            passed = "".join(f", {key}={arguments.source(item)}" for key, item in options)
            text = f"{name}(torch, {text})" if name in WRAPPERS else f"torch.{name}({text}{passed})"
        args = ", ".join(self.args)
        if self.call is not None:
            inputs = args if len(self.args) == 1 else f"({args})"
            passed = "".join(f", {key}={arguments.source(item)}" for key, item in self.options.items())
            called = f"torch.{self.call}({text}, {inputs}{'' if self.v is None else f', {self.v}'}{passed})"
        elif self.steps:
            called = f"{text}({args})"
        else:
            called = f"{self.body}(torch, {args})"
        seeded = [f"torch.manual_seed({SEED})"] if self.call in SEEDED else []
        if not self.out:
            return [*seeded, called]
        if len(self.out) == self._leaves():
            return [*seeded, f"{', '.join(self.out)} = {called}"]
        count = len(self.out)
        return [*seeded, f"{arguments.listed(self.out)} = flattened({called})[:{count}]"]

    def _leaves(self) -> int | None:
        """How many tensors a call gives side by side; None where the names do not tell."""
        steps = [name for name, _ in self.steps]
        several = self.body in OF_SEVERAL and steps[:1] != ["summed"]
        nested = any(NESTING & dict(options).keys() for _, options in self.steps)
        if several or nested or (self.call in PAIRS and len(self.args) > 1):
            return None
        outer = steps[1:] if steps[:1] == ["summed"] else steps
        return (
            PAIRS.get(self.call or "", 1) if set(outer) <= set(TRANSFORMS) - {"func.grad_and_value"} else None
        )

    def definitions(self) -> list[str]:
        wrappers = [name for name, _ in self.steps if name in WRAPPERS]
        used = [
            *([flattened] if "flattened" in self.lines()[-1] or "summed" in wrappers else []),
            BODIES[self.body],
            *([beside] if wrappers and wrappers != ["summed"] else []),
            *(WRAPPERS[name] for name in dict.fromkeys(wrappers)),
        ]
        return [inspect.getsource(one).rstrip() for one in used]

    @property
    def label(self) -> str:
        names = [name.rpartition(".")[2] for name, _ in self.steps]
        return ".".join([self.call or "transform", *names, self.body])

    def simpler(self) -> Iterator[Statement]:
        for name in self.options:
            rest = {key: item for key, item in self.options.items() if key != name}
            yield dataclasses.replace(self, options=rest)
        for place, (name, options) in enumerate(self.steps):
            if options:
                steps = (*self.steps[:place], (name, ()), *self.steps[place + 1 :])
                yield dataclasses.replace(self, steps=steps)


def bound(body: Callable[..., Any], lib: Any) -> Callable[..., Any]:
    """The function with the library given, under its own name."""

    def call(*xs: Any) -> Any:
        return body(lib, *xs)

    call.__name__ = body.__name__
    return call


def found(lib: Any, name: str) -> Any:
    """A public function by its dotted name."""
    for part in name.split("."):
        lib = getattr(lib, part)
    return lib
