"""What a drawing starts from, told apart by the attributes that it has, and what the user calls and marks in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Root:
    """Output ``output_nr`` of ``node``, which is None for a leaf; ``tensor`` is None where a node itself is drawn."""

    tensor: Any
    node: Any
    output_nr: int
    name: str = ""


def roots_of(what: Any) -> list[Root]:
    """The tensors, nodes and edges in ``what``: one of them, or any sequence or dict of such."""
    roots: list[Root] = []
    waiting: list[tuple[str, Any]] = [("", what)]
    while waiting:
        name, one = waiting.pop()
        if is_single(one):
            roots.append(root_of(one, name))
        elif isinstance(one, Mapping):
            waiting += reversed([(str(key), value) for key, value in one.items()])
        elif isinstance(one, list | tuple):
            waiting += reversed([(name and f"{name}[{at}]", value) for at, value in enumerate(one)])
        else:
            raise TypeError(
                "draw(): expected tensors, nodes or gradient edges, or a list, tuple or dict of them, got "
                f"{type(one).__name__}"
            )
    return roots


def is_node(what: Any) -> bool:
    """Whether it is a node; asked first, for what a custom Function keeps on its own has any name."""
    return hasattr(what, "next_functions")


def is_single(what: Any) -> bool:
    """Whether it is a node, a tensor, or a gradient edge, which is a tuple too."""
    return is_node(what) or hasattr(what, "grad_fn") or (hasattr(what, "node") and hasattr(what, "output_nr"))


def root_of(what: Any, name: str = "") -> Root:
    """The place in a graph of a tensor, a node or a gradient edge."""
    if is_node(what):
        return Root(None, what, 0, name)
    if hasattr(what, "grad_fn"):
        return Root(what, what.grad_fn, what.output_nr, name)
    return Root(None, what.node, what.output_nr, name)


@dataclass(slots=True)
class Names:
    """What the user calls leaves, by their identity, and outputs of nodes."""

    leaves: dict[int, str] = field(default_factory=dict)
    outputs: dict[tuple[int, int], str] = field(default_factory=dict)
    _held: list[Any] = field(default_factory=list)  # so that no other object comes to have an identity

    def add(self, root: Root, name: str) -> None:
        self._held.append(root)
        if root.node is None:
            known = self.leaves.get(id(root.tensor))
            self.leaves[id(root.tensor)] = f"{known}, {name}" if known else name
        else:
            key = (id(root.node), root.output_nr)
            known = self.outputs.get(key)
            self.outputs[key] = f"{known}, {name}" if known else name

    def of_tensor(self, root: Root) -> str:
        if root.node is None:
            return self.leaves.get(id(root.tensor), "")
        return self.outputs.get((id(root.node), root.output_nr), "")

    def of_node(self, node: Any) -> str:
        """The names of a node's outputs, or of the leaf that it accumulates into."""
        variable = leaf_of(node)
        if variable is not None:
            return self.leaves.get(id(variable), "") or self.outputs.get((id(node), 0), "")
        count = max(1, len(getattr(node, "_input_metadata", ()))) if self.outputs else 0
        found = ((nr, self.outputs.get((id(node), nr))) for nr in range(count))
        return ", ".join(f"{name} (output {nr})" if nr else name for nr, name in found if name)


def names_of(names: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> Names:
    """The names by what bears them."""
    found = Names()
    for name, tensor in names.items() if isinstance(names, Mapping) else names or ():
        if not is_single(tensor):
            raise TypeError(f"draw(): names[{name!r}] is no tensor but {type(tensor).__name__}")
        found.add(root_of(tensor), str(name))
    return found


def leaf_of(node: Any) -> Any:
    """The tensor whose ``grad`` a node adds to; None for any other node.

    Its class is asked, for a custom Function may keep something under that name.
    """
    return node.variable if hasattr(type(node), "variable") else None


@dataclass(slots=True)
class Marks:
    """What is to stand out: nodes, leaves of which only the tensor is known, and places in the walk."""

    nodes: set[int] = field(default_factory=set)
    leaves: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)
    _held: list[Any] = field(default_factory=list)

    def holds(self, node: Any, place: int) -> bool:
        if place in self.places or id(node) in self.nodes:
            return True
        return bool(self.leaves) and id(leaf_of(node)) in self.leaves


def marks_of(marked: Iterable[Any]) -> Marks:
    """The marks by what they are put on."""
    found = Marks()
    for one in marked:
        if isinstance(one, int):
            found.places.add(one)
            continue
        if not is_single(one):
            raise TypeError(
                f"draw(): marked are nodes, tensors or places in the walk, not {type(one).__name__}"
            )
        root = root_of(one)
        found._held.append(root)
        if root.node is None:
            found.leaves.add(id(root.tensor))
        else:
            found.nodes.add(id(root.node))
    return found
