"""Kernels written once, for numpy arrays and whatever follows numpy's interface."""
