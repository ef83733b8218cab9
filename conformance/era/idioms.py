"""All idioms, by what they are about."""

from . import arithmetic, constructor, data, gradient, graph, mask, scalar, training, variable, volatile

IDIOMS = (
    *variable.VARIABLE,
    *volatile.VOLATILE,
    *data.DATA,
    *gradient.GRADIENT,
    *training.TRAINING,
    *graph.GRAPH,
    *scalar.SCALAR,
    *constructor.CONSTRUCTOR,
    *mask.MASK,
    *arithmetic.ARITHMETIC,
)
