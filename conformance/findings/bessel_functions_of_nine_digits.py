"""Functions of Bessel and Airy have nine digits where they are to have sixteen (torch 2.13).

They are quotients of polynomials from the Cephes library, which leaves the first coefficient of a denominator out of
its table where that is 1, and adds it by itself. `bessel_j0`, `bessel_j1`, `bessel_y0`, `bessel_y1` and, of negative
numbers, `airy_ai` give what comes of leaving it out altogether.
"""

import math
import sys

import torch


def series(x: float) -> float:
    """The Bessel function of the first kind of order 0, by its power series."""
    return math.fsum((-1) ** k * (x / 2) ** (2 * k) / math.factorial(k) ** 2 for k in range(40))


def shown() -> str | None:
    """The value beside that of the series; None where they are as near as float64 allows."""
    given = torch.special.bessel_j0(torch.tensor(3.7, dtype=torch.float64)).item()
    if abs(given - series(3.7)) < 1e-14:
        return None
    return f"bessel_j0(3.7) is {given}, and its power series {series(3.7)}"


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
