"""``einsum``: sums of products over dimensions named by letters.

Every operand is brought into one order of dimensions, those of the result first and then those that are summed over,
with size 1 where it has none. Operands are then multiplied pair by pair, from left to right; a dimension is summed
over as soon as no later operand has it.
"""

from collections import Counter
from functools import lru_cache

from mini_autograd.graph.operations import F
from mini_autograd.op.declare import op

ELLIPSIS = "..."


def einsum(equation, tensors, path=None):
    if not tensors:
        raise RuntimeError("einsum(): must provide at least one operand")
    terms, order, kept, dots = read(equation, tuple([tensor._array.ndim for tensor in tensors]))
    check_sizes(terms, tensors, dots)
    operands = [arranged(tensor, term, order, dots) for term, tensor in zip(terms, tensors, strict=True)]
    return contracted(operands, kept)


# The equation ---------------------------------------------------------------------------------------------


@lru_cache(256)
def read(equation, ndims):
    """The labels of each operand and of all dimensions in order, how many of them are the result's, and how many
    dimensions an ellipsis stands for."""
    left, arrow, right = equation.partition("->")
    terms = read_operands(left, ndims)
    dots = max([ndim - sum(one != ELLIPSIS for one in term)
                for term, ndim in zip(terms, ndims, strict=True) if ELLIPSIS in term], default=0)
    seen = Counter(label for term in terms for label in term)
    output = read_output(right, len(left) + 2, seen) if arrow else implied(seen)
    kept = sum(dots if label == ELLIPSIS else 1 for label in output)
    return terms, label_order(output, seen, dots), kept, dots


def read_operands(text, ndims):
    """The labels of each operand: letters, and ELLIPSIS for the dimensions without one."""
    terms = [[]]
    at = 0
    while at < len(text):
        one = text[at]
        if one == ".":
            if ELLIPSIS in terms[-1]:
                raise RuntimeError(f"einsum(): found '.' for operand {len(terms) - 1} for which an ellipsis was already found")
            if text[at : at + 3] != ELLIPSIS:
                raise RuntimeError(f"einsum(): found '.' for operand {len(terms) - 1} that is not part of any ellipsis")
            terms[-1].append(ELLIPSIS)
            at += 2
        elif one == ",":
            terms.append([])
            if len(terms) > len(ndims):
                raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
        elif one != " ":
            terms[-1].append(letter(one, at))
        at += 1
    if len(terms) < len(ndims):
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    for index, (term, ndim) in enumerate(zip(terms, ndims, strict=True)):
        check_count(index, term, ndim)
    return terms


def letter(one, at):
    if not (one.isascii() and one.isalpha()):
        raise RuntimeError(
            f"einsum(): invalid subscript given at index {at} in the equation string, subscripts must be in [a-zA-Z]"
        )
    return one


def check_count(index, term, ndim):
    named = sum(label != ELLIPSIS for label in term)
    if ELLIPSIS in term:
        if named > ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) is more than the number of dimensions "
                f"({ndim}) for operand {index}"
            )
    elif named != ndim:
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
            f"({ndim}) for operand {index} and no ellipsis was given"
        )


def read_output(text, start, seen):
    """The labels of the result."""
    output = []
    at = 0
    while at < len(text):
        one = text[at]
        if one == ".":
            if ELLIPSIS in output:
                raise RuntimeError("einsum(): found '.' for output but an ellipsis (...) was already found")
            if text[at : at + 3] != ELLIPSIS:
                raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
            output.append(ELLIPSIS)
            at += 2
        elif one != " ":
            label = letter(one, start + at)
            if label in output:
                raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
            if label not in seen:
                raise RuntimeError(
                    f"einsum(): output subscript {label} does not appear in the equation for any input operand"
                )
            output.append(label)
        at += 1
    return output


def implied(seen):
    """The labels of a result that is not given: the dimensions without letters, then letters that occur once."""
    return [ELLIPSIS] * (ELLIPSIS in seen) + sorted(label for label, count in seen.items() if count == 1 and label != ELLIPSIS)


def label_order(output, seen, dots):
    """Every label, those of the result first; then what is summed over, dimensions without letters before letters."""
    summed = sorted(label for label in seen if label not in output and label != ELLIPSIS)
    if ELLIPSIS in seen and ELLIPSIS not in output and dots:
        summed.insert(0, ELLIPSIS)
    return [*output, *summed]


def check_sizes(terms, tensors, dots):
    """RuntimeError where two dimensions of one name have different sizes, neither of them 1."""
    sizes, without = {}, [1] * dots
    for index, (term, tensor) in enumerate(zip(terms, tensors, strict=True)):
        shape = list(tensor._array.shape)
        own = {}
        for label in term:
            if label == ELLIPSIS:
                count = len(shape) - sum(one != ELLIPSIS for one in term[term.index(ELLIPSIS):])
                for at in range(count):
                    place = dots - count + at
                    size = shape.pop(0)
                    check_ellipsis(index, at, size, without[place])
                    without[place] = size if without[place] == 1 else without[place]
                continue
            size = shape.pop(0)
            if own.setdefault(label, size) != size:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {index} but the sizes don't match, {size} != "
                    f"{own[label]}"
                )
            before = sizes.get(label, 1)
            if size not in (1, before) and before != 1:
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {size} for operand {index} which does not broadcast with "
                    f"previously seen size {before}"
                )
            sizes[label] = size if before == 1 else before


def check_ellipsis(index, at, size, before):
    if size not in (1, before) and before != 1:
        raise RuntimeError(
            f"einsum(): dimension {at} covered by ellipsis in operand {index}has size {size} which does not broadcast "
            f"with previously seen ellipsis with size {before} for the respective dimension"
        )


# Operands in one order ------------------------------------------------------------------------------------


def arranged(tensor, term, order, dots):
    """The operand with its dimensions in ``order``, diagonals taken, and size 1 where it lacks one."""
    tensor, labels = without_repeats(tensor, named(term, tensor._array.ndim, dots))
    places = []
    for wanted in named(order, None, dots):
        if wanted in labels:
            places.append(labels.index(wanted))
        else:
            places.append(len(labels))
            labels.append(wanted)
            tensor = F.unsqueeze(tensor, len(labels) - 1)
    return F.permute(tensor, places)


def named(labels, ndim, dots):
    """One name for each dimension: those of an ellipsis are numbered, the last of all being ``dots - 1``."""
    count = dots if ndim is None else ndim - sum(label != ELLIPSIS for label in labels)
    names = []
    for label in labels:
        names += range(dots - count, dots) if label == ELLIPSIS else [label]
    return names


def without_repeats(tensor, labels):
    """Of dimensions with one letter, their diagonal, in the place of the first."""
    labels = list(labels)
    at = 0
    while at < len(labels):
        first = labels.index(labels[at])
        if first < at:
            tensor = F.movedim(F.diagonal(tensor, 0, first, at), -1, first)
            del labels[at]
        else:
            at += 1
    return tensor, labels


# Products and sums ----------------------------------------------------------------------------------------


def contracted(operands, kept):
    """The product of the operands, summed over all but the first ``kept`` dimensions."""
    result = operands[0]
    ndim = result._array.ndim
    holders = [sum(one._array.shape[dim] != 1 for one in operands) for dim in range(ndim)]
    for other in operands[1:]:
        shared, own, others = [], [], []
        for dim in range(kept, ndim):
            one, two = result._array.shape[dim] != 1, other._array.shape[dim] != 1
            if one and two:
                holders[dim] -= 1
                if holders[dim] == 1:
                    shared.append(dim)
                    holders[dim] = 0
            elif holders[dim] == 1 and (one or two):
                (own if one else others).append(dim)
                holders[dim] = 0
        result = F.sum(result, own, True) if own else result
        other = F.sum(other, others, True) if others else other
        result = multiplied(result, other, shared)
    if kept == ndim:
        return result
    if len(operands) > 1:
        return F.view(result, result._array.shape[:kept])
    return F.sum(result, tuple(range(kept, ndim)))


def multiplied(left, right, summed):
    """The product of two operands, summed over ``summed`` as a product of batches of matrices."""
    if not summed:
        return F.mul(left, right)
    ndim = left._array.ndim
    one, two = left._array.shape, right._array.shape
    both = [dim for dim in range(ndim) if dim not in summed and one[dim] != 1 and two[dim] != 1]
    first = [dim for dim in range(ndim) if dim not in summed and one[dim] != 1 and two[dim] == 1]
    second = [dim for dim in range(ndim) if dim not in summed and one[dim] == 1]
    if first and second and second[-1] < first[0]:
        # The other way round the result lies in memory in order.
        left, right, one, two, first, second = right, left, two, one, second, first
    batch, rows, inner, columns = (product(sizes) for sizes in (
        [one[dim] for dim in both], [one[dim] for dim in first], [one[dim] for dim in summed],
        [two[dim] for dim in second]))
    matrices = F.reshape(F.permute(left, [*both, *first, *summed, *second]), (batch, rows, inner))
    others = F.reshape(F.permute(right, [*both, *summed, *second, *first]), (batch, inner, columns))
    order = [*both, *first, *summed, *second]
    sizes = [one[dim] for dim in [*both, *first]] + [1] * len(summed) + [two[dim] for dim in second]
    result = F.view(F.bmm(matrices, others), sizes)
    return F.permute(result, [order.index(dim) for dim in range(ndim)])


def product(sizes):
    count = 1
    for size in sizes:
        count *= size
    return count


op("einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor", composite=einsum, variants="internal")
