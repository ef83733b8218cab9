"""What an import of the library may pull in, and which module may import which."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKED_IMPORT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"{{name}} is blocked", name=name)

sys.meta_path.insert(0, Blocker())
import mini_autograd
print(mini_autograd.__version__)
"""
IMPORTED = "import sys, mini_autograd; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
RARE = """
import sys, mini_autograd
(mini_autograd.ones(2, 3) * 2).sum(0).view(-1, 1)
rare = {"acceptance", "coercion", "mismatch", "out", "rejection", "signature"}
print({f"mini_autograd.op.{name}" for name in rare} & set(sys.modules))
"""


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    "blocked", [("torch",), ("scipy",), ("torch", "scipy", "cupy", "conformance", "reports")]
)
def test_import_works_without(blocked):
    done = python(BLOCKED_IMPORT.format(blocked=blocked))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "0.1.0\n"


def test_import_takes_nothing_heavy_along():
    done = python(IMPORTED)
    assert done.returncode == 0, done.stderr
    assert {"torch", "scipy", "cupy", "hypothesis", "pytest"} & set(done.stdout.split()) == set()


def test_what_only_errors_need_is_imported_when_one_is_raised():
    done = python(RARE)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "set()\n"


def test_imports_keep_their_contracts():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout
