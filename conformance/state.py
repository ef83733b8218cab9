"""What is known of a program while it is being drawn.

It runs on the reference as it grows, so shapes, dtypes and values of every name are facts, and what is drawn
next can be valid by construction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import torch

from .choice import Choice, Weighted
from .guidance import Guide, feature, standing
from .hazard import lends, writes_confused
from .reading import array_of, dtype_name, is_tensor
from .statements import Attempt, Events, Op, Statement, literal
from .statements.output import Outputs, bind_outputs

T = TypeVar("T")

CLASSES = {
    "f": Weighted(((9, "float32"), (7, "float64"), (2, "float16"), (2, "bfloat16"))),
    "c": Weighted(((1, "complex64"), (1, "complex128"))),
    "i": Weighted(((5, "int64"), (2, "int32"), (1, "int16"), (1, "int8"), (2, "uint8"))),
    "b": Weighted(((1, "bool"),)),
}
CLASS_WEIGHT = {"f": 30, "c": 4, "i": 6, "b": 3}
CLASS_OF = {name: letter for letter, options in CLASSES.items() for name in options.options}
DIMENSIONS = ((2, 0), (8, 1), (10, 2), (4, 3), (1, 4))
PATIENCE = 20  # draws after which a subject is taken to have no dtype of a class
LARGEST = 160  # elements; more says nothing new and costs time

# Numbers of literals, in eighths, which add and multiply exactly in every floating dtype; by domain.
DOMAINS: dict[str, tuple[int, int]] = {
    "any": (-24, 24),
    "small": (-24, 24),
    "positive": (1, 24),
    "unit": (-7, 7),
    "probability": (1, 7),
    "above_one": (9, 32),
    "above_minus_one": (-6, 24),
    "nonzero": (1, 24),
}
_INSIDE: dict[str, Callable[[float, float, float], bool]] = {
    "any": lambda low, high, least: True,
    "small": lambda low, high, least: low > -30 and high < 30,
    "positive": lambda low, high, least: low > 0.05,
    "unit": lambda low, high, least: low > -0.95 and high < 0.95,
    "probability": lambda low, high, least: low > 0.05 and high < 0.95,
    "above_one": lambda low, high, least: low > 1.05,
    "above_minus_one": lambda low, high, least: low > -0.95,
    "nonzero": lambda low, high, least: least > 0.05,
}


class Invalid(Exception):
    """What was drawn does not fit the program; another draw takes its place."""


@dataclass(slots=True)
class State:
    """A program in the making, alive on the reference."""

    choice: Choice
    available: Callable[[str], bool] = lambda name: True
    has_dtype: Callable[[str], bool] = lambda name: True
    misuse: float = 0.0
    special: float = 0.03
    env: dict[str, Any] = field(default_factory=dict)
    events: Events = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    freed: dict[int, Any] = field(default_factory=dict)
    handles: list[str] = field(default_factory=list)
    lent: set[str] = field(default_factory=set)
    dropped: list[tuple[Statement, Exception]] = field(default_factory=list)
    count: int = 0
    made: int = 0
    guide: Guide | None = None
    seen: set[int] | None = None

    def is_lent(self, name: str) -> bool:
        """Whether torch has lent the memory of a tensor, which may have been done under another name for it."""
        return any(self.env.get(lent) is self.env.get(name) for lent in self.lent)

    def name(self, letter: str = "x") -> str:
        """A name not used before."""
        self.count += 1
        return f"{letter}{self.count - 1}"

    def need(self, *names: str) -> None:
        """Invalid when the subject lacks one of these names."""
        if not all(map(self.available, names)):
            raise Invalid("the subject lacks what this move is about")

    def run(self, statement: Statement) -> Any:
        """Append a statement and run it on the reference; Invalid, and not appended, when it raises."""
        result = self._executed(statement)
        self._refuse_foreign(statement)
        self.append(statement)
        return result

    def call(self, op: Op, outputs: Callable[[Any], Outputs]) -> Any:
        """As :meth:`run`, of a call that binds what `outputs` says of its result."""
        result = self._executed(op)
        statement = replace(op, out=outputs(result))
        bind_outputs(statement.out, result, self.env)
        self._refuse_foreign(statement)
        self.append(statement)
        return result

    def _executed(self, statement: Statement) -> Any:
        self._refuse(statement)
        try:
            return statement.execute(torch, self.env, self.events)
        except Exception as error:
            self.dropped.append((statement, error))
            raise Invalid(str(error)) from error

    def attempt(self, statement: Statement) -> bool:
        """Append a statement that may fail, as an attempt when it does; whether it succeeded."""
        self._refuse(statement)
        try:
            statement.execute(torch, self.env, self.events)
        except Exception:
            self.append(Attempt(statement))
            return False
        self._refuse_foreign(statement)
        self.append(statement)
        return True

    def _refuse(self, statement: Statement) -> None:
        """Invalid where torch does not survive a statement, or would take two tensors together as complex32."""
        if writes_confused(statement, self.env):
            raise Invalid("torch would lose the place of a gradient that is to be kept")
        read = [self.env[name] for name in statement.reads() if is_tensor(self.env.get(name))]
        halves = [one for one in read if one.dtype is torch.float16]
        if halves and any(torch.result_type(one, half) is torch.complex32 for one in read for half in halves):
            raise Invalid("computed in complex32, which programs do not have")

    def _refuse_foreign(self, statement: Statement) -> None:
        """Invalid where a statement has made a tensor of a dtype that programs do not have, as complex32."""
        made = [name for name in statement.writes() if is_tensor(self.env.get(name))]
        foreign = [name for name in made if dtype_name(self.env[name].dtype) not in CLASS_OF]
        for name in foreign:
            del self.env[name]
        if foreign:
            raise Invalid(f"{', '.join(foreign)}: no dtype of programs")

    def append(self, statement: Statement) -> None:
        """Append a statement that has run."""
        self.body.append(statement)
        self.lent |= lends(statement)
        self.made += 1
        if self.seen is not None:
            self.seen.add(self.feature(statement))

    # --- what was seen --------------------------------------------------------------------------------------

    def feature(self, statement: Statement) -> int:
        """What a statement exercises: NOTE [Guided draws]."""
        for name in statement.reads():
            found: Any = self.env.get(name)
            if is_tensor(found):
                mode = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
                return feature(statement.label, dtype_name(found.dtype), *mode, _standing(found))
        return feature(statement.label)

    def rarer(self, draw: Callable[[], T], place: Callable[[T], int]) -> T:
        """What `draw` gives, or with a guide of two draws the one whose feature was seen less."""
        made = draw() if self.guide is None else self.guide.rarer(draw, place)
        if self.seen is not None:
            self.seen.add(place(made))
        return made

    # --- tensors there are ----------------------------------------------------------------------------------

    def tensors(self, keep: Callable[[Any], bool] = lambda tensor: True) -> list[str]:
        """Names of tensors, newest last."""
        return [name for name, value in self.env.items() if is_tensor(value) and _holds(keep, value)]

    def existing(self, keep: Callable[[Any], bool]) -> str | None:
        """A name of a tensor of that kind, newer ones more often; None where there is none."""
        names = self.tensors(keep)
        if not names:
            return None
        if len(names) > 3 and self.choice.chance(0.6):
            names = names[-3:]
        return self.choice.pick(names)

    def tensor(
        self,
        dtypes: str = "f",
        domain: str = "any",
        ndim: tuple[int, int] = (0, 4),
        keep: Callable[[Any], bool] = lambda tensor: True,
        fresh: float = 0.12,
    ) -> str:
        """A name of a tensor with these properties, made on the spot where there is none."""

        def fits(tensor: Any) -> bool:
            return (
                CLASS_OF.get(dtype_name(tensor.dtype), "?") in dtypes
                and ndim[0] <= tensor.ndim <= ndim[1]
                and tensor.numel() <= LARGEST
                and keep(tensor)
                and inside(tensor, domain)
            )

        name = None if self.choice.chance(fresh) else self.existing(fits)
        if name is None:
            name = self.leaf(self.shape(*ndim), self.dtype(dtypes), domain)
            if not keep(self.env[name]):
                raise Invalid("a new tensor does not fit")
        return name

    # --- tensors to make ------------------------------------------------------------------------------------

    def dtype(self, dtypes: str = "fcib") -> str:
        """A dtype of the classes `f`, `c`, `i`, `b`."""
        for _ in range(PATIENCE):
            letter = Weighted((CLASS_WEIGHT[one], one) for one in dtypes).pick(self.choice)
            found = CLASSES[letter].pick(self.choice)
            if self.has_dtype(found):
                return found
        raise Invalid("the subject lacks dtypes of these classes")

    def shape(self, low: int = 0, high: int = 4) -> tuple[int, ...]:
        """A shape of few elements; a dimension is rarely empty."""
        ndim = Weighted(option for option in DIMENSIONS if low <= option[1] <= high).pick(self.choice)
        most = 4 if ndim < 3 else 3
        return tuple(0 if self.choice.chance(0.02) else self.choice.integer(1, most) for _ in range(ndim))

    def leaf(
        self,
        shape: Sequence[int],
        dtype: str,
        domain: str = "any",
        requires_grad: bool | None = None,
        letter: str = "x",
    ) -> str:
        """Append a literal tensor and return its name."""
        if math.prod(shape) > LARGEST:
            raise Invalid("too many elements")
        if requires_grad is None:
            requires_grad = self.choice.chance(0.7)
        requires_grad = requires_grad and CLASS_OF[dtype] in "fc"
        name = self.name(letter)
        self.run(
            literal(name, self.numbers(math.prod(shape), dtype, domain), tuple(shape), dtype, requires_grad)
        )
        return name

    def numbers(self, count: int, dtype: str, domain: str = "any") -> list[Any]:
        """Numbers of a dtype inside a domain; rarely NaN, an infinity or a signed zero, sometimes ties."""
        choice, (low, high) = self.choice, DOMAINS[domain]
        kind = CLASS_OF[dtype]
        if kind == "b":
            return [choice.chance(0.5) for _ in range(count)]
        if kind == "i":
            low, high = (max(low // 4, -6), min(high // 4, 6)) if domain == "any" else (1, 6)
            low = max(low, 0) if dtype == "uint8" else low
            return [choice.integer(low, high) for _ in range(count)]
        if kind == "c":
            reals = [choice.integer(low, high) / 8 for _ in range(count)]
            return [complex(real, choice.integer(-16, 16) / 8) for real in reals]
        if choice.chance(0.05):  # ties
            low, high = max(low, -1), max(low, -1) + 1
        values: list[Any] = [choice.integer(low, high) / 8 for _ in range(count)]
        if domain == "nonzero":
            values = [-value if choice.chance(0.5) else value for value in values]
        if domain == "any" and choice.chance(self.special):
            odd = (float("nan"), float("inf"), float("-inf"), 0.0, -0.0)
            values = [choice.pick(odd) if choice.chance(0.4) else value for value in values]
        return values

    def cotangent(self, tensor: Any) -> str:
        """Append a literal to go with `tensor` in a backward pass: never uniform."""
        dtype = dtype_name(tensor.dtype)
        name = self.name("g")
        count = tensor.numel()
        steps = [self.choice.integer(1, 9) for _ in range(count)]
        values = [(step + 3 * (place % 5)) / 8 * (1 if place % 3 else -1) for place, step in enumerate(steps)]
        numbers = [complex(value, -value / 2) for value in values] if CLASS_OF[dtype] == "c" else values
        self.run(literal(name, numbers, tuple(tensor.shape), dtype))
        return name


def _standing(tensor: Any) -> str:
    try:
        return standing(tensor)
    except RuntimeError:  # a view whose history was modified in a forbidden way
        return "stale"


def _holds(keep: Callable[[Any], bool], tensor: Any) -> bool:
    """Whether a tensor has a property; reading a history raises where that was modified in a forbidden way, and
    whatever unpack hooks raise."""
    try:
        return keep(tensor)
    except Exception:
        return False


def inside(tensor: Any, domain: str) -> bool:
    """Whether all values of a tensor are safely inside a domain; NaN never is, save in `any`."""
    if domain == "any" or tensor.numel() == 0:
        return True
    dtype = dtype_name(tensor.dtype)
    if dtype == "bool":
        return domain in ("small", "above_minus_one")
    values = array_of(tensor, dtype)
    if dtype.startswith("complex"):
        values = abs(values)
    least = float(abs(values).min())
    return _INSIDE[domain](float(values.min()), float(values.max()), least)
