"""What a Function sees of its ``ctx`` and of what it is given; printed into scripts as it stands here."""


def seen(events, ctx, *given):
    """Note what ``ctx`` shows, and a copy of what was given."""
    edges = [None if node is None else node.name() for node, _ in ctx.next_functions]
    events.append((ctx.name(), [kept(given), ctx.needs_input_grad, edges]))


def kept(item):
    if isinstance(item, tuple | list):
        return tuple(kept(inner) for inner in item)
    return item.detach().clone() if hasattr(item, "detach") else item
