"""What torch makes of ops with two results where they are not recorded, as all that they are given is from inference
mode: results that are new, and then written over, which is recorded as it is of any tensor."""

from mini_autograd.graph.operations import F
from mini_autograd.graph.version import count_write
from mini_autograd.kernels.lookup import kernel


def sorted_in_place(op):
    """A copy of the tensor, which is sorted then without a record."""

    def below(self, *rest):
        result = op(F.detach(self), *rest)
        values = F.copy_(F.empty_like(result[0]), self)
        kernel.copy_into(values._array, result[0]._array)
        return beside(result, values, 1)

    return below


def of_one_element(op, write, before=0, several=0):
    """Where the tensor has no dimensions its element is written over the result, that was written ``before``.

    ``several``: how often the results are written where it has some.
    """

    def below(self, *rest):
        result = op(F.detach(self), *rest)
        values = result[0]
        if self._array.ndim:
            count_write(values, several)
            return beside(result, values, several)
        count_write(values, before)
        return beside(result, write(values, self), before + 1)

    return below


def beside(result, values, writes):
    """``result`` with other ``values``, and indices that were written as well."""
    count_write(result[1], writes)
    return tuple.__new__(type(result), (values, result[1]))
