"""Checkpoints: what a function saves for the backward pass is let go, and made anew by running it again.

NOTE [Checkpoints]: in the forward run hooks on saved tensors keep a :class:`frame.Holder` in the place of each. The
first of them that a backward pass asks for lets the function run again, whose saved tensors, in the same order, are
what the holders stand for. The function's arguments are saved like those of an op, so that a write to one is noticed,
and so that a checkpoint within another one's function keeps nothing of its own either.
"""
