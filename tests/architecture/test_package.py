"""An installed package has what the checkout has: templates, schemas, programs and stubs, not its modules alone."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
BUILT = {".py", ".pyc", ".so", ".pyd"}


@pytest.mark.parametrize("package", ["mini_autograd", "conformance", "reports"])
def test_every_file_that_is_no_module_is_package_data(package):
    root = ROOT / package
    files = {path for path in root.rglob("*") if path.is_file() and path.suffix not in BUILT}
    assert files
    assert files - {path for pattern in DATA[package] for path in root.glob(pattern)} == set()
