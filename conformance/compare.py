"""Comparing two live runs in place: what is new after a statement, and what changed, pair by pair.

Tensors and graph nodes of the two sides are paired as they appear and held to their partner from then on, so
that graphs are compared up to isomorphism at the price of the nodes a statement adds. A version is compared as
it is, save of derivatives (NOTE [Births]) and in programs with inference tensors (NOTE [Versions beside inference
tensors]).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy

from .eigenspace import turn_alike
from .observation import Difference, Observation, fault
from .observed import EVERYTHING
from .overwriting import overwrite
from .printed import same_print
from .reading import (
    WIDE,
    array_of,
    bits_of,
    dtype_name,
    error_text,
    is_node,
    is_tensor,
    memory_of,
    numbers_in_float64,
    printed_numbers,
    raw_names,
    saved_names,
    since_expected,
    text_of,
    unpack_hook,
    version_of,
)
from .tolerance import EPSILON, WIDEST, Verdict, arbitrate, compare, within_spread
from .twin import (
    GRAD,
    VALUE,
    Array,
    Location,
    Role,
    Twin,
    Wide,
    Window,
    array_at,
    edges_of,
    flags_of,
    gone,
    keeps_grad,
    place_of,
    place_text,
    read,
    same_plain,
)

if TYPE_CHECKING:
    from .rendition import Rendition

# NOTE [Versions beside inference tensors]: an op on nothing but inference tensors passes by all that hides from a
# version how the result came about. How often it was written on the way then depends on the kernel that was chosen
# (the backend of a convolution, a matrix of a batch at a time), so that there only what comes after that counts.
#
# NOTE [Births]: so it is with gradients, tangents and what transforms give: how often they were written on the way says
# which steps of its formulas torch takes in place, and that depends on dtypes and sizes: the gradient of
# `lerp(x, x, 1.0).sgn()` is written once if x is a float32 number, and never if it is a vector or float64. Of them the
# writes since are compared. What an op gives has the version that torch gives it.

# What is seen of a saved tensor beside its elements.
SAVED_STATE = ("requires_grad", "output_nr")


@dataclass(slots=True)
class Comparison:
    """Two runs of one program, what of them is paired, and the differences found so far.

    `modules` are the two libraries. `wide` finds a location's value in a float64 run; without it `unsettled`
    is set where the arbiter is needed. `shaken` finds it in runs with other roundings; without them `contested`
    is set where they would be asked. `precision` is the narrowest dtype that a value came through. `renditions`
    find it where the reference computes in other ways; what agrees with one of those is `excused`. `infers` is
    set once an inference tensor was met, `derived` while what a statement gives may come of derivatives. What is
    not among what both sides let see, `observes`, is not compared.
    """

    modules: tuple[Any, Any]
    wide: Wide | None = None
    shaken: Sequence[Wide] = ()
    renditions: Sequence[tuple[Rendition, Wide]] = ()
    worked_with: Callable[[], float] = lambda: 0.0
    precision: Callable[[Location, str], str] = lambda location, dtype: dtype
    label: Callable[[Location], str] = place_text
    observes: frozenset[Observation] = EVERYTHING
    path: tuple[int, ...] = ()
    found: list[Difference] = field(default_factory=list)
    excused: list[Difference] = field(default_factory=list)
    counts: Counter[Observation] = field(default_factory=Counter)
    rounded: int = 0
    arbitrated: int = 0
    unsettled: bool = False
    contested: bool = False
    infers: bool = False
    derived: bool = False
    twins: dict[int, Twin] = field(default_factory=dict)
    partners: dict[int, int] = field(default_factory=dict)
    nodes: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    node_partners: dict[int, int] = field(default_factory=dict)
    statements: int = 0
    layouts: int = 0
    states: int = 0
    arrays: list[tuple[Any, Any, Location]] = field(default_factory=list)

    def compared(self) -> Counter[Observation]:
        """How many observations of each kind were compared."""
        statements = (Observation.ERROR, Observation.WARNING)
        layouts = (Observation.DTYPE, Observation.SHAPE, Observation.STRIDE, Observation.ALIAS)
        states = (Observation.VERSION, Observation.LEAF, Observation.REQUIRES_GRAD)
        counts = self.counts + Counter(
            dict.fromkeys(statements, self.statements)
            | dict.fromkeys(layouts, self.layouts)
            | dict.fromkeys(states, self.states)
        )
        return Counter({kind: count for kind, count in counts.items() if kind in self.observes})

    def differ(
        self, kind: Observation, name: str, location: Location, expected: Any, got: Any, dtype: str = "none"
    ) -> None:
        """Note a difference at the present statement, if it is of a kind that both sides let see."""
        if kind not in self.observes and (kind is not Observation.ERROR or name in ("type", "text")):
            return  # that one side alone raises is seen of any library
        texts = text_of(expected), text_of(got)
        op = self.label(location)
        self.found.append(Difference(self.path, op, kind, name, dtype, place_text(location), *texts))

    def same_text(self, expected: str | None, got: str | None) -> bool:
        """Whether two texts of errors, or none, are the same: NOTE [Versions beside inference tensors]."""
        if expected == got or expected is None or got is None or not self.infers:
            return expected == got
        return since_expected(expected) == since_expected(got)

    def same_words(self, expected: Exception, got: Exception) -> bool:
        """Whether two errors say the same, save numbers in which the subject is as near to the float64 run as the
        reference is: the difference of a function over a small step, as gradcheck prints it, is mostly rounding.

        That run raises the same error in the same words, and so took no other branch however far its numbers are;
        or it raises none, for there was no mismatch but by rounding: :func:`.reading.numbers_in_float64`.
        """
        if self.same_text(error_text(expected), error_text(got)):
            return True
        words, left = printed_numbers(error_text(expected))
        others, right = printed_numbers(error_text(got))
        if words != others:
            return False
        if self.wide is None:
            self.unsettled = True
            return True
        told, truth = numbers_in_float64(error := self.wide(("error",)), words, left)
        alike = told.split() == words.replace(WIDE, "").split()
        if not alike or type(error) not in (type(None), type(expected)):
            return False
        self.arbitrated += 1
        # How far off the numerical Jacobian is says nothing of the analytical one.
        halves = [numpy.array_split(one, 2 if error is None else 1) for one in (left, right, truth)]
        by = ("float32", self.worked_with, False)
        return all(arbitrate(one, other, wide, *by) for one, other, wide in zip(*halves, strict=True))

    # --- values of any kind ---------------------------------------------------------------------------------

    def value(self, expected: Any, got: Any, location: Location, role: Role = VALUE) -> None:
        """Compare two results of a statement: tensors, nodes, numbers, and sequences of them."""
        kind = role.kind or Observation.VALUE
        if is_tensor(expected) and is_tensor(got):
            self.tensor(expected, got, location, role)
        elif is_node(expected) and is_node(got):
            self.node(expected, got, location)
        elif isinstance(expected, numpy.ndarray) and isinstance(got, numpy.ndarray):
            self._array(expected, got, location, kind)
            self.arrays.append((expected, got, location))
        elif isinstance(expected, tuple | list) and isinstance(got, tuple | list):
            if len(expected) != len(got) or type(expected).__name__ != type(got).__name__:
                left, right = ((type(side).__name__, len(side)) for side in (expected, got))
                self.differ(kind, "sequence", location, left, right)
            for place, (one, other) in enumerate(zip(expected, got, strict=False)):
                self.value(one, other, (*location, place), role)
        elif not same_plain(expected, got) and not self._near(expected, got, location):
            name = "type" if type(expected).__name__ != type(got).__name__ else "value"
            if expected is None or got is None:
                name = "none"
            self.differ(kind, name, location, expected, got)

    def _near(self, expected: Any, got: Any, location: Location) -> bool:
        """Whether two Python floats agree as what a block, run as a whole, took out of a tensor of a narrower type, or
        two texts as what it printed."""
        if isinstance(expected, str) and isinstance(got, str):
            return same_print(self, expected, got, location)
        if not (isinstance(expected, float) and isinstance(got, float)):
            return False
        if self.precision(location, "float64") == "float64":
            return False
        return self.settled(numpy.array(expected), numpy.array(got), "float64", location, None)

    def _array(self, expected: Any, got: Any, location: Location, kind: Observation) -> None:
        for name in ("dtype", "shape", "strides"):
            if getattr(expected, name) != getattr(got, name):
                self.differ(kind, f"array.{name}", location, getattr(expected, name), getattr(got, name))
                return
        dtype = expected.dtype.name
        if expected.tobytes() != got.tobytes() and not self.settled(expected, got, dtype, location, None):
            self.differ(kind, "array.value", location, expected.tolist(), got.tolist(), dtype)

    # --- tensors --------------------------------------------------------------------------------------------

    def tensor(self, expected: Any, got: Any, location: Location, role: Role = VALUE) -> None:
        """Pair two tensors, or hold them to the partners they have."""
        twin = self.twins.get(id(expected))
        if twin is None and id(got) not in self.partners:
            self._pair(expected, got, location, role)
        elif twin is None or twin.got is not got:
            expected_twin = place_text(twin.location) if twin else "a new tensor"
            other = self.twins.get(self.partners.get(id(got), 0))
            got_twin = place_text(other.location) if other else "a new tensor"
            self.differ(role.kind or Observation.ALIAS, "identity", location, expected_twin, got_twin)

    def _pair(self, expected: Any, got: Any, location: Location, role: Role) -> None:
        births = (version_of(expected), version_of(got))
        twin = Twin(location, expected, got, role, births, births, (None, None))
        self.twins[id(expected)] = twin
        self.partners[id(got)] = id(expected)
        self._look(twin)
        kinds = (type(expected).__name__, type(got).__name__)
        if kinds[0] != kinds[1]:
            self._tensor_differs(
                Observation.VALUE, role, location, *kinds, dtype_name(expected.dtype), "class"
            )
        self.infers |= None in births
        told = not self.infers and not self.derived and role.kind is None  # NOTE [Births]
        if births[0] != births[1] and (None in births or told):
            dtype = dtype_name(expected.dtype)
            about = "inference" if None in births else "birth"
            self._tensor_differs(Observation.VERSION, role, location, *births, dtype, about)
        self._state(twin)
        self._memory(twin)
        self._grad_fn(twin)
        self._own_grad(twin)

    def layout(self, expected: Any, got: Any, location: Location, role: Role) -> Window | None:
        """Compare dtype, shape, stride and values, and keep the arrays; None where values cannot be compared."""
        self._count(role)
        places = place_of(expected), place_of(got)
        (_, left, shape, stride, offset, negative), (_, right, *other) = places
        dtype = dtype_name(left)
        if dtype != dtype_name(right):
            self._tensor_differs(Observation.DTYPE, role, location, dtype, dtype_name(right), dtype)
            return None
        if shape != other[0]:
            self._tensor_differs(Observation.SHAPE, role, location, list(shape), list(other[0]), dtype)
            return None
        if stride != other[1]:
            self._tensor_differs(Observation.STRIDE, role, location, stride, other[1], dtype)
        if offset != other[2]:
            self._tensor_differs(
                Observation.STRIDE, role, location, offset, other[2], dtype, "storage_offset"
            )
        if (negative or dtype.startswith("complex")) and bits_of(expected) != bits_of(got):
            bits = bits_of(expected), bits_of(got)
            self._tensor_differs(Observation.STRIDE, role, location, *bits, dtype, "bits")
        arrays = self.numbers(expected, got, dtype, location, role)
        return None if arrays is None else Window(places, arrays)

    def _count(self, role: Role) -> None:
        self.counts[role.kind or Observation.VALUE] += 1
        self.layouts += role.kind is None

    def _tensor_differs(
        self,
        kind: Observation,
        role: Role,
        location: Location,
        expected: Any,
        got: Any,
        dtype: str,
        field_name: str = "",
    ) -> None:
        """A difference of a tensor: of the kind itself, or of the role's kind with the kind as field."""
        if kind not in self.observes:
            return
        name = field_name or kind.value
        full = f"{role.name}.{name}" if role.name else name
        self.differ(role.kind or kind, full, location, expected, got, dtype)

    def numbers(
        self, expected: Any, got: Any, dtype: str, location: Location, role: Role
    ) -> tuple[Array, Array] | None:
        """Compare values and give them as arrays; None where the subject's cannot be read."""
        try:
            right = array_of(got, dtype)
        except Exception as error:  # whatever stops the subject's values from being read is a difference
            self._tensor_differs(Observation.VALUE, role, location, expected, error, dtype, "unreadable")
            return None
        left = array_of(expected, dtype)
        self._bytes(left, right, dtype, (expected, got), location, role)
        return left, right

    def _bytes(
        self, left: Array, right: Array, dtype: str, tensors: tuple[Any, Any], location: Location, role: Role
    ) -> None:
        """Compare two arrays of one shape, bytes first, and give what differs as the tensors that they show."""
        if left.tobytes() == right.tobytes() or self.settled(left, right, dtype, location, tensors[1]):
            return
        self._tensor_differs(Observation.VALUE, role, location, *tensors, dtype)
        if self._excuse(right, dtype, location):
            overwrite(left, right, dtype, tensors[1], self.modules[1])

    def _excuse(self, got: Any, dtype: str, location: Location) -> bool:
        """Whether the reference itself gives `got`, computing in another way; the difference is excused then."""
        for rendition, find in self.renditions:
            value = find(location)
            if not is_tensor(value) or dtype_name(value.dtype) != dtype or tuple(value.shape) != got.shape:
                continue
            if self.settled(array_of(value, dtype).copy(), got.copy(), dtype, location, None):
                found = self.found.pop()
                named = f"{found.field} by {rendition.cause}"
                self.excused.append(
                    replace(found, field=named, reason=rendition.reason, other=text_of(value))
                )
                return True
        return False

    def settled(self, expected: Any, got: Any, dtype: str, location: Location, tensor: Any) -> bool:
        """Whether two arrays of unequal bytes agree after all; then the reference's bits are put in both."""
        if expected.dtype != got.dtype or expected.shape != got.shape:
            return False
        verdict = compare(expected, got, dtype, self.worked_with)
        shakable = verdict is Verdict.DIFFERENT and dtype in WIDEST
        if self.wide is None and (verdict is Verdict.OPEN or shakable):
            self.unsettled = True
            return True
        if verdict in (Verdict.OPEN, Verdict.DIFFERENT):
            narrow = self.precision(location, dtype) if dtype in EPSILON else dtype
            asked = verdict is Verdict.OPEN or narrow != dtype
            open_and_near = asked and self._arbitrated(expected, got, narrow, location)
            if not open_and_near and not self._within_spread(expected, got, narrow, location):
                return False
            self.arbitrated += 1
        self.rounded += verdict is Verdict.ROUNDED
        overwrite(expected, got, dtype, tensor, self.modules[1])
        return True

    def _arbitrated(self, expected: Any, got: Any, dtype: str, location: Location) -> bool:
        assert self.wide is not None
        wide = array_at(self.wide, location)
        truth = expected if wide is None else wide  # without an arbiter the reference is without error
        return arbitrate(expected, got, truth, dtype, self.worked_with)

    def _within_spread(self, expected: Any, got: Any, dtype: str, location: Location) -> bool:
        self.contested = True
        arrays = [array_at(find, location) for find in self.shaken]
        present = [array for array in arrays if array is not None]
        return within_spread(expected, got, present, dtype, self.worked_with)

    def _state(self, twin: Twin) -> None:
        """Compare how far the version has gone since birth, leafness and requires_grad."""
        self.states += 1
        left, right = twin.expected, twin.got
        versions = (version_of(left), version_of(right))
        if versions != twin.versions:
            twin.versions = versions
            if gone(twin.births[0], versions[0]) != gone(twin.births[1], versions[1]):
                dtype = dtype_name(left.dtype)
                self._tensor_differs(Observation.VERSION, twin.role, twin.location, *versions, dtype)
        flags = (*flags_of(left), *flags_of(right))
        if flags != twin.flags:
            twin.flags = flags
            dtype = dtype_name(left.dtype)
            if flags[0] != flags[2]:
                twin.failed |= isinstance(flags[0], str) and fault(flags[0]) is not None
                self._tensor_differs(Observation.LEAF, twin.role, twin.location, *flags[::2], dtype)
            if flags[1] != flags[3] and not twin.failed:
                self._tensor_differs(Observation.REQUIRES_GRAD, twin.role, twin.location, *flags[1::2], dtype)

    def _memory(self, twin: Twin) -> None:
        """Compare which tensors share storage: equal addresses on one side are equal on the other."""
        memory = (memory_of(twin.expected), memory_of(twin.got))
        if memory == twin.memory:
            return
        twin.memory = memory
        if None in memory:
            return
        for other in self.twins.values():
            if other is not twin and (other.memory[0] == memory[0]) != (other.memory[1] == memory[1]):
                # It may have been given other memory since, and what it had been freed and used again.
                now = (memory_of(other.expected), memory_of(other.got))
                if now[0] is None or (now[0] == memory[0]) == (now[1] == memory[1]):
                    continue
                with_other = f"storage with {place_text(other.location)}"
                texts = f"shares {with_other}", f"does not share {with_other}"
                left, right = texts if now[0] == memory[0] else reversed(texts)
                dtype = dtype_name(twin.expected.dtype)
                self._tensor_differs(Observation.ALIAS, twin.role, twin.location, left, right, dtype)
                return

    def _grad_fn(self, twin: Twin) -> None:
        if twin.failed or Observation.GRAPH not in self.observes:
            return
        (expected, problem), (got, other) = read(twin.expected, "grad_fn"), read(twin.got, "grad_fn")
        location = (*twin.location, "grad_fn")
        if problem or other:  # a view modified through its base in a forbidden way has no grad_fn to read
            if problem != other:
                self.differ(Observation.GRAPH, "error", location, problem, other)
        elif expected is None and got is None:
            return
        elif expected is None or got is None:
            self.differ(Observation.GRAPH, "none", location, expected, got, dtype_name(twin.expected.dtype))
        elif self.nodes.get(id(expected), (None, None))[1] is not got:
            self.node(expected, got, location)

    def _own_grad(self, twin: Twin) -> None:
        """Compare `.grad`, its presence first; a non-leaf that does not retain it is not asked."""
        left, right = twin.expected, twin.got
        if Observation.GRAD not in self.observes:
            return
        # Either is asked, for asking brings the history of a view up to date.
        kept = keeps_grad(left), keeps_grad(right)
        if kept[0] != kept[1] and not twin.failed:
            self.differ(Observation.GRAD, "retained", twin.location, *kept)
        if not all(kept) or twin.failed:
            return
        expected, got = left.grad, right.grad
        location = (*twin.location, "grad")
        if expected is None or got is None:
            if expected is not got:
                self.differ(Observation.GRAD, "none", location, expected, got, dtype_name(left.dtype))
            self._drop_grad(twin)
            twin.grads = (expected, got)
        elif expected is not twin.grads[0] or got is not twin.grads[1]:
            self._drop_grad(twin)
            twin.grads = (expected, got)
            self.tensor(expected, got, location, GRAD)

    def _drop_grad(self, twin: Twin) -> None:
        """Forget a gradient that was replaced, unless the program holds it under a name of its own."""
        expected, got = twin.grads
        held = self.twins.get(id(expected))
        if held is not None and held.role is GRAD:
            del self.twins[id(expected)]
            self.partners.pop(id(got), None)

    # --- the graph ------------------------------------------------------------------------------------------

    def node(self, expected: Any, got: Any, location: Location) -> None:
        """Pair two nodes and all that are behind them and new."""
        waiting = [(expected, got, location)] if Observation.GRAPH in self.observes else []
        while waiting:
            left, right, place = waiting.pop()
            known = self.nodes.get(id(left))
            if known is not None or id(right) in self.node_partners:
                if known is None or known[1] is not right:
                    self.differ(Observation.GRAPH, "edge", place, left, right)
                continue
            self.nodes[id(left)] = (left, right)
            self.node_partners[id(right)] = id(left)
            waiting += self._new_node(left, right, place)

    def _new_node(self, left: Any, right: Any, place: Location) -> list[tuple[Any, Any, Location]]:
        """Compare one node with its twin; the pairs of nodes behind it."""
        self.counts[Observation.GRAPH] += 1
        if left.name() != right.name():
            self.differ(Observation.GRAPH, "name", place, left.name(), right.name())
        ahead, other = left.next_functions, right.next_functions
        shape = [None if node is None else index for node, index in ahead]
        if shape != [None if node is None else index for node, index in other]:
            self.differ(Observation.GRAPH, "edges", place, edges_of(ahead), edges_of(other))
            return []
        if Observation.SAVED in self.observes:
            self._saved(left, right, place)
        variable = getattr(left, "variable", None)
        if variable is not None:
            self._variable(variable, getattr(right, "variable", None), (*place, "variable"))
        return [
            (ahead[at][0], other[at][0], (*place, "next_functions", at, 0))
            for at, index in enumerate(shape)
            if index is not None
        ]

    def _variable(self, expected: Any, got: Any, location: Location) -> None:
        """The leaf that a node accumulates into must be the partner of the other side's, where it has one."""
        twin = self.twins.get(id(expected))
        if (twin.got if twin else None) is not got and (twin is not None or id(got) in self.partners):
            self.differ(Observation.GRAPH, "variable", location, expected, got)

    def _saved(self, left: Any, right: Any, place: Location) -> None:
        names, others = saved_names(left), saved_names(right)
        if names != others:
            self.counts[Observation.SAVED] += 1
            self.differ(Observation.SAVED, "names", place, names, others)
        places, others_places = raw_names(left), raw_names(right)
        if places != others_places:
            self.differ(Observation.SAVED, "raw names", place, places, others_places)
        for name in names:
            if name in others:
                self.saved(left, right, name, (*place, name))

    def saved(self, left: Any, right: Any, name: str, location: Location) -> None:
        """Compare one saved value, or the error that reading it raises."""
        self.counts[Observation.SAVED] += 1
        (expected, problem), (got, other) = read(left, name), read(right, name)
        if problem or other:
            if not self.same_text(problem, other):
                self.differ(Observation.SAVED, f"{name}.error", location, problem, other)
            return
        turn_alike(left, name, expected, got, self.modules[1])
        self._saved_value(expected, got, name, location)

    def _saved_value(self, expected: Any, got: Any, name: str, location: Location) -> None:
        role = Role(Observation.SAVED, name)
        if is_tensor(expected) and is_tensor(got):
            if self.layout(expected, got, location, role) is not None:
                self._saved_state(expected, got, name, location)
        elif (
            isinstance(expected, tuple | list)
            and isinstance(got, list if isinstance(expected, list) else tuple)
            and len(expected) == len(got)
        ):
            for place, (one, two) in enumerate(zip(expected, got, strict=True)):
                self._saved_value(one, two, name, (*location, place))
        elif not same_plain(expected, got):
            self.differ(Observation.SAVED, name, location, expected, got)

    def _saved_state(self, expected: Any, got: Any, name: str, location: Location) -> None:
        """Compare how a saved tensor stands in the graph."""
        for part in SAVED_STATE:
            one, other = getattr(expected, part), getattr(got, part)
            if one != other:
                self.differ(Observation.SAVED, f"{name}.{part}", location, one, other)

    def freed(self) -> None:
        """Compare, for nodes known so far, whether what they saved can still be read.

        Of what one hook unpacks, as all that a checkpointed call has saved, the first is read, and runs the call
        again; of the others it is enough that they are still held.
        """
        if Observation.SAVED not in self.observes:
            return
        asked: set[Any] = set()
        for left, right in self.nodes.values():
            names = saved_names(left)
            if not names or names != saved_names(right):
                continue
            for name in names:
                hooks = unpack_hook(left, name), unpack_hook(right, name)
                if hooks[0] in asked and hooks[1] in asked:
                    continue
                asked.update({*hooks} - {None})
                problem, other = read(left, name)[1], read(right, name)[1]
                if not self.same_text(problem, other):
                    location = (left.name(), name)
                    states = problem or "can be read", other or "can be read"
                    self.differ(Observation.SAVED, "freed", location, *states)

    # --- after each statement -------------------------------------------------------------------------------

    def again(self, written: Collection[str] | None = None) -> None:
        """Look at all live tensors again.

        With `written`, the names of what may have been written to, only gradients are looked for at others,
        save where a version tells of a write.
        """
        touched = [
            twin
            for twin in self.twins.values()
            if written is None or twin.location[0] in written or twin.moved()
        ]
        for twin in touched:
            self.reread(twin)
        for expected, got, location in self.arrays:
            self._array(expected, got, location, Observation.VALUE)
        for twin in touched:
            self._state(twin)
            self._grad_fn(twin)
        for twin in list(self.twins.values()):
            self._own_grad(twin)

    def reread(self, twin: Twin) -> None:
        """Compare layout, values and sharing of a twin once more."""
        window = twin.window
        if window is None or window.places != (place_of(twin.expected), place_of(twin.got)):
            self._look(twin)
            self._memory(twin)
            return
        self._count(twin.role)
        tensors = twin.expected, twin.got
        self._bytes(*window.arrays, dtype_name(twin.expected.dtype), tensors, twin.location, twin.role)

    def _look(self, twin: Twin) -> None:
        window = self.layout(twin.expected, twin.got, twin.location, twin.role)
        twin.window = window if window is not None and window.lasting() else None
