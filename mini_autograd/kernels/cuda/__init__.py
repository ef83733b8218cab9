"""Kernels for the arrays of a GPU: the shared ones executed on them, and own ones where those pay.

Nothing here is imported before a GPU is asked for.
"""
