"""Files are named after what they hold, and are small enough to be read in one sitting."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WINGS = ("mini_autograd", "conformance", "reports", "tests")
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "base", "misc", "manager", "managers"}
# A public namespace is spelled as torch spells it.
SPELLED_BY_TORCH = {"mini_autograd/utils"}
FILE_LINES = 600
FUNCTION_LINES = 60
SOURCES = sorted(
    path for wing in WINGS for kind in ("py", "pyx") for path in (ROOT / wing).rglob(f"*.{kind}")
)


def longest(lengths: dict[str, int], limit: int) -> str:
    """The ones over ``limit``, longest first, one a line."""
    over = sorted(((length, name) for name, length in lengths.items() if length > limit), reverse=True)
    return "\n".join(f"{length} lines: {name}" for length, name in over)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    return first.end_lineno - first.lineno + 1 if ast.get_docstring(function) is not None else 0


def function_lengths(path: Path) -> dict[str, int]:
    """The lines of every function, but for its docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        f"{relative(path)}:{node.lineno} {node.name}": node.end_lineno
        - node.lineno
        + 1
        - docstring_lines(node)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    }


def test_there_are_sources():
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(WINGS)


@pytest.mark.parametrize("wing", WINGS)
def test_names_say_what_a_file_holds(wing):
    parts = [
        path for path in (ROOT / wing).rglob("*") if path.is_dir() or path.suffix in {".py", ".pyx", ".pxd"}
    ]
    parts = [path for path in parts if relative(path) not in SPELLED_BY_TORCH]
    assert [relative(path) for path in parts if set(path.stem.strip("_").split("_")) & SAYS_NOTHING] == []


def test_no_file_is_longer_than_a_sitting():
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert longest(lengths, FILE_LINES) == ""


def test_no_function_is_longer_than_it_can_be_followed():
    lengths = {
        name: n for path in SOURCES if path.suffix == ".py" for name, n in function_lengths(path).items()
    }
    assert longest(lengths, FUNCTION_LINES) == ""
