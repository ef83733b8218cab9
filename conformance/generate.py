"""Drawing programs whose grammar is autograd's: ops, views, in-place writes, modes, hooks, backward passes.

A program is run on the reference as it is drawn, so that each statement is valid unless a mistake is meant.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from .choice import Choice, RandomChoice
from .guidance import Guide
from .moves import MOVES, NESTINGS, Move, leaf, mistake
from .moves.backward import backward
from .mutate import mutate
from .program import Program, program_from_json
from .state import Invalid, State
from .statements import Backward, Grad

SHORTEST, LONGEST = 8, 14
DEEPEST = 2
CARELESS = 0.25  # the share of mistakes in a program that has them
BRED = 0.05  # the share of programs that are made of others, where there are any


def everything(name: str) -> bool:
    """The vocabulary of a subject that lacks nothing."""
    return True


@dataclass(frozen=True, slots=True)
class Generator:
    """Draws programs of `shortest` to `longest` statements or a few more. `available` says which op names the subject
    has; `misuse` is the share of programs in which there may be mistakes."""

    available: Callable[[str], bool] = everything
    misuse: float = 0.1
    special: float = 0.03
    shortest: int = SHORTEST
    longest: int = LONGEST

    def program(self, seed: int, index: int) -> Program:
        """The program at a place in the stream of a seed: the same wherever and whenever it is drawn."""
        return self.guided(seed, index, None)[0]

    def guided(self, seed: int, index: int, guide: Guide | None) -> tuple[Program, set[int]]:
        """The same as a guide has it, and the features that it shows: NOTE [Guided draws]."""
        name = f"g-{seed}-{index}"
        choice = RandomChoice(name)
        state = self._state(choice, guide)
        state.seen = set()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if guide is not None and guide.parents and choice.chance(BRED):
                mutate(state, program_from_json(choice.pick(guide.parents)))
            else:
                self.fill(state)
        return Program(name, tuple(state.body), "generated", seed), state.seen

    def draw(self, choice: Choice, name: str = "drawn", seed: int | None = None) -> Program:
        """A program of the decisions of `choice`."""
        state = self._state(choice, None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.fill(state)
        return Program(name, tuple(state.body), "generated", seed)

    def _state(self, choice: Choice, guide: Guide | None) -> State:
        misuse = CARELESS if choice.chance(self.misuse) else 0.0
        has_dtype = getattr(self.available, "has_dtype", everything)
        return State(choice, self.available, has_dtype, misuse, self.special, guide=guide)

    def fill(self, state: State) -> None:
        """Append statements until the program is long enough."""
        choice = state.choice
        length = choice.integer(self.shortest, self.longest)
        for _ in range(choice.integer(1, 2)):
            state.leaf(
                state.shape(1, 3), state.dtype("fc" if choice.chance(0.2) else "f"), requires_grad=True
            )
        tries = 0
        while state.made < length and tries < 6 * self.longest:
            tries += 1
            self.step(state, 0)
        if not any(isinstance(one, Backward | Grad) for made in state.body for one in made.flat()):
            with contextlib.suppress(Invalid):
                backward(state)

    def step(self, state: State, depth: int) -> None:
        """Draw one move; one that does not fit the program is passed over."""
        try:
            if state.choice.chance(state.misuse):
                mistake(state)
            elif depth < DEEPEST and state.choice.chance(0.06):
                NESTINGS.pick(state.choice)(state, self._body(depth + 1))
            else:
                MOVES.pick(state.choice)(state)
        except (
            Invalid,
            RuntimeError,
        ):  # torch raises on reading a view whose base was changed in a forbidden way
            pass

    def _body(self, depth: int) -> Move:
        def body(state: State) -> None:
            wanted = state.made + state.choice.integer(1, 3)
            for _ in range(8):
                if state.made < wanted:
                    self.step(state, depth)
            if not state.body:
                leaf(state)

        return body
