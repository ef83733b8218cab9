"""A sample of a picture of a half type, thrown back at its edges, has no second derivative (torch 2.13).

In float32 it has one. Torch makes it of other ops, of which one is given a factor of another type.
"""

import sys

import torch


def shown() -> str | None:
    """What is raised; None where nothing is."""
    picture = torch.ones(1, 1, 3, 3, dtype=torch.float16, requires_grad=True)
    grid = torch.full((1, 2, 2, 2), 0.25, dtype=torch.float16, requires_grad=True)
    sampled = torch.nn.functional.grid_sample(picture, grid, "bilinear", "reflection", False)
    (slope,) = torch.autograd.grad(sampled.sum(), grid, create_graph=True)
    try:
        torch.autograd.grad(slope.sum(), (picture, grid))
    except RuntimeError as error:
        return str(error)
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
