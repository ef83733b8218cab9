"""Views: other shapes and parts of the same memory."""

from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family

view = family(jvp="linear")

view("view(Tensor(a) self, SymInt[] size) -> Tensor(a)", kernel.view, variants="method",
    self = lambda grad, self_sym_sizes: F.reshape(grad, self_sym_sizes))

view("expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)", kernel.expand, variants="method",
    self = lambda grad: grad)

view("unsqueeze(Tensor(a) self, int dim) -> Tensor(a)", kernel.unsqueeze,
    self = lambda grad, dim: F.squeeze(grad, dim))
