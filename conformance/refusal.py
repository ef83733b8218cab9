"""What a command says, in one line, in the place of doing its work."""


class Refusal(ValueError):
    """The input or the run is invalid; the text names what, where, and the cause."""
