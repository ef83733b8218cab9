# The C function behind ``_thread.get_ident``, under the name by which ``modes`` calls it.
cdef extern from "pythread.h":
    unsigned long get_ident "PyThread_get_thread_ident" () noexcept
