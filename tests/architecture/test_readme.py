"""What the README shows is what there is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def python_block(start: str) -> str:
    (found,) = (text for language, text in BLOCKS if language == "python" and text.startswith(start))
    return found


def test_the_example_prints_what_is_shown_under_it():
    source = python_block("import mini_autograd as torch")
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True)
    shown = BLOCKS[BLOCKS.index(("python", source)) + 1]
    assert shown == ("", done.stdout)
    assert source.count("\n") <= 13


def test_the_example_of_an_op_is_that_op():
    for part in python_block("# mini_autograd/kernels").split("\n\n"):
        heading, *lines = part.splitlines()
        path = heading.removeprefix("# ").partition(":")[0]
        written = {line.strip() for line in (ROOT / path).read_text().splitlines()}
        assert {line.strip() for line in lines} <= written


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()


def test_the_commands_are_those_there_are():
    listed = re.findall(r"^\| `(\w+)[^|]*\|", README, re.MULTILINE)
    (commands,) = (action for action in parser()._actions if action.dest == "command" or action.choices)
    assert set(listed) == set(commands.choices)
