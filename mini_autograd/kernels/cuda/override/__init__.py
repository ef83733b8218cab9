"""Own kernels for the arrays of a GPU, in modules named as the shared ones whose kernels they replace."""
