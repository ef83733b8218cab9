# The C macro behind ``sys.getrefcount``, which counts no reference of its own.
cdef extern from "Python.h":
    Py_ssize_t getrefcount "Py_REFCNT" (object) noexcept
