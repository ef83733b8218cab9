"""A convolution gives a picture another value alone than in a batch of two of it (torch 2.13).

A batch goes to oneDNN, which leaves the padding out; a single picture goes to code of torch's own, which multiplies
the zeros of the padding with the weight: of one that is infinite there is NaN wherever the border is touched.
"""

import sys

import torch

OF_THE_MACHINE = True  # another processor, or another build of torch, may run other code


def shown() -> str | None:
    """The two values; None where they are one."""
    pictures = torch.ones(2, 1, 1, 1)
    weight = torch.tensor([[[[1.0, 1.0], [1.0, float("-inf")]]]])
    alone = torch.nn.functional.conv2d(pictures[:1], weight, padding=1)[0]
    among = torch.nn.functional.conv2d(pictures, weight, padding=1)[0]
    if torch.equal(alone.nan_to_num(7.0), among.nan_to_num(7.0)):
        return None
    return f"{alone.tolist()} alone, {among.tolist()} in a batch"


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
