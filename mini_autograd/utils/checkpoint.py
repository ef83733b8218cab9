"""Memory for time: functions that are run again in the backward pass instead of keeping what they saved.

See https://pytorch.org/docs/stable/checkpoint.html.
"""

from mini_autograd.checkpoint.call import checkpoint, noop_context_fn
from mini_autograd.checkpoint.errors import CheckpointError
from mini_autograd.checkpoint.frame import set_checkpoint_early_stop
from mini_autograd.checkpoint.reentrant import CheckpointFunction
from mini_autograd.checkpoint.sequential import checkpoint_sequential

__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "checkpoint",
    "checkpoint_sequential",
    "noop_context_fn",
    "set_checkpoint_early_stop",
]
