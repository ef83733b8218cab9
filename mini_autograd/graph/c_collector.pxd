# The C functions behind what ``collector`` has, which in plain Python is nothing.
cdef enum:
    HIDES = 1

cdef extern from "Python.h":
    bint PyObject_GC_IsTracked(object) noexcept
    void PyObject_GC_Track(object) noexcept
    void untrack "PyObject_GC_UnTrack" (object) noexcept

cdef inline void track(object container) noexcept:
    if not PyObject_GC_IsTracked(container):
        PyObject_GC_Track(container)
