"""All claims, in the order in which the article makes them."""

from . import backward, graph, listing, mode, requires_grad, tensor, variable

CLAIMS = (
    *listing.FIRST,
    *tensor.TENSOR,
    *graph.GRAPH,
    *tensor.DATA,
    *requires_grad.REQUIRES_GRAD,
    *requires_grad.GRAD,
    *backward.BACKWARD,
    *graph.GRAD_FN,
    *mode.NO_GRAD,
    *listing.SECOND,
    *variable.VARIABLE,
)
