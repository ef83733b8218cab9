cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.dtypes cimport dtype
from mini_autograd.graph cimport c_collector as collector
from mini_autograd.graph cimport modes, view
from mini_autograd.kernels.host cimport memory
from mini_autograd.op cimport recorded
from mini_autograd.op.cast cimport cast, overwrite
from mini_autograd.op.recorded cimport RecordedOp
from mini_autograd.op.row cimport Op
from mini_autograd.tensor cimport TensorBase

cdef int BITS, WRAPPED
cdef object ndarray
cdef int AS_IS, COMPLEX, CUSTOM, EXACT, FLOAT, SAME, TO_FLOAT

@cython.locals(given=list, seen=list, recording=bint, switches=modes.Modes, output=TensorBase, source=TensorBase)
cpdef execute(Op op, list args)
@cython.locals(kind=dtype, tensor=TensorBase, recording=bint, wanted=bint, tracked=bint, switches=modes.Modes, output=TensorBase, arrays=list, position=Py_ssize_t)
cdef execute_complete(Op op, list args, modes.Modes switches)
@cython.locals(outputs=list)
cdef several(Op op, list args, object result, object kind, bint recording, modes.Modes switches)
@cython.locals(output=TensorBase, source=TensorBase, bits=int, creation=int)
cpdef mark_views(Op op, list outputs, list args, modes.Modes switches)
cdef list several_outputs(Op op, list args, list outputs, bint recording)
@cython.locals(kind=dtype, other=TensorBase, switches=modes.Modes, output=TensorBase)
cpdef execute_plain(Op op, TensorBase left, object right, object number)
@cython.locals(other=TensorBase)
cdef bint is_tracked(TensorBase left, object right)
@cython.locals(args=list, at=Py_ssize_t)
cdef list plain_args(Op op, TensorBase left, object right, object number)
@cython.locals(other=TensorBase)
cdef plain_result(Op op, TensorBase left, object right, object number)
@cython.locals(position=Py_ssize_t, found=list)
cpdef list tensors_in(Op op, list args)
@cython.locals(tensor=TensorBase)
cdef bint have_bits(list given)
@cython.locals(tensor=TensorBase)
cpdef bint any_requires_grad(list given)
@cython.locals(tensor=TensorBase)
cdef bint any_tracked(list given)
@cython.locals(rule=int, tensor=TensorBase, first=dtype)
cdef dtype computing_dtype(Op op, list args, list given)
@cython.locals(arrays=list, position=Py_ssize_t, tensor=TensorBase, here=bint)
cdef run_kernel(Op op, list args, dtype kind, object run)
@cython.locals(position=Py_ssize_t, tensor=TensorBase, target=dtype)
cdef cast_promoted(Op op, list args, list arrays, dtype kind)
cdef TensorBase output_of(Op op, object result, dtype kind, Py_ssize_t index, list args)
@cython.locals(given=list, seen=list, recording=bint, switches=modes.Modes, target=TensorBase, written=TensorBase, node=RecordedOp, counter=tensors.Version)
cdef TensorBase execute_in_place(Op op, list args, modes.Modes switches)
@cython.locals(tensor=TensorBase, single=bint)
cdef check_memory(TensorBase target, list given)
@cython.locals(index=Py_ssize_t, one=TensorBase)
cdef bint leads_to(list given, TensorBase target)
