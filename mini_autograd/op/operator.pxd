from mini_autograd.op cimport binding
from mini_autograd.op.binding cimport Packet
from mini_autograd.tensor cimport TensorBase
