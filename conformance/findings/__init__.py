"""Defects of torch itself that campaigns came upon: one script for each, which needs nothing but torch.

Each is run by itself, as `python conformance/findings/zero_gradient_added_to.py`; it prints what torch does and ends
with 0 while the defect is there, with 1 once it is not. `pytest conformance` runs them all, so that a torch that has
mended one is noticed. What the library does in such a place is in `conformance/known.toml`.
"""
