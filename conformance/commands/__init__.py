"""The subcommands of `python -m conformance`, one a file; each returns an exit status."""

from . import explain, ledger, reduce, replay, run, show, suite, timing
from .option import Subparsers

__all__ = ["add_commands"]


def add_commands(commands: Subparsers) -> None:
    """Add every subcommand to those of a parser; `options.run(options)` runs the one that was asked for."""
    for command in (run, show, replay, explain, reduce, ledger, suite, timing):
        command.add(commands)
