"""What is raised where the second run of a function is not like the first."""

from __future__ import annotations

from typing import Any


class CheckpointError(RuntimeError):
    """A function saved something else when it ran again."""


CheckpointError.__module__ = "torch.utils.checkpoint"

TIP = """

Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint\u2011debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
"""


def too_many() -> CheckpointError:
    return CheckpointError(
        "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward "
        f"pass.{TIP}"
    )


def too_few(before: int, now: int) -> CheckpointError:
    return CheckpointError(
        "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
        f"recomputation.\nNumber of tensors saved during forward: {before}\nNumber of tensors saved during "
        f"recomputation: {now}.{TIP}"
    )


def unlike(differences: list[tuple[int, Any, Any]]) -> CheckpointError:
    """``differences``: place, what was saved there, and what was saved there again."""
    found = "".join(
        [
            f"tensor at position {at}:\nsaved metadata: {before}\nrecomputed metadata: {now}\n"
            for at, before, now in differences
        ]
    )
    return CheckpointError(
        "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the "
        f"forward pass.\n{found}.{TIP}"
    )


def used_up() -> CheckpointError:
    return CheckpointError(
        "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are "
        "calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with "
        "details on your use case."
    )
