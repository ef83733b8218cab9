"""Libraries that are not like torch, given torch's names: the worked examples of an adapter.

An adapter is a module with `tensor`, `Tensor`, the dtypes and whatever ops the library has under torch's names. What it
leaves out is unsupported, and `observes` says what can be seen of the rest. An error with an attribute `unsupported`
says of one call that the library cannot do it.
"""
