"""What torch makes of ops where they are not recorded, as all that they are given is from inference mode: results that
are new, and then written over or viewed, which is recorded or shown as it is of any tensor."""

from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import count_write
from mini_autograd.kernels.lookup import kernels_of
from mini_autograd.tensor import requires_grad, wrap


def untracked(tensor):
    """What an inference tensor shows, as a tensor that is none."""
    made = wrap(tensor._array, tensor._dtype)
    made._marks = tensor._marks
    return made


def part_of(made, shape, writes=0):
    """``made`` as a view of a tensor of ``shape`` that was written so often."""
    base = wrap(made._array.reshape(shape), made._dtype)
    count_write(base, writes)
    return F.view(base, made._array.shape)


def laid_part_of(made, writes):
    """``made`` with its steps, also those of dimensions of size 1, as a view of its memory in a row."""
    shape = made._array.shape
    steps = tuple([step // made._array.itemsize for step in made._array.strides])
    kernels = kernels_of(made._array)
    base = wrap(kernels.as_strided(made._array, (kernels.extent(shape, steps),), (1,), None), made._dtype)
    count_write(base, writes)
    return F.as_strided(base, shape, steps)


def written_part(name):
    """A view of all in a row, which was copied and a part of it then written, which is recorded."""
    part = name.removesuffix("_scatter")

    def below(self, src, *rest):
        made = getattr(F, name)(untracked(self), untracked(src), *rest)
        if not (requires_grad(src) and modes.current().grad):
            return laid_part_of(made, 2)
        whole = laid_part_of(made, 1)
        F.copy_(getattr(F, part)(whole, *rest), src)
        return whole

    return below


def scanned(name, empty=1):
    """Where the tensor has no dimensions its element is written over the result; one without elements is written
    ``empty`` times."""

    def below(self, dim, *dtype):
        made = getattr(F, name)(untracked(self), dim, **dict(zip(("dtype",), dtype, strict=False)))
        if not self._array.ndim:
            return F.fill_(made, self)
        count_write(made, 0 if self._array.size else empty)
        return made

    return below


def written_copy(name, broadcast=False):
    """A copy, which is recorded, and so is the write to it; nothing is where it is broadcast with the first argument."""
    def below(self, *rest):
        if broadcast and self._array.shape != rest[0]._array.shape:
            whole = F.clone(F.detach(F.broadcast_tensors([self, rest[0]])[0]))
            count_write(whole)
        else:
            whole = F.clone(self)
        return getattr(F, f"{name}_")(whole, *rest)

    return below


def sorted_in_place(op):
    """A copy of the tensor, which is sorted then without a record."""

    def below(self, *rest):
        result = op(F.detach(self), *rest)
        values = F.copy_(F.empty_like(result[0]), self)
        kernels_of(values._array).copy_into(values._array, result[0]._array)
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
