"""An op: everything that its row declares, in the form that dispatch reads."""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import dtype
from mini_autograd.op.schema import Kind, Schema

# How the dtype that a kernel computes in follows from those of its arguments.
AS_IS, SAME, PROMOTE, TO_FLOAT, CUSTOM = range(5)

# Half types are computed in float32, and numbers beside them as they are, not rounded to the half type; or they are on
# the host, while a GPU's kernel takes them as they are.
EXACT, ON_HOST = 2, 3

# Where the strides of a result come from: nowhere, from all the tensors, which broadcast; from these and from a number
# that counts as a tensor without dimensions; from the first alone, as a copy's do; so where that is complex.
ELEMENTWISE, BESIDE_NUMBER, LIKE, LIKE_COMPLEX = 1, 2, 3, 4

# Of tensors with bits (NOTE [Bits]) the kernel is given the elements, not the memory.
RESOLVED = -1

# Where a saved value comes from.
TENSOR, TENSORS, SIZES, PLAIN, OUTPUT, STRIDES, NDIM, GEOMETRY, NUMEL, INFO, ARGSIZE = range(11)
# One size of an argument is ARGSIZE and its dimension, or FROM_END less how far that is from the end; of an output,
# which can be counted from the end only, OUTPUT_SIZE and how far.
FROM_END, OUTPUT_SIZE = 50, 100


class Save:
    """One value that a node keeps: formulas that name it find it under its position among ``Op.saves``.

    ``guard``: the only differentiable argument whose formula uses it, so that it is kept only if that argument
    needs a gradient; -1 when it is kept always.
    """

    __slots__ = ("guard", "index", "kind", "name")

    def __init__(self, name: str, kind: int, index: int, guard: int) -> None:
        self.name = name
        self.kind = kind
        self.index = index
        self.guard = guard


class Formula:
    """A derivative: ``function`` takes, in order, the values at ``slots`` (0: the gradient, k: saved value k - 1,
    -1: the tuple of gradients, -2: the tuple of flags saying which arguments need one)."""

    __slots__ = ("function", "slots")

    def __init__(self, function: Any, slots: tuple) -> None:
        self.function = function
        self.slots = slots


class Op:
    """One overload of an op. See ``declare.op`` for what a row can say; positions are those of schema arguments."""

    __slots__ = (
        "alias",
        "always_below",
        "arguments",
        "below",
        "bits",
        "bundle",
        "check",
        "composite",
        "custom_dtype",
        "defaults",
        "differentiable",
        "direct",
        "elementwise",
        "formula_order",
        "formulas",
        "free",
        "functional",
        "has_lists",
        "in_place",
        "joint",
        "jvp",
        "kernel",
        "kinds",
        "laid",
        "linked_apart",
        "links_integers",
        "multi_view",
        "n_arguments",
        "n_derived",
        "n_outputs",
        "n_positional",
        "n_required",
        "name",
        "names",
        "node_class",
        "node_name",
        "numbers",
        "opmath",
        "output_names",
        "plain",
        "promoted",
        "puts_off",
        "result_dtype",
        "rounded",
        "rule",
        "saves",
        "schema",
        "strict",
        "take_real",
        "tensors",
        "varargs",
    )

    def __init__(self, schema: Schema) -> None:
        self._read(schema)
        self.alias = -1
        # Which bits the result has that its argument has not, or the other way round; RESOLVED where it has none.
        self.bits = RESOLVED
        # Whether arguments with bits leave the result to be conjugated.
        self.puts_off: Any = None
        self.multi_view = False
        # Whether ``below`` counts also where nothing needs a gradient.
        self.always_below = False
        self.in_place = False
        self.numbers = False
        self.varargs = -1
        self.kernel: Any = None
        self.direct: Any = None
        self.plain: Any = None
        self.composite: Any = None
        # What the op comes to where inference tensors alone need gradients, and it is not recorded itself.
        self.below: Any = None
        self.check: Any = None
        self.rule = SAME
        self.custom_dtype: Any = None
        self.result_dtype: Any = None
        self.opmath: int = True
        self.rounded: tuple = ()
        # Whether what is tracked may be written over without a trace.
        self.free = False
        # Whether there is more to the node's edges than one for each differentiable argument.
        self.linked_apart = self.has_lists
        # Whether what an integer is written from is looked at, and packed, as if it had a history.
        self.links_integers = True
        # Whether a complex gradient of a real tensor is an error; else its real part is taken.
        self.strict = False
        # Whether the formulas themselves take the real part; else whoever runs the node does.
        self.take_real = False
        self.elementwise: int = False
        # The tensors that the strides of an elementwise result come from, in the order in which torch reads them.
        self.laid: tuple = self.tensors
        self.promoted: tuple = self.tensors
        self.differentiable: tuple = ()
        self.formula_order: tuple = ()
        self.formulas: tuple = ()
        self.functional: Any = None
        self.joint: Any = None
        self.jvp: Any = None
        self.saves: tuple = ()
        self.node_class: Any = None
        self.node_name = ""
        self.kinds: tuple = ()
        self.defaults: list = []
        self.n_required = 0

    def _read(self, schema: Schema) -> None:
        """Fill in what the schema says."""
        arguments = schema.arguments
        self.schema = schema
        self.name: str = schema.name
        self.arguments: tuple = arguments
        self.names: tuple = tuple([argument.name for argument in arguments])
        self.n_arguments = len(arguments)
        self.n_positional = len([argument for argument in arguments if not argument.kwarg_only])
        self.tensors: tuple = tuple(
            [i for i, argument in enumerate(arguments) if argument.type.kind is Kind.TENSOR]
        )
        self.has_lists = any([arguments[i].type.is_list for i in self.tensors])  # noqa: C419 -- as fast as can be
        self.n_outputs = len(schema.returns)
        # How many outputs, from the first, are part of the graph.
        # Of a list, which may have any length, all.
        self.n_derived = 2**31 if any(one.is_list for one in schema.returns) else self.n_outputs
        # What several outputs are returned as.
        self.bundle: Any = tuple
        several = self.n_outputs > 1
        self.output_names: tuple = tuple(
            [one.name or (f"result{i}" if several else "result") for i, one in enumerate(schema.returns)]
        )

    def is_plain(self) -> bool:
        """Whether calls with nothing but its tensors may be run by the kernel's loop alone: NOTE [Plain calls]."""
        return (
            self.plain is not None
            and bool(self.elementwise)
            and not self.in_place
            and (self.result_dtype is None or isinstance(self.result_dtype, dtype))
            and (self.rule in (SAME, PROMOTE, TO_FLOAT) or getattr(self.custom_dtype, "keeps_floats", False))
            and self.tensors == tuple(range(self.plain.nin))
            and self.n_required == self.plain.nin + self.plain.numbered
        )

    def __repr__(self) -> str:
        return f"<op {self.schema}>"
