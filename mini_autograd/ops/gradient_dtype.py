"""Checks of what a gradient's kernel is given: saved tensors may come back from hooks in another dtype."""

from mini_autograd import dtypes
from mini_autograd.op.support import CPP_NAMES


def check_scalar_type(expected, found):
    if found is not expected:
        raise RuntimeError(f"expected scalar type {expected.legacy} but found {found.legacy}")


def check_gradient(word, head="expected"):
    """The check of a row (grad_output, self, ..., indices), the last of them if it is a tensor."""

    def check(grad_output, self, *rest):
        kind = self._dtype
        if grad_output._dtype is not kind:
            raise RuntimeError(
                f"{head} dtype {CPP_NAMES[kind]} for `{word}` but got dtype {CPP_NAMES[grad_output._dtype]}"
            )
        check_indices(*rest)

    return check


def check_alike(grad_output, self, *rest):
    """The same where a kernel asks for elements of a type."""
    check_indices(*rest)
    check_scalar_type(self._dtype, grad_output._dtype)


def check_indices(*rest):
    if rest and hasattr(rest[-1], "_dtype"):
        check_scalar_type(dtypes.int64, rest[-1]._dtype)
