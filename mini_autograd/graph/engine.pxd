cimport cython
from mini_autograd.dtypes cimport dtype
from mini_autograd.graph cimport c_collector as collector
from mini_autograd.graph cimport accumulate, anomaly, modes
from mini_autograd.graph.node cimport Node, watched_apply
from mini_autograd.graph.ready cimport ReadyQueue
from mini_autograd.kernels.host cimport memory
from mini_autograd.tensor cimport TensorBase

cdef int COMPLEX
cdef int FLOAT
cdef int DEEPEST
cdef object ndarray

cdef class Capture:
    cdef public bint needed
    cdef public bint reached
    cdef public list wanted

cdef class Pass:
    cdef public list callbacks
    cdef public list captured
    cdef public Node root
    cdef public bint keep_graph
    cdef public bint recording
    cdef public object outer
    cdef public object plan
    cdef public object range
    cdef public object warnings
    cdef public ReadyQueue queue
    cdef public dict others
    cdef public list nodes
    cdef public Py_ssize_t number
    @cython.locals(buffer=list, place=Node)
    cdef deliver(self, Node node, Py_ssize_t nr, object grad)
    @cython.locals(nodes=tuple, nrs=tuple, index=Py_ssize_t, following=Node, capture=Capture)
    cdef distribute(self, Node node, list results)
    cdef deliver_root(self, Node node, Py_ssize_t nr, object grad)
    @cython.locals(switches=modes.Modes)
    cdef run(self)
    @cython.locals(switches=modes.Modes)
    cdef begin_evaluation(self, Node node)
    cdef end_evaluation(self)
    @cython.locals(queue=ReadyQueue, node=Node, place=Node, grads=list, hooked=bint, needed=bint, capture=Capture, results=list)
    cdef empty_queue(self, bint watched)
    @cython.locals(node=Node, following=Node)
    cdef count(self, tuple roots)
    @cython.locals(stand_in=Node)
    cdef expect(self, Node node)
    cdef finish(self)
    @cython.locals(capture=Capture)
    cpdef bint will_run(self, Node node) except -1
    cdef Node place_of(self, Node node)
    @cython.locals(node=Node)
    cdef leave(self)
    cpdef warn(self, str text, object site)
    @cython.locals(node=Node)
    cdef begin_cycles(self)

cpdef run_tensor_hooks(Node node, list grads)
cpdef list apply_with_hooks(Node node, list grads, dict plan)
@cython.locals(nodes=tuple, nrs=tuple, index=Py_ssize_t, following=Node, grad=TensorBase, wanted=tuple)
cpdef validate(Node node, list results)
@cython.locals(array=object)
cdef bint fits(TensorBase grad, tuple wanted) except -1
@cython.locals(shape=tuple, kind=dtype)
cpdef TensorBase fitted(Node node, Py_ssize_t index, TensorBase grad, tuple wanted)
@cython.locals(leading=Py_ssize_t, dim=Py_ssize_t)
cpdef bint expandable(tuple shape, tuple target)
@cython.locals(have=tuple, leading=Py_ssize_t, dim=Py_ssize_t, dims=list)
cpdef TensorBase sum_to(TensorBase grad, tuple shape)
@cython.locals(task=Pass, outer=object, switches=modes.Modes, before=bint, index=Py_ssize_t, node=Node, nr=Py_ssize_t, grad=TensorBase)
cpdef list backward(list roots, list grads, bint keep_graph, bint create_graph, object targets=*, bint accumulate=*)
