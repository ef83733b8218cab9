"""The subcommands of `python -m conformance`, one a file; each returns an exit status.

Only what is asked for is imported: recordings are made and compared where torch is not installed.
"""

import importlib

from ..refusal import Refusal
from .option import Subparsers

__all__ = ["add_commands"]

# The commands by name, each with the file that holds it.
FILES = {
    "run": "run",
    "nightly": "nightly",
    "show": "show",
    "replay": "replay",
    "explain": "explain",
    "reduce": "reduce",
    "record": "record",
    "compare": "compare",
    "article": "suite",
    "era": "suite",
    "ledger": "ledger",
    "ops": "ops",
    "mutants": "mutants",
    "time": "timing",
    "gpu": "gpu",
}


def add_commands(commands: Subparsers, asked: str | None = None) -> None:
    """Add the subcommand that is asked for, or all; `options.run(options)` runs the one in the arguments."""
    files = dict.fromkeys([FILES[asked]] if asked in FILES else FILES.values())
    for name in files:
        try:
            module = importlib.import_module(f".{name}", __name__)
        except ModuleNotFoundError as error:
            needed = (error.name or "").partition(".")[0]
            if needed == __name__.partition(".")[0]:
                raise
            if asked in FILES:
                raise Refusal(f"{asked} needs {needed}, which is not installed") from error
            continue  # a list of commands holds those that can run here
        module.add(commands)
