"""Turns a run folder into pages: reads records only, never the library nor the harness that wrote them."""
