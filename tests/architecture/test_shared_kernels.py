"""The shared kernels are written against ``xp`` alone, so that they can be executed for another array library."""

import ast
from pathlib import Path

import pytest

from mini_autograd.kernels import shared

MODULES = sorted(Path(shared.__path__[0]).glob("*.py"))
LIBRARIES = {"numpy", "cupy", "cupyx", "torch"}


def imported(tree: ast.AST) -> set[str]:
    """The packages that a module imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


# Where the words of the CPU's generator come from, which no device has.
OF_THE_HOST = {"random": {"numpy"}}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_array_library_is_named(module):
    named = imported(ast.parse(module.read_text())) & LIBRARIES
    assert named == OF_THE_HOST.get(module.stem, set())
