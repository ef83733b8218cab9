"""The error of a program that is not well formed."""

from ..refusal import Refusal


class ProgramError(Refusal):
    """A program's file or data is malformed; the text names the file, the statement and the cause."""
