"""A backward pass in one loop, with bare arrays for gradients wherever nobody sees them.

NOTE [Shorter pass]: this is ``graph.engine``'s pass while nothing is recorded, with what it does at a node and along
an edge written out for nodes without hooks that have a slope and one output. All others are run as that runs them.
"""

from __future__ import annotations

from operator import add as plus
from typing import Any

from mini_autograd.graph import anomaly, modes
from mini_autograd.graph.accumulate import AccumulateGrad
from mini_autograd.graph.engine import Pass, apply_with_hooks, run_tensor_hooks, validate
from mini_autograd.graph.node import Node
from mini_autograd.graph.ready import ReadyQueue
from mini_autograd.interpreted.bare import (
    SAME,
    Spread,
    Total,
    add,
    asarray,
    bare_of,
    counted,
    double,
    ndarray,
    single,
    tensor_of,
)
from mini_autograd.interpreted.source import wrap
from mini_autograd.tensor import TensorBase

run_general = Pass.run
BARE = frozenset((ndarray, single, double))


def count(self: Pass, roots: tuple) -> None:
    """:meth:`Pass.count`, with :meth:`Pass.expect` written out for a node that no other pass is at."""
    number, nodes = self.number, self.nodes
    if len(roots) == 1:
        self.root = roots[0]
    for node in roots:
        self.expect(node)
    for node in nodes:
        for following in node._next_nodes:
            if following is not None:
                if following._at_pass == number:
                    following._waiting += 1
                elif following._at_pass:
                    self.expect(following)
                else:
                    following._at_pass = number
                    following._waiting = 1
                    nodes.append(following)


def run(self: Pass) -> None:
    switches = modes.current()
    if (
        self.plan is not None
        or self.recording
        or switches.level >= 0
        or switches.inference
        or anomaly.watched
    ):
        run_general(self)
    else:
        loop(self, switches.run, None)


def loop(task: Pass, silently: Any, ready: Any) -> None:
    """Run every node of the pass, of which ``ready`` is ready, if it is given, and what its queue holds."""
    queue, keep, number, others = task.queue, task.keep_graph, task.number, task.others
    # While no more than two nodes are ready they are not put into the queue, whose order they have all the same.
    node: Any
    second: Any = None
    while ready is not None or queue.size:
        node, ready, second = (queue.pop() if ready is None else ready), second, None
        # Nothing here may hold a gradient besides the buffer: NOTE [Stealing].
        results = result = None
        place = node if node._at_pass == number else others[node]
        buffer = place._buffer
        place._buffer = None
        hooked = node._tensor_hooks or node._retained or node._pre_hooks or node._post_hooks
        if not hooked and len(buffer) == 1 and buffer[0] is not None:
            slope = node.slope
            bare = None if slope is None else bare_of(buffer[0])
            if bare is not None:
                try:
                    results = silently(slope, node, bare, keep)
                except Exception:  # of which the general way is to tell
                    results = None
                bare = None
            elif type(node) is AccumulateGrad and take(node.variable, buffer[0]):
                continue
        if results is None:
            results = run_node(node, buffer, keep)
        elif results[0] is SAME or results[-1] is SAME or type(results[0]) is Spread:
            pass_on(results, buffer[0])
        buffer = None  # so that what passes through the node unchanged is held by nobody else
        for index, following in enumerate(node._next_nodes):
            if following is None:
                continue
            result = results[index]
            results[index] = None
            place = following if following._at_pass == number else others[following]
            held = place._buffer
            if held is None:
                held = place._buffer = [None] * len(following._outputs)
            if result is not None:
                nr = node._next_nrs[index]
                if held[nr] is None:
                    held[nr] = result
                elif type(held[nr]) is Total and held[nr].small and type(result) in BARE:
                    held[nr].bare = silently(plus, held[nr].bare, result)
                    held[nr].writes += 1
                else:
                    add(held, nr, result, silently)
            place._waiting -= 1
            if not place._waiting:
                if queue.size:
                    queue.push(following)
                elif ready is None:
                    ready = following
                elif second is None:
                    second = following
                    if ready._sequence < following._sequence:
                        ready, second = second, ready
                else:
                    push(queue, ready, second, following)
                    ready = second = None


def push(queue: ReadyQueue, *nodes: Node) -> None:
    for node in nodes:
        queue.push(node)


def run_node(node: Any, grads: list, keep: bool) -> list:
    """The node's results as the general pass comes to them."""
    for nr in range(len(grads)):
        if grads[nr] is not None:
            grads[nr] = tensor_of(grads[nr])
    if node._tensor_hooks is not None or node._retained is not None:
        run_tensor_hooks(node, grads)
    if node._pre_hooks is None and node._post_hooks is None:
        results: list = node._apply(grads)
        validate(node, results)
    else:
        results = apply_with_hooks(node, grads, None)
    if not keep:
        node._release()
    return results


def pass_on(results: list, entry: Any) -> None:
    """Put the gradient, as a tensor if it goes two ways, where the results say it is to be."""
    if type(results[0]) is Spread:
        results[0].grad = entry
        return
    if len(results) > 1 and results[0] is results[1]:
        entry = tensor_of(entry)
    for index in range(len(results)):
        if results[index] is SAME:
            results[index] = entry


def take(variable: TensorBase, entry: Any) -> bool:
    """Make the gradient that of a leaf which has none; whether that is all there is to do."""
    if (
        variable._gradient is not None
        or not variable._requires
        or variable._node is not None
        or variable._view is not None
        or variable._after_hooks
    ):
        return False
    kind = type(entry)
    bare = entry.bare if kind is Total else entry
    kind = type(bare)
    if kind is single or kind is double:
        bare = asarray(bare)
    elif kind is not ndarray:
        return False
    mine = variable._array
    if bare.strides != mine.strides or not bare.size or not mine.flags.c_contiguous:
        return False
    variable._gradient = grad = wrap(bare, variable._dtype)
    if bare is not entry and type(entry) is Total and entry.writes:
        grad._counter = counted(entry.writes)
    return True


def attach() -> None:
    cls: Any = Pass
    cls.count, cls.run = count, run
