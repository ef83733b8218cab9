"""Mutants that no program can tell from the library, each with the reason why."""

EQUIVALENT = {
    "gather: arguments not checked": "what is refused is a sparse gradient, which torch gives, so that "
    "no program with one agrees",
    "graph.engine:validate does not count results": "ops give as many as they have inputs, and what custom Functions "
    "and hooks give is counted where they give it",
    "op.dispatch:execute records views of inference tensors": "a view op has one tensor, and an op on inference "
    "tensors alone is not to be recorded anyway",
    "graph.version:begin_to_count is no inference tensor": "what begins to count was made by `alias_of`, which said so",
}
