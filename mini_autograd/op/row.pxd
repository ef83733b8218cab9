from mini_autograd.kernels.host.direct cimport Direct

cdef class Save:
    cdef public object name
    cdef public int kind
    cdef public Py_ssize_t index
    cdef public Py_ssize_t guard

cdef class Formula:
    cdef public object function
    cdef public tuple slots

cdef class Op:
    cdef public Py_ssize_t alias
    cdef public bint always_below
    cdef public tuple arguments
    cdef public object below
    cdef public int bits
    cdef public object bundle
    cdef public object check
    cdef public object composite
    cdef public object custom_dtype
    cdef public list defaults
    cdef public tuple differentiable
    cdef public Direct direct
    cdef public Direct plain
    cdef public int elementwise
    cdef public tuple laid
    cdef public bint linked_apart
    cdef public bint links_integers
    cdef public tuple formula_order
    cdef public tuple formulas
    cdef public object functional
    cdef public bint has_lists
    cdef public bint in_place
    cdef public Formula joint
    cdef public object jvp
    cdef public object kernel
    cdef public tuple kinds
    cdef public bint multi_view
    cdef public Py_ssize_t n_arguments
    cdef public Py_ssize_t n_derived
    cdef public Py_ssize_t n_outputs
    cdef public Py_ssize_t n_positional
    cdef public Py_ssize_t n_required
    cdef public object name
    cdef public tuple names
    cdef public object node_class
    cdef public object node_name
    cdef public bint numbers
    cdef public int opmath
    cdef public tuple output_names
    cdef public tuple promoted
    cdef public object puts_off
    cdef public object result_dtype
    cdef public tuple rounded
    cdef public int rule
    cdef public tuple saves
    cdef public object schema
    cdef public bint free
    cdef public bint strict
    cdef public bint take_real
    cdef public tuple tensors
    cdef public Py_ssize_t varargs
