"""Drawings of autograd graphs, as SVG and as Mermaid, with a layout of their own.

What is drawn is only looked at, by the attributes that torch gives tensors and nodes: graphs of torch come out
alike, and nothing here imports either library.
"""
