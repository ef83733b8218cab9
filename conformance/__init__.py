"""Programs run on PyTorch and on a library under test, side by side, to say where the two first part."""
