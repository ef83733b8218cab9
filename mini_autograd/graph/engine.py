"""Backward: gradients flow from the roots through the graph, each node once, in torch's order."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from mini_autograd import errors, layouts
from mini_autograd.devices import device
from mini_autograd.dtypes import COMPLEX, FLOAT
from mini_autograd.graph import accumulate, anomaly, collector, deep, modes
from mini_autograd.graph.deep import DEEPEST
from mini_autograd.graph.node import Node, watched_apply
from mini_autograd.graph.operations import F
from mini_autograd.graph.ready import ReadyQueue
from mini_autograd.kernels.lookup import ndarray
from mini_autograd.kernels.shared import memory
from mini_autograd.tensor import TensorBase
from mini_autograd.warning import give

CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
    "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
    "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break "
    "the cycle and avoid the leak."
)


class Capture:
    """What a pass is to do at a node: run it (``needed``), keep gradients that arrive (``wanted``), or neither."""

    __slots__ = ("needed", "reached", "wanted")

    def __init__(self) -> None:
        self.needed = False
        self.reached = False
        self.wanted: list[tuple[int, int]] = []


# NOTE [Nodes of a pass]: what has arrived at a node is kept on the node, for the engine comes there several times for
# each edge, and a dict would have to search. A node that another pass is at (of another thread, or the one that runs
# the hook in which this one was begun) has a stand-in. No call lies between asking for a node's pass and setting it,
# so that no other thread does.
NUMBERS = itertools.count(1)


class Pass:
    """One backward pass.

    ``nodes``: every node that the roots lead to. ``others``: stand-ins for those of them that another pass is at.
    ``plan``: which nodes to run, or None for all of them. ``callbacks``: what is to be called at the end,
    None for nothing. ``root``: where the pass starts, if that is at one edge. ``outer``: the pass within which this one
    runs, None for none. ``range``: what a profiler sees of the node that runs. ``warnings``: what the engine itself
    has to warn of, and where each comes from, which torch holds back until the pass is over; None for nothing.
    """

    __slots__ = ("callbacks", "captured", "keep_graph", "nodes", "number", "others", "outer", "plan", "queue",
                 "range", "recording", "root", "warnings")  # fmt: skip

    def __init__(self, keep_graph: bool, recording: bool) -> None:
        self.keep_graph = keep_graph
        self.recording = recording
        self.number = next(NUMBERS)
        self.nodes: list[Node] = []
        self.others: dict[Node, Node] = {}
        self.plan: Any = None
        self.root: Any = None
        self.outer: Any = None
        self.range: Any = None
        self.callbacks: Any = None
        self.warnings: Any = None
        self.captured: list = []
        self.queue = ReadyQueue()

    def count(self, roots: tuple) -> None:
        """Count, for every node reachable from ``roots``, the edges that lead to it."""
        if len(roots) == 1:
            self.root = roots[0]
        for node in roots:
            self.expect(node)
        for node in self.nodes:
            for following in node._next_nodes:
                if following is not None:
                    self.expect(following)

    def expect(self, node: Node) -> None:
        """Let ``node`` wait for one more gradient."""
        if node._at_pass == self.number:
            node._waiting += 1
        elif node._at_pass == 0:
            node._at_pass = self.number
            node._waiting = 1
            self.nodes.append(node)
        else:
            stand_in = self.others.get(node)
            if stand_in is None:
                stand_in = self.others[node] = Node.__new__(Node)
                stand_in._place((), (), (), 0)
                self.nodes.append(node)
            stand_in._waiting += 1

    def place_of(self, node: Node) -> Node:
        """Where this pass keeps what has arrived at ``node``."""
        return node if node._at_pass == self.number else self.others[node]

    def begin_cycles(self) -> None:
        """NOTE [Hidden nodes]: gradients that become those of leaves, with history, will lead back to the nodes."""
        if collector.HIDES:
            for node in self.nodes:
                if not node._cyclic:
                    node._reveal()
        self.warn(CYCLE, CYCLE)

    def leave(self) -> None:
        """Let other passes come to the nodes, and give the warnings that were held back."""
        for node in self.nodes:
            if node._at_pass == self.number:
                node._at_pass = 0
                node._buffer = None
        if self.warnings is not None:
            give(self.warnings)

    def warn(self, text: str, site: Any) -> None:
        """Warn once in the process from ``site``, or every time if that is None, when the pass is over."""
        if self.warnings is None:
            self.warnings = []
        self.warnings.append((text, site))

    def aim(self, targets: list, accumulate: bool) -> None:
        """Run only what lies between the roots and ``targets``, ``(node, output_nr)`` pairs."""
        plan: dict[Node, Capture] = {node: Capture() for node in self.nodes}
        for index, (node, nr) in enumerate(targets):
            capture = plan.setdefault(node, Capture())
            capture.reached = True
            if accumulate:
                capture.needed = True
            else:
                capture.wanted.append((nr, index))
        for node in after_their_inputs(self.nodes):
            for following in node._next_nodes:
                if following is not None and plan[following].reached:
                    plan[node].needed = plan[node].reached = True
                    break
        self.plan = plan
        self.captured = [None] * len(targets)

    def passes_over(self, node: Node) -> bool:
        """Whether a node leads to nothing that is asked for. Of such a root, among several, torch runs not even the
        hooks."""
        capture = self.plan[node]
        return not (capture.needed or capture.wanted)

    def deliver(self, node: Node, nr: int, grad: Any) -> None:
        """Add ``grad`` to what ``node`` has received for its output ``nr``; queue the node when all has arrived."""
        place = self.place_of(node)
        buffer = place._buffer
        if buffer is None:
            buffer = place._buffer = [None] if len(node._outputs) == 1 else [None] * len(node._outputs)
        if grad is not None:
            if buffer[nr] is None:
                buffer[nr] = grad
            elif not self.recording and accumulate.is_ours(buffer, nr):
                buffer[nr] = accumulate.add_in_place(buffer[nr], grad)
            else:
                buffer[nr] = F.add(buffer[nr], grad)
        place._waiting -= 1
        if place._waiting == 0:
            self.queue.push(node)

    def deliver_root(self, node: Node, nr: int, grad: Any) -> None:
        """As ``deliver``; what one root is given twice is added where roots are evaluated, not by the caller."""
        recorder = modes.current().recorder
        if recorder is None:
            self.deliver(node, nr, grad)
            return
        before, recorder.within = recorder.within, True
        try:
            self.deliver(node, nr, grad)
        finally:
            recorder.within = before

    def run(self) -> None:
        """Run what is ready until nothing is; in anomaly mode tell of what went wrong where."""
        if not anomaly.watched:
            self.empty_queue(False)
            return
        switches = modes.current()
        outer = switches.evaluating
        if switches.recorder is not None and self.root is None:
            switches.recorder.root(switches.sequence)
        try:
            self.empty_queue(True)
        except BaseException:
            if anomaly.enabled:
                anomaly.tell()
            raise
        finally:
            switches.evaluating = outer
            self.end_evaluation()

    def begin_evaluation(self, node: Node) -> None:
        """Let who watches know at which node the pass is."""
        switches = modes.current()
        switches.evaluating = node
        if switches.recorder is not None:
            self.range = switches.recorder.evaluation(node)

    def end_evaluation(self) -> None:
        if self.range is not None:
            recorder = modes.current().recorder
            if recorder is not None:
                recorder.end(self.range)
            self.range = None

    def empty_queue(self, watched: bool) -> None:
        queue = self.queue
        plan = self.plan
        while queue.size:
            node = queue.pop()
            if watched:
                self.begin_evaluation(node)
            place = self.place_of(node)
            grads = place._buffer
            place._buffer = None
            hooked = node._tensor_hooks is not None or node._retained is not None
            needed = True
            if plan is not None:
                capture = plan[node]
                needed = capture.needed
                # As torch has it, what is kept of a node that runs is what hooks have not seen yet.
                if hooked and not needed:
                    run_tensor_hooks(node, grads)
                for nr, index in capture.wanted:
                    self.captured[index] = grads[nr]
            if needed:
                if hooked:
                    run_tensor_hooks(node, grads)
                if node._pre_hooks is None and node._post_hooks is None:
                    if watched:
                        results = watched_apply(node, grads, plan)
                    else:
                        results = node._apply(grads) if plan is None else node._apply_within(grads, plan)
                    validate(node, results)
                else:
                    results = apply_with_hooks(node, grads, plan)
                if not self.keep_graph:
                    node._release()
                if watched and anomaly.enabled and anomaly.check_nan:
                    anomaly.check(node, results)
                grads = None  # so that what passes through the node unchanged is held by nobody else
                self.distribute(node, results)
            if watched:
                self.end_evaluation()

    def distribute(self, node: Node, results: list) -> None:
        """Send each result along its edge, but not to nodes outside the plan."""
        nodes = node._next_nodes
        nrs = node._next_nrs
        plan = self.plan
        for index in range(len(nodes)):
            following = nodes[index]
            if following is None or (plan is not None and not plan[following].reached):
                results[index] = None  # what leads nowhere holds no gradient that a leaf could take over
        for index in range(len(nodes)):
            following = nodes[index]
            if following is not None and (plan is None or plan[following].reached):
                grad = results[index]
                results[index] = None
                self.deliver(following, nrs[index], grad)

    def finish(self) -> None:
        """Call what was to be called at the end; such a call may ask for another."""
        while self.callbacks:
            self.callbacks.pop(0)()

    def will_run(self, node: Node) -> bool:
        """Whether ``node`` runs after the root; RuntimeError for a leaf whose gradient is returned."""
        if node is self.root or (node._at_pass != self.number and node not in self.others):
            return False
        if self.plan is None:
            return True
        capture = self.plan[node]
        if capture.wanted and not node._next_nodes:
            raise RuntimeError(
                "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). "
                "This is currently not supported."
            )
        return not self.passes_over(node)


def after_their_inputs(nodes: list) -> list:
    """The nodes ordered so that each comes after all those its edges lead to."""
    order: list[Node] = []
    done: set[Node] = set()
    for start in nodes:
        if start in done:
            continue
        stack = [(start, iter(start._next_nodes))]
        done.add(start)
        while stack:
            node, following = stack[-1]
            for child in following:
                if child is not None and child not in done:
                    done.add(child)
                    stack.append((child, iter(child._next_nodes)))
                    break
            else:
                order.append(node)
                stack.pop()
    return order


def run_tensor_hooks(node: Node, grads: list) -> None:
    """Call the hooks on the tensors whose gradients these are, then keep those that ``retain_grad`` asked for."""
    if node._tensor_hooks is not None:
        for nr, hooks in node._tensor_hooks.items():
            grads[nr] = through_hooks(hooks, grads[nr])
    if node._retained is not None:
        for nr, reference in node._retained.items():
            tensor = reference()
            if tensor is not None and grads[nr] is not None:
                keep_gradient(tensor, grads[nr])


def keep_gradient(tensor: TensorBase, grad: TensorBase) -> None:
    """Set or add to the ``.grad`` of a tensor that is not a leaf."""
    held = tensor._gradient
    if held is not None:
        tensor._gradient = F.add(held, grad)
    else:
        tensor._gradient = F.clone(grad, memory_format=layouts.contiguous_format)


def through_hooks(hooks: dict, grad: Any) -> Any:
    """What is left of ``grad``, None included, after every hook saw it and perhaps replaced it."""
    for hook in tuple(hooks.values()):
        replaced = hook(grad)
        if replaced is not None:
            check_replacement(grad, replaced, hook)
            grad = replaced
    return grad


def check_replacements(grads: list, replaced: Any, hook: Any) -> None:
    """RuntimeError or TypeError unless ``replaced``, which a node's hook returned, can take the place of ``grads``."""
    if not isinstance(replaced, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(replaced).__name__}'")
    if len(replaced) != len(grads):
        raise RuntimeError(
            f"hook '{name_of(hook)}' has returned an incorrect number of values (got {len(replaced)}, but expected "
            f"{len(grads)})"
        )
    for one, other in zip(grads, replaced, strict=True):
        if other is not None:
            check_replacement(one, other, hook)


def name_of(hook: Any) -> str:
    return str(getattr(hook, "__name__", "<unknown>"))


def check_replacement(grad: Any, replaced: Any, hook: Any) -> None:
    if grad is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if not isinstance(replaced, TensorBase):
        raise TypeError(f"expected Variable, but hook returned '{type(replaced).__name__}'")
    if replaced._dtype is not grad._dtype:
        raise RuntimeError(
            f"hook '{name_of(hook)}' has changed the type of value (was {grad._dtype.old_name} got "
            f"{replaced._dtype.old_name})"
        )
    if replaced._array.shape != grad._array.shape:
        raise RuntimeError(f"hook '{name_of(hook)}' has changed the size of value")


def apply_with_hooks(node: Node, grads: list, plan: Any) -> list:
    """Run the node between its pre-hooks and its post-hooks."""
    if node._pre_hooks:
        for hook in tuple(node._pre_hooks.values()):
            replaced = hook(tuple(grads))
            if replaced is not None:
                check_replacements(grads, replaced, hook)
                grads = list(replaced)
    given = tuple(grads)
    results = watched_apply(node, grads, plan)
    validate(node, results)
    if not node._post_hooks:
        return results
    for hook in tuple(node._post_hooks.values()):
        replaced = hook(tuple(results), given)
        if replaced is not None:
            check_replacements(results, replaced, hook)
            results = list(replaced)
    validate(node, results)
    return results


def validate(node: Node, results: list) -> None:
    """Make each gradient fit what it is the gradient of: shape, complex or real, dtype."""
    nodes = node._next_nodes
    nrs = node._next_nrs
    if len(results) < len(nodes):
        raise RuntimeError(
            f"Function {node.name()} returned an incorrect number of gradients (expected {len(nodes)}, got "
            f"{len(results)})"
        )
    for index in range(len(nodes)):
        following = nodes[index]
        grad = results[index]
        # What leads nowhere is left for hooks to see, as it is.
        if following is not None and grad is not None:
            wanted = following._outputs[nrs[index]]
            if not fits(grad, wanted):
                grad = None
                results[index] = fitted(node, index, results[index], wanted)


def fits(grad: TensorBase, wanted: tuple) -> bool:
    """Whether a gradient is what ``tensors.metadata_of`` says that it has to be."""
    if grad._dtype is not wanted[1] or not memory.has_shape(grad._array, wanted[0]):
        return False
    if len(wanted) == 2:
        return type(grad._array) is ndarray
    array: Any = grad._array
    return type(array) is not ndarray and array.device.id == wanted[2]


def fitted(node: Any, index: int, grad: TensorBase, wanted: tuple) -> TensorBase:
    """``grad`` summed to the shape and cast to the dtype ``wanted``; RuntimeError where it cannot be.

    ``node`` is what made it, None where it was given to the pass.
    """
    shape, kind = wanted[:2]
    if (
        grad._dtype.category == COMPLEX
        and kind.category != COMPLEX
        and (node is None or not node.is_strict())
    ):
        grad = F.real(grad)
    if not memory.has_shape(grad._array, shape):
        if not expandable(shape, memory.shape_of(grad._array)):
            maker = "" if node is None else f"Function {node.name()} returned an "
            raise RuntimeError(
                f"{maker}invalid gradient at index {index} - got {list(grad._array.shape)} but expected shape "
                f"compatible with {list(shape)}"
            )
        grad = sum_to(grad, shape)
    if grad._dtype is not kind:
        if grad._dtype.category != FLOAT and (grad._dtype.category == COMPLEX) != (kind.category == COMPLEX):
            raise errors.complex_gradient()
        grad = F.to(grad, kind)
    return on_device(node, index, grad, wanted)


def on_device(node: Any, index: int, grad: Any, wanted: tuple) -> TensorBase:
    """``grad`` on the device that is wanted; of those that lie elsewhere only numbers are brought there."""
    array = grad._array
    have = None if type(array) is ndarray else array.device.id
    place = None if len(wanted) == 2 else wanted[2]
    if have == place:
        return grad
    meant, found = ("cpu" if at is None else f"cuda:{at}" for at in (place, have))
    if array.ndim:
        maker = "" if node is None else f"Function {node.name()} returned an "
        raise RuntimeError(
            f"{maker}invalid gradient at index {index} - expected device {meant} but got {found}"
        )
    moved: TensorBase = F.to(grad, device(meant))
    return moved


def expandable(shape: tuple, target: tuple) -> bool:
    leading = len(target) - len(shape)
    if leading < 0:
        return False
    for dim in range(len(shape)):  # noqa: SIM110 -- compiled, a loop costs less than a generator
        if shape[dim] != 1 and shape[dim] != target[leading + dim]:
            return False
    return True


def sum_to(grad: TensorBase, shape: tuple) -> TensorBase:
    """The sum of ``grad`` over the dimensions along which ``shape`` was broadcast."""
    if not shape:
        return F.sum(grad)
    have = memory.shape_of(grad._array)
    leading = len(have) - len(shape)
    dims = []
    for dim in range(len(have)):
        if dim < leading or (shape[dim - leading] == 1 and have[dim] != 1):
            dims.append(dim)
    if dims:
        grad = F.sum(grad, tuple(dims), True)
    return F.view(grad, shape) if leading else grad


def queue_callback(callback: Callable[[], Any]) -> None:
    """Call ``callback`` once the backward pass that runs has ended; RuntimeError where none runs."""
    task = modes.current().task
    if task is None:
        raise RuntimeError("Final callbacks can only be installed during backward pass.")
    if task.callbacks is None:
        task.callbacks = []
    task.callbacks.append(callback)


def is_checkpoint_valid() -> bool:
    """Whether the passes that run, within one another, each go to every leaf; True where none runs."""
    task = modes.current().task
    while task is not None:
        if task.plan is not None:
            return False
        task = task.outer
    return True


def backward(
    roots: list,
    grads: list,
    keep_graph: bool,
    create_graph: bool,
    targets: Any = None,
    accumulate: bool = True,
) -> list:
    """Run one pass from ``roots``, ``(node, output_nr)`` pairs with a gradient each.

    ``targets``: the edges that gradients are wanted for, None for every leaf; with ``accumulate`` they are added to
    ``.grad``, without it they are returned, None for one that no gradient reached.
    """
    switches = modes.current()
    if switches.depth >= DEEPEST:
        return deep.in_another_thread(backward, roots, grads, keep_graph, create_graph, targets, accumulate)
    # Whoever is told of writes is told of none by sums of gradients: they are made anew.
    task = Pass(keep_graph, create_graph or switches.written is not None)
    before = switches.grad
    outer = task.outer = switches.task
    switches.task = task
    switches.depth += 1
    try:
        task.count(tuple([node for node, _ in roots]))
        if targets is not None:
            task.aim(targets, accumulate)
        switches.grad = create_graph
        for index in range(len(roots)):
            node, nr = roots[index]
            if task.plan is not None and task.root is None and task.passes_over(node):
                continue
            grad = grads[index]
            if grad is not None and not fits(grad, node._outputs[nr]):
                grad = fitted(None, index, grad, node._outputs[nr])
            # Several are held to the end, as torch holds them, so that none of them is added to in place.
            grads[index] = None if len(roots) == 1 else grad
            if anomaly.watched:
                task.deliver_root(node, nr, grad)
            else:
                task.deliver(node, nr, grad)
        if create_graph and accumulate:
            task.begin_cycles()
        task.run()
        if task.callbacks is not None:
            task.finish()
    finally:
        switches.grad = before
        switches.task = outer
        switches.depth -= 1
        task.leave()
    return task.captured
