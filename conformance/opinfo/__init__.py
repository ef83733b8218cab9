"""The table that torch tests its own ops by, as programs: `op_db`, recorded once and kept in a file of its own.

An *entry* is an op in one of its variants. Its *samples* are calls as data; a *check* makes a program of a sample for
one dtype: the call alone, its gradients, second derivatives, forward mode, its graph, other spellings, its errors. The
share of samples that agree, by entry, check and dtype, is the *scoreboard*.
"""
