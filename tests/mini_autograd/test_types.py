"""The library's types: the stubs are what the command writes, and tell a right program from a wrong one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mini_autograd.stub import ROOT, STUBS

RIGHT = """
import mini_autograd as torch
from mini_autograd import Tensor


def loss(weight: Tensor, x: Tensor) -> Tensor:
    hidden = torch.tanh(x @ weight.t()) * 2 + 1
    largest = hidden.max(0)
    return (hidden - largest.values).pow(2).sum(dim=[0, 1]) / hidden.numel() + largest[0].mean()


weight = torch.ones(2, 3, dtype=torch.float64, requires_grad=True)
value = loss(weight, torch.zeros((4, 3), dtype=torch.float64))
value.backward()
with torch.no_grad():
    assert weight.grad is not None
    weight -= 0.1 * weight.grad
shape: torch.Size = weight.view(-1, 2).shape
flags: list[bool] = [weight.requires_grad, value.is_leaf, bool(value > 0)]
number: float = float(value)
torch.add(weight, 1, alpha=2, out=torch.empty(0, dtype=torch.float64))
(gradient,) = torch.autograd.grad(loss(weight, torch.zeros(4, 3)), weight)
gradient.norm().item()
handle = weight.register_hook(lambda grad: grad * 2)
handle.remove()
"""
WRONG = {
    'torch.add(torch.ones(2), "a")': "arg-type",
    "torch.exp()": "call-arg",
    "torch.exp(torch.ones(2), torch.ones(2))": "call-arg",
    "torch.ones(2).sum(dimension=0)": "call-overload",
    "torch.ones(2).backwards()": "attr-defined",
    "torch.no_such_function": "attr-defined",
    "torch.ones(2).shape = torch.Size([3])": "misc",
    "x: str = torch.ones(2) * 2": "assignment",
    'torch.ones(2) + "a"': "operator",
    "torch.ones(2).max(0).value": "attr-defined",
}


@pytest.mark.parametrize("name", STUBS)
def test_stub_is_what_the_command_writes(name: str):
    assert (ROOT / name).read_text() == STUBS[name](), "run `python -m mini_autograd.stub`"


def checked(program: str, folder: Path) -> list[str]:
    """What mypy has to say of a program that uses the library."""
    path = folder / "program.py"
    path.write_text(program)
    settings = ["--strict", "--config-file", str(ROOT.parent / "pyproject.toml"), "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", *settings, str(path)]
    done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if "program.py:" in line and "error:" in line]


def test_a_right_program(tmp_path: Path):
    assert checked(RIGHT, tmp_path) == []


def test_wrong_calls(tmp_path: Path):
    lines = [f"{line}\n" for line in WRONG]
    found = checked("import mini_autograd as torch\n" + "".join(lines), tmp_path)
    assert [line.rsplit("[")[-1].rstrip("]") for line in found] == list(WRONG.values())
