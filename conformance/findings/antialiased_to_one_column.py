"""A picture of one column that is made longer against aliases has one value in all its rows (torch 2.13).

The same picture lying down, one row that is made longer, is interpolated.
"""

import sys

import torch


def shown() -> str | None:
    """What comes of the column; None where it is what comes of the row."""
    row = torch.arange(4.0).reshape(1, 1, 1, 4)
    resampled = torch.nn.functional.interpolate
    lying = resampled(row, (1, 6), mode="bilinear", antialias=True)
    standing = resampled(row.mT.contiguous(), (6, 1), mode="bilinear", antialias=True)
    if torch.equal(standing, lying.mT):
        return None
    return f"{standing.flatten().tolist()} standing, {lying.flatten().tolist()} lying"


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
