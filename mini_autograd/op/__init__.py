"""What an operator is and how it runs: schema, argument binding, declaration, dispatch."""
