"""The switch between the compiled modules and their Python sources, and what it says of itself."""

import json
import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mini_autograd"
REPORT = """
import json, sys, mini_autograd
origins = {name: module.__spec__.origin for name, module in sys.modules.items()
           if name.startswith("mini_autograd.") and module.__spec__.origin}
print(json.dumps({"compiled": mini_autograd.__compiled__, "origins": origins}))
"""


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "MINI_AUTOGRAD_PURE"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=inherited | environment, capture_output=True, text=True
    )


def imported(**environment: str) -> tuple[bool, dict[str, str]]:
    done = python(REPORT, **environment)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    return report["compiled"], report["origins"]


def built(source: str) -> Path:
    path = Path(source)
    return path.with_name(path.name.partition(".")[0] + EXTENSION_SUFFIXES[0])


def test_plain_python_is_forced_by_the_environment():
    compiled, origins = imported(MINI_AUTOGRAD_PURE="1")
    assert compiled is False
    assert origins
    assert {Path(origin).suffix for origin in origins.values()} == {".py"}


@pytest.mark.parametrize("value", ["", "0"])
def test_what_was_built_is_what_runs(value):
    compiled, origins = imported(MINI_AUTOGRAD_PURE=value)
    assert compiled is built(str(PACKAGE / "graph" / "engine.py")).exists()
    left_out = {
        name: origin for name, origin in origins.items() if built(origin).exists() and origin.endswith(".py")
    }
    assert left_out == {}
    assert any(name.startswith("mini_autograd.interpreted") for name in origins) is not compiled


def test_an_unclear_choice_is_refused():
    done = python("import mini_autograd", MINI_AUTOGRAD_PURE="yes")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ValueError: MINI_AUTOGRAD_PURE must be 0 or 1, not 'yes'"


def test_source_is_found_before_an_extension_module(tmp_path):
    program = f"""
import sys
from mini_autograd.build import SourceOnly
sys.path.insert(0, {str(tmp_path)!r})
sys.meta_path.insert(0, SourceOnly("sample"))
import sample.core, sample.inner.leaf
print(sample.core.KIND, sample.inner.leaf.KIND)
import sample.loops
"""
    inner = tmp_path / "sample" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner.parent, inner):
        (folder / "__init__.py").touch()
    for source in (inner.parent / "core.py", inner / "leaf.py"):
        source.write_text("KIND = 'source'\n")
        built(str(source)).write_bytes(b"not a shared object")
    built(str(inner.parent / "loops.py")).write_bytes(b"not a shared object")
    done = python(program)
    assert done.stdout == "source source\n"
    last = "ModuleNotFoundError: No module named 'sample.loops' in Python source (MINI_AUTOGRAD_PURE is set)"
    assert done.stderr.splitlines()[-1] == last


def test_nothing_is_installed_where_nothing_is_asked():
    done = python(
        "import sys; before = list(sys.meta_path); import mini_autograd; print(before == sys.meta_path)"
    )
    assert done.stdout == "True\n"
