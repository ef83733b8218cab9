"""The birth of x1 is not what it is in PyTorch after `x1 = x0.var()`.

    torch 2.13.0+cpu                   0
    raxis[without=graph+saved] 0.3.0   1

Run this file with Python or pytest; `--impl torch` and `--impl mini` run one side only.
"""

import argparse
import importlib
import sys

LIBRARY = "raxis"
STATEMENT = "x1 = x0.var()"
TOLERANCE = 0.0


def program(torch):
    x0 = torch.tensor([[1.0], [1.0]])
    x1 = x0.var()
    return {"x1._version": x1._version}


def plain(value):
    """A value as data that both libraries spell alike."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "next_functions"):
        return value.name()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    return str(value).rpartition(".")[2]


def run(library):
    """What the program gives under a library; an exception counts as what it gives."""
    torch = importlib.import_module(library)
    try:
        return {what: plain(value) for what, value in program(torch).items()}
    except Exception as error:
        text = str(error).split("\n *")[0]  # without the list of overloads
        return {"raised": f"{type(error).__name__}: {text}"}


def same(one, other):
    """Whether two results agree: floats up to TOLERANCE, NaN with NaN, all else exactly."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[what], other[what]) for what in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (float, complex)):
        near = TOLERANCE * max(abs(one), abs(other))
        return one == other or (one != one and other != other) or abs(one - other) < near
    return one == other


def show(libraries):
    """Print what each library gives, side by side; whether all give the same."""
    results = [run(library) for library in libraries]
    rows = [["", *libraries]]
    for what in dict.fromkeys(what for result in results for what in result):
        rows.append([what, *(repr(result.get(what, "-")) for result in results)])
    widths = [max(map(len, column)) for column in zip(*rows)]
    print("after", STATEMENT)
    for row in rows:
        print("   ", "   ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return all(same(results[0], result) for result in results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--impl", choices=("torch", "mini", "both"), default="both")
    parser.add_argument("--library", default=LIBRARY, help="the module that mini stands for")
    options = parser.parse_args()
    libraries = {"torch": ["torch"], "mini": [options.library], "both": ["torch", options.library]}
    sys.exit(0 if show(libraries[options.impl]) else 1)


def test_tensor_var_version_birth():
    assert same(run("torch"), run(LIBRARY))


if __name__ == "__main__":
    main()
