"""The backward pass of nll_loss writes wherever its target points, in memory of others too (torch 2.13).

Without a reduction nobody compares the target with the number of classes: the forward pass has done so, but hooks on
saved tensors, or an array that shares its memory, may have given the backward pass another target since. Where the
gradient ends, something else begins, here the rest of a larger buffer, elsewhere the allocator's own data, and the
process may end at any later time. With a reduction the same target raises "Target 7 is out of bounds", as do gather,
index_select and the other ops that look their indices up; max_pool1d, max_pool2d, adaptive_max_pool2d, embedding_bag
and ctc_loss do not look.

So the hooks that programs are drawn with leave integers in their range, and their arrays are written 0 there: what
follows a write out of bounds says nothing about either library.
"""

import sys

import torch


def shown() -> str | None:
    """What has been written behind the gradient; None where nothing was."""
    memory = torch.zeros(16)
    given, log_probabilities = torch.ones(1), torch.zeros(1, 4)
    target, total_weight = torch.tensor([7]), torch.tensor(1.0)  # of classes 0 to 3
    backward = torch.ops.aten.nll_loss_backward.grad_input
    without_reduction, ignored = 0, -100
    try:
        backward(
            given, log_probabilities, target, None, without_reduction, ignored, total_weight,
            grad_input=memory[:4].view(1, 4),
        )  # fmt: skip
    except IndexError:
        return None
    behind = memory[4:].tolist()
    return f"a gradient of 4 elements, and behind them {behind}" if any(behind) else None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
