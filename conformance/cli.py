"""`python -m conformance`: run programs on both libraries, replay one, show what a run found.

Exit status: 0 the sides agree, 1 they differ in a way nobody has accepted, 2 the input or the run is invalid,
3 there is no such device here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .commands import add_commands
from .commands.status import ExitStatus
from .document import one_line
from .placement import NoDevice
from .refusal import Refusal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        options = parser(given[0] if given else None).parse_args(given)
        return options.run(options)
    except NoDevice as error:
        print(f"conformance: {one_line(str(error))}", file=sys.stderr)
        return ExitStatus.NO_DEVICE
    except Refusal as error:
        print(f"conformance: {one_line(str(error))}", file=sys.stderr)
        return ExitStatus.INVALID
    except MemoryError:
        print("conformance: out of memory", file=sys.stderr)
        return ExitStatus.INVALID
    except KeyboardInterrupt:
        print("conformance: interrupted", file=sys.stderr)
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.AGREE


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the options in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(ExitStatus.INVALID, f"conformance: {message}; see {self.prog} --help\n")


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The command line, of which one command is enough where it is known which."""
    made = Parser(prog="python -m conformance", description=__doc__.split("\n")[0])
    add_commands(made.add_subparsers(metavar="command", required=True), command)
    return made
