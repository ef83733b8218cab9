"""The graph of derivatives: modes, nodes, what they save, and the engine that runs them."""
