"""The node of an op that was declared by a row: it applies the row's formulas to what it saved."""

from __future__ import annotations

import copyreg
from typing import Any

from mini_autograd import errors
from mini_autograd.dtypes import COMPLEX, DEFAULT
from mini_autograd.graph import collector, packing, view
from mini_autograd.graph import saved as saving
from mini_autograd.graph.node import Node
from mini_autograd.graph.operations import F
from mini_autograd.graph.saved import FREED, MISSING, SavedTensor
from mini_autograd.kernels.lookup import ndarray
from mini_autograd.kernels.shared import memory
from mini_autograd.op.missing import first_reader
from mini_autograd.op.row import (
    ARGSIZE,
    FROM_END,
    INFO,
    NDIM,
    NUMEL,
    OUTPUT,
    OUTPUT_SIZE,
    PLAIN,
    SIZES,
    STRIDES,
    TENSOR,
    TENSORS,
    Op,
    Save,
)
from mini_autograd.tensor import WRAPPED, TensorBase, metadata_of, requires_grad, storage_offset

# The numbers of the outputs that most edges lead to: each to the first.
NRS = tuple([(0,) * count for count in range(16)])


class RecordedOp(Node):
    """``saved`` is parallel to ``op.saves``: SavedTensor, a list of them, a plain value, None for one not
    kept, FREED once released. ``spans`` says how many edges each differentiable argument has, None when each
    has one."""

    __slots__ = ("op", "saved", "spans")

    op: Op
    saved: Any
    spans: Any

    def _apply(self, grads: list) -> list:
        return self.gradients(grads, self._next_nodes)

    def _apply_within(self, grads: list, plan: dict) -> list:
        return self.gradients(grads, self._reached(plan))

    def _apply_by_hand(self, grads: list) -> list:
        results = self._apply(grads)
        if self.op.take_real:
            edges = zip(self._next_nodes, self._next_nrs, strict=True)
            return [real_part(one, *edge) for one, edge in zip(results, edges, strict=True)]
        return results

    def gradients(self, grads: list, nodes: tuple) -> list:
        """The gradient for each of ``nodes`` that is not None."""
        op = self.op
        values = self.values(grads)
        if values is None:
            for formula in op.formulas:
                if formula is not None and getattr(formula.function, "raises", False):
                    formula.function(None)  # whatever arrives
            return [None] * len(nodes)
        if op.joint is not None:
            results: list = self.flat(op, list(call(op.joint, values, grads, self.needs(nodes))))
            for index in range(len(nodes)):
                if nodes[index] is None:
                    results[index] = None
            return results
        if self.spans is None:
            formulas = op.formulas
            order = op.formula_order
            results = [None] * len(nodes)
            for index in order:
                if nodes[index] is not None:
                    results[index] = call(formulas[index], values, grads, None)
            return results
        results = []
        needs = self.needs(nodes)
        for index, need in enumerate(needs):
            # Of a list all have one as soon as one needs it, which hooks see.
            wanted = any(need) if type(need) is tuple else need
            results.append(call(op.formulas[index], values, grads, needs) if wanted else None)
        return self.flat(op, results)

    def values(self, grads: list) -> Any:
        """``[grad, saved value, ...]``, or None when no gradient arrived."""
        op = self.op
        grad = grads[0]
        saved = self.saved
        if grad is None and all([one is None for one in grads]):  # noqa: C419 -- a list costs less than a generator
            for item in saved:
                if type(item) is SavedTensor:
                    item.unpack(self)  # which torch looks at all the same
                elif type(item) is list:
                    for one in item:
                        if one is not None:
                            one.unpack(self)
                elif item is FREED:
                    raise errors.saved_freed()
            return None
        values: list = [None] * (len(saved) + 1)
        values[0] = grad
        for slot in range(len(saved)):
            item = saved[slot]
            if type(item) is SavedTensor:
                held = item
                values[slot + 1] = held.unpack(self)
            elif type(item) is list:
                values[slot + 1] = [None if one is None else one.unpack(self) for one in item]
            elif item is FREED:
                raise errors.saved_freed()
            elif item is MISSING:
                raise errors.undefined_argument(*first_reader(op.name))
            else:
                values[slot + 1] = item
        return values

    def needs(self, nodes: tuple) -> tuple:
        """For every differentiable argument whether there is a node for its gradient; for a list, a tuple of flags."""
        flags = [node is not None for node in nodes]
        spans = self.spans
        if spans is None:
            return tuple(flags)
        needs: list = []
        for span in spans:
            if span < 0:
                needs.append(flags.pop(0))
            else:
                needs.append(tuple(flags[:span]))
                del flags[:span]
        return tuple(needs)

    def flat(self, op: Op, results: list) -> list:
        """Results by edge from results by argument."""
        if self.spans is None:
            return results
        edges: list = []
        for span, result in zip(self.spans, results, strict=True):
            if span < 0:
                edges.append(result)
            elif result is None:
                edges.extend([None] * span)
            else:
                edges.extend(result)
        return edges

    def shown(self, slot: int) -> Any:
        """The saved value in ``slot`` as a user sees it."""
        value = self.saved[slot]
        if value is FREED:
            raise errors.saved_freed()
        if value is MISSING:
            return None
        if type(value) is SavedTensor:
            return value.shown(self)
        if type(value) is list:
            return tuple([None if one is None else one.shown(self) for one in value])
        save = self.op.saves[slot]
        if save.kind == STRIDES and value is None:
            return ()
        if save.kind == PLAIN and self.op.arguments[save.index].kind == "int":
            return unsigned(value)
        return value

    def _release(self) -> None:
        """Let go of saved tensors; numbers and sizes stay, and a node that saved nothing else can run
        again."""
        saved = self.saved
        for slot in range(len(saved)):
            kind = type(saved[slot])
            if kind is SavedTensor or kind is list:
                saved[slot] = FREED

    def _reveal(self) -> None:
        super()._reveal()
        if collector.HIDES:
            collector.track(self.saved)
            for item in self.saved:
                for held in item if type(item) is list else (item,):
                    if type(held) is SavedTensor:
                        collector.track(held)
                        if held.tensor is not None:
                            collector.track(held.tensor)

    def name(self) -> str:
        return self.op.node_name

    def is_strict(self) -> bool:
        return bool(self.op.strict)


def unsigned(value: Any) -> Any:
    """Integers as torch shows saved ones: what is negative wraps around to just below 2**64."""
    if isinstance(value, tuple):
        return tuple([unsigned(one) for one in value])
    return value + 2**64 if value is not None and value < 0 else value


def real_part(grad: Any, node: Any, nr: int) -> Any:
    """``grad``, of which the input that output ``nr`` of ``node`` is takes no more if it is real itself."""
    if grad is None or grad._dtype.category != COMPLEX or node._outputs[nr][1].category == COMPLEX:
        return grad
    return F.real(grad)


def call(formula: Any, values: list, grads: list, needs: Any) -> Any:
    """Apply a formula to the values it names."""
    slots = formula.slots
    function = formula.function
    n = len(slots)
    first = slots[0] if n else 0
    if first >= 0 and n < 4:
        if n == 1:
            return function(values[first])
        if n == 2 and slots[1] >= 0:
            return function(values[first], values[slots[1]])
        if n == 3 and slots[1] >= 0 and slots[2] >= 0:
            return function(values[first], values[slots[1]], values[slots[2]])
    return function(
        *[values[slot] if slot >= 0 else (tuple(grads) if slot == -1 else needs) for slot in slots]
    )


def record(op: Op, args: list, in_place: bool) -> RecordedOp:
    """A node with its edges and the inputs it saves; its outputs are added by :func:`finish`."""
    node_class = op.node_class
    node: RecordedOp = copyreg.__newobj__(node_class)  # type: ignore[attr-defined]
    node.op = op
    saves = op.saves
    saved: list = [None] * len(saves)
    node.saved = saved
    positions = op.differentiable
    if op.linked_apart:
        link_lists(node, op, args) if op.has_lists else link_needed(node, op, args)
    else:
        node.spans = None
        next_nodes = edges_of(positions, args)
        next_nrs = NRS[len(next_nodes)] if all_first(positions, args) else output_nrs(op, args)
        node._link(next_nodes, next_nrs, ())
    for slot in range(len(saves)):
        save = saves[slot]
        if save.guard >= 0 and node.spans is None and node._next_nodes[save.guard] is None:
            continue
        if save.kind == TENSOR and not in_place and args[save.index] is not None:
            saved[slot] = saving.hold(args[save.index], -1)
        else:
            saved[slot] = keep(save, args, in_place)
    if collector.HIDES:
        if is_hidden(node, saved):
            hide(node, saved)
        else:
            node._reveal()
    return node


def hide(node: RecordedOp, saved: list) -> None:
    """Hide the node and all that is its own from the collector of cycles."""
    collector.untrack(node)
    collector.untrack(node._next_nodes)
    collector.untrack(saved)
    for item in saved:
        if type(item) is SavedTensor:
            hide_saved(item)
        elif type(item) is list:
            for one in item:
                if one is not None:
                    hide_saved(one)


def hide_saved(saved: SavedTensor) -> None:
    """Hide what holds a tensor and, until it is shown, one that stands for a number, which is nobody else's."""
    collector.untrack(saved)
    if saved.tensor._marks & WRAPPED:
        collector.untrack(saved.tensor)


def is_hidden(node: RecordedOp, saved: list) -> bool:
    """NOTE [Hidden nodes]: neither has the node saved what a write can lead back to it, nor is one below it cyclic."""
    if packing.active or node._cyclic:
        return False
    for following in node._next_nodes:
        if following is not None and following._cyclic:
            return False
    for item in saved:
        if type(item) is SavedTensor:
            held = item
            if held.tensor._view is not None:
                return False
        elif type(item) is list:
            for one in item:
                if one is not None and one.tensor._view is not None:
                    return False
    return True


def edges_of(positions: tuple, args: list) -> tuple:
    """The nodes that the gradients of the arguments at ``positions`` go to; most ops have one or two."""
    count = len(positions)
    if count == 1:
        first = positions[0]
        return (edge_of(args[first]),)
    if count == 2:
        first = positions[0]
        second = positions[1]
        return (edge_of(args[first]), edge_of(args[second]))
    return tuple([edge_of(args[position]) for position in positions])


def edge_of(argument: Any) -> Node | None:
    return view.edge_node(argument) if isinstance(argument, TensorBase) else None


def all_first(positions: tuple, args: list) -> bool:
    """Whether each argument at ``positions`` is the first output of its node; asked once its node is known."""
    for position in positions:
        if args[position] is not None:
            tensor = args[position]
            if tensor._nr:
                return False
    return True


def link_needed(node: RecordedOp, op: Op, args: list) -> None:
    """The edges of an op without a derivative: as torch has it, to none but the inputs that need a gradient."""
    node.spans = None
    needed = [args[at] for at in op.differentiable if args[at] is not None and requires_grad(args[at])]
    nodes = [edge_of(tensor) for tensor in needed]
    node._link(tuple(nodes), tuple([tensor._nr for tensor in needed]), ())


def link_lists(node: RecordedOp, op: Op, args: list) -> None:
    """The edges of an op some of whose arguments are lists, and how many each argument has."""
    next_nodes: list = []
    spans = []
    for position in op.differentiable:
        argument = args[position]
        listed = isinstance(argument, (list, tuple))
        spans.append(len(argument) if listed else -1)
        next_nodes.extend([edge_of(one) for one in (argument if listed else (argument,))])
    node.spans = tuple(spans)
    node._link(tuple(next_nodes), output_nrs(op, args), ())


def output_nrs(op: Op, args: list) -> tuple:
    """Which output of its node each differentiable tensor is."""
    nrs: list[int] = []
    for position in op.differentiable:
        argument = args[position]
        several = argument if isinstance(argument, (list, tuple)) else (argument,)
        nrs.extend([0 if one is None else one._nr for one in several])
    return tuple(nrs)


def keep(save: Save, args: list, in_place: bool) -> Any:
    """What the node keeps under ``save``; MISSING for an output, which does not exist yet."""
    kind = save.kind
    if kind == OUTPUT or kind >= OUTPUT_SIZE:
        return MISSING
    value = args[save.index]
    if kind == TENSOR:
        if value is None:
            return None
        if in_place and save.index == 0:
            return saving.hold(F.clone(value), -1)
        return saving.hold(value, -1)
    if kind == SIZES:
        if value is None:
            # What torch keeps for an optional tensor that was not given.
            return (0,)
        if not isinstance(value, TensorBase):
            return tuple([one._array.shape for one in value])
        tensor = value
        return memory.shape_of(tensor._array)
    if kind == PLAIN:
        return tuple(value) if type(value) is list else value
    if kind == STRIDES and not requires_grad(value):
        return None
    if kind > OUTPUT:
        return layout_of(value, kind)
    assert kind == TENSORS
    return [None if one is None else saving.hold(one, -1) for one in value]


def layout_of(value: TensorBase, kind: int) -> Any:
    """What a formula takes of a tensor, or of each in a list, without its elements; strides in elements."""
    if kind == INFO:
        if not isinstance(value, TensorBase):
            return tuple([layout_of(one, INFO) for one in value])
        return metadata_of(value)
    tensor: TensorBase = value
    array = tensor._array
    if kind == NDIM:
        return array.ndim
    if kind == NUMEL:
        return array.size
    if kind >= ARGSIZE:
        return array.shape[kind - ARGSIZE if kind < FROM_END - 9 else kind - FROM_END]
    strides = memory.steps_of(array)
    return strides if kind == STRIDES else (array.shape, strides, storage_offset(value))


def finish(node: RecordedOp, op: Op, outputs: list) -> None:
    """Tie ``outputs`` to the node and save those that a formula names."""
    tie(node, op, outputs)
    save_outputs(node, op, outputs)


def tie(node: RecordedOp, op: Op, outputs: list) -> None:
    metadata = []
    for output in outputs[: op.n_derived]:
        if output is None:
            # A gradient that was not asked for keeps its number.
            metadata.append(((0,), DEFAULT.float))
        elif output._dtype.category >= 2:
            output._node = node
            output._nr = len(metadata)
            metadata.append(metadata_of(output))
    node._outputs = tuple(metadata)


def finish_one(node: RecordedOp, op: Op, output: TensorBase) -> None:
    """:func:`finish` for an op with one output."""
    if output._dtype.category >= 2:
        output._node = node
        output._nr = 0
        node._outputs = metadata_of_one(node, output)
    saves = op.saves
    if saves:
        save = saves[len(saves) - 1]  # outputs come last
        if save.kind == OUTPUT:
            save_outputs(node, op, [output])


def metadata_of_one(node: RecordedOp, output: TensorBase) -> tuple:
    """The shape and dtype of a node's one output; often that of its first operand, whose tuple will do."""
    for following in node._next_nodes:
        if following is not None:
            outputs = following._outputs
            if len(outputs) == 1:
                wanted = outputs[0]
                here = len(wanted) == 2 and type(output._array) is ndarray
                if here and wanted[1] is output._dtype and memory.has_shape(output._array, wanted[0]):
                    return outputs
            break
    return (metadata_of(output),)


def save_outputs(node: RecordedOp, op: Op, outputs: list) -> None:
    saves = op.saves
    for slot in range(len(saves)):
        save = saves[slot]
        if save.kind == OUTPUT:
            output = outputs[save.index]
            if output._node is node:
                node.saved[slot] = saving.hold(output, output._nr)
            elif output._node is None:  # as indices, which have no history
                node.saved[slot] = saving.hold(output, -1)
            else:
                node.saved[slot] = saving.hold_written(output)
            if collector.HIDES and not node._cyclic:
                collector.untrack(node.saved[slot])
        elif save.kind >= OUTPUT_SIZE:
            node.saved[slot] = outputs[save.index]._array.shape[OUTPUT_SIZE - save.kind]
