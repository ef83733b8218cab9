"""Kernels: arrays in, arrays out. The only place that imports numpy's, scipy's or cupy's mathematics."""
