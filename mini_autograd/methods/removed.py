"""What Variables had before torch 0.4 and tensors still answer to, if only to say that it is gone."""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.tensor import Tensor, TensorBase

VOLATILE = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."
NEVER_VOLATILE = "volatile was removed (Variable.volatile is always False)"
REINFORCE = """reinforce() was removed.
Use torch.distributions instead.
See https://pytorch.org/docs/main/distributions.html

Instead of:

probs = policy_network(state)
action = probs.multinomial()
next_state, reward = env.step(action)
action.reinforce(reward)
action.backward()

Use:

probs = policy_network(state)
# NOTE: categorical is equivalent to what used to be called multinomial
m = torch.distributions.Categorical(probs)
action = m.sample()
next_state, reward = env.step(action)
loss = -m.log_prob(action) * reward
loss.backward()
"""


def get_volatile(self: TensorBase) -> bool:
    warnings.warn(NEVER_VOLATILE, UserWarning, stacklevel=2)
    return False


def set_volatile(self: TensorBase, value: Any) -> None:
    warnings.warn(VOLATILE, UserWarning, stacklevel=2)


def delete_volatile(self: TensorBase) -> None:
    set_volatile(self, None)


def reinforce(self: TensorBase, reward: Any) -> None:
    """RuntimeError: stochastic functions are gone, and the text says what to write instead."""
    raise RuntimeError(REINFORCE)


def attach() -> None:
    cls: Any = Tensor
    cls.volatile = property(get_volatile, set_volatile, delete_volatile)
    reinforce.__qualname__ = "Tensor.reinforce"
    cls.reinforce = reinforce
