"""What torch says where a formula needs an output that could not be saved: which argument it was first to be."""

from __future__ import annotations

SELF, OTHER, OUTPUT, RESULT = (0, "self"), (1, "other"), (1, "output"), (5, "self_or_result")

READERS = {
    **dict.fromkeys(("expm1_", "sqrt_", "rsqrt_", "tan_", "reciprocal_"), SELF),
    **dict.fromkeys(("tanh_", "sigmoid_"), OUTPUT),
    **dict.fromkeys(("relu_", "leaky_relu_"), (1, "self")),
    **dict.fromkeys(("elu_", "celu_"), RESULT),
}


def first_reader(name: str) -> tuple[int, str]:
    """The place and the name of the argument, for the op ``name``; most multiply a gradient by what they saved."""
    return READERS.get(name, OTHER)
