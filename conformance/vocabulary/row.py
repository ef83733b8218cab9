"""One row an op: how its arguments are drawn, the dtypes and values it takes, the forms it is written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..state import State

SPACES = {"f": "", "m": "Tensor.", "n": "nn.functional.", "l": "linalg.", "s": "special.", "t": "fft."}

Arguments = tuple[list[Any], dict[str, Any]]
Pattern = Callable[["State", "Row"], Arguments]


@dataclass(frozen=True, slots=True)
class Row:
    """`forms` are letters: f `torch.name`, m `Tensor.name`, i `Tensor.name_`, n `torch.nn.functional.name`,
    l `torch.linalg.name`, s `torch.special.name`, t `torch.fft.name`; `operator` is its name among Python's
    operators.

    `dtypes` are classes: f floating, c complex, i integer, b bool; `only` narrows them to named dtypes.
    `options` are keyword arguments to draw: a value of the tuple, or nothing. `overlaps` is whether the
    in-place variant says what it does where an operand shares memory with the tensor that is written to.
    """

    name: str
    pattern: Pattern
    dtypes: str = "f"
    domain: str = "any"
    forms: str = "fm"
    operator: str | None = None
    options: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    weight: int = 2
    overlaps: bool = True

    def names(self) -> list[str]:
        """All the names it is written by, in-place ones too."""
        names = [f"{SPACES[form]}{self.name}" for form in self.forms if form in SPACES]
        if self.operator:
            names.append(f"operator.{self.operator}")
        return names + self.in_place()

    def in_place(self) -> list[str]:
        """The names of its in-place variants."""
        names = [f"Tensor.{self.name}_"] if "i" in self.forms else []
        if self.operator and "i" in self.forms and self.operator not in ("neg", "invert"):
            names.append(f"operator.i{self.operator.rstrip('_')}")
        return names

    def pure(self) -> list[str]:
        """The names of its variants that make a new tensor."""
        in_place = self.in_place()
        return [name for name in self.names() if name not in in_place]
