"""Declares an op: one row says what it computes, in which dtype, and its derivatives."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from mini_autograd.graph.operations import F, Operations
from mini_autograd.kernels.host import is_direct
from mini_autograd.op.binding import Packet, Parameter
from mini_autograd.op.formula import read_formulas
from mini_autograd.op.forward import WORDS
from mini_autograd.op.node_class import NO_DERIVATIVE, node_class
from mini_autograd.op.out_overload import OVERLOADS
from mini_autograd.op.row import (
    AS_IS,
    BESIDE_NUMBER,
    CUSTOM,
    ELEMENTWISE,
    LIKE,
    LIKE_COMPLEX,
    PROMOTE,
    SAME,
    TO_FLOAT,
    Op,
)
from mini_autograd.op.schema import REQUIRED, Kind, parse
from mini_autograd.return_types import return_type

as_is, same, promote, to_float, like, like_complex = AS_IS, SAME, PROMOTE, TO_FLOAT, LIKE, LIKE_COMPLEX

# Every public function by name, in the order of declaration; ``methods`` and the namespaces are made from
# these.
FUNCTIONS: dict[str, Packet] = {}
METHODS: dict[str, Packet] = {}
INTERNAL: dict[str, Packet] = {}
# Those that ``nn.functional`` alone has; and ``fft``, ``linalg`` and ``special``, by names that begin with theirs.
NN: dict[str, Packet] = {}
FFT: dict[str, Packet] = {}
LINALG: dict[str, Packet] = {}
SPECIAL: dict[str, Packet] = {}


def op(
    schema: str,
    kernel: Callable[..., Any] | None = None,
    *,
    dtype: Any = same,
    result: Any = None,
    derived: int | None = None,
    promoted: tuple[str, ...] | None = None,
    opmath: int = True,
    rounded: tuple[str, ...] = (),
    elementwise: int = False,
    laid: tuple[str, ...] | None = None,
    plain: Callable[..., Any] | None = None,
    check: Callable[..., None] | None = None,
    jvp: Any = None,
    below: Callable[..., Any] | None = None,
    always_below: bool = False,
    grad_fn: str | tuple[str, str] | None = None,
    joint: tuple[tuple[str, ...], Callable[..., Any]] | None = None,
    composite: Callable[..., Any] | None = None,
    numbers: bool = False,
    strict: bool = False,
    take_real: bool = False,
    free: bool = False,
    bits: int | None = None,
    puts_off: Callable[..., int] | None = None,
    in_place: bool | str = False,
    write: Callable[..., Any] | None = None,
    aliases: tuple[str, ...] = (),
    variants: str = "function method",
    **formulas: Callable[..., Any],
) -> Op:
    """Declare one overload and return it.

    ``schema``: torch's native schema. ``kernel``: a function of the schema's arguments with arrays for tensors, or
    ``composite``: a function of the arguments as they are, made of other ops. ``dtype``: what the kernel computes in:
    ``same`` (as its first tensor), ``promote``, ``to_float`` (promoted, integers to the default floating type),
    ``as_is`` (no casts) or a function of the arguments; ``promoted`` names the arguments this is about, if not all
    tensors. ``result``: the dtype of the result, or of each, where it is another: a dtype or a function of the
    computing dtype. ``derived``: how many of several results, from the first, are in the graph, if not all. Half
    types are computed in float32, after other tensors, and the numbers that ``rounded`` names, were rounded to them;
    ``opmath=False``: as they are, ``EXACT``: without rounding 0-d tensors, ``ON_HOST``: as they are on a GPU.
    ``elementwise``: the result takes its strides from the tensors, which broadcast, with ``like`` from the first as a
    copy does, with ``like_complex`` if it is complex; ``laid`` names the tensors if they are not read in the order of
    the schema. ``plain``: the ufunc that ``kernel`` comes to on floating tensors and defaults, which also pass
    ``check``, where that is not the kernel itself. ``check``: raises for bad arguments. ``bits``: those that a view
    turns, 0 to leave them as they are; of others the kernel is given the elements. ``puts_off``: whether arguments,
    some of which have bits, leave the result a conjugate. ``below``: what torch makes of the op where it is given
    nothing but inference tensors, and so is not recorded, but what it is made of may be: where one of them needs a
    gradient, or with ``always_below`` anyway. ``jvp``: see ``op.forward``. ``grad_fn``: the node's name where torch's
    ordinal is not 0; a pair where the variant in place has a name of its own. ``joint=((names), function)``: one
    formula that gives the gradients of several arguments. ``numbers``: Python numbers pass for tensors. ``strict``: a
    complex gradient of a real tensor is an error; ``take_real``: its real part is taken also where the node is called
    by hand. ``in_place``: there is a variant with a trailing underscore, a method, or the variants named; ``write``:
    its kernel where that writes its first argument itself, which it returns; ``free``: it takes leaves. ``aliases``:
    other names, for the variant in place too. ``variants``: where it is public: ``function``, ``method``, both,
    ``nn``, ``fft``, ``linalg``, ``special`` in that space, ``internal`` for ``F`` alone, or ``in place`` where
    another row has the op out of place. Other keywords: the formula of the argument of that name; its parameters say
    what is saved.
    """
    row = Op(parse(schema))
    row.kernel, row.composite, row.check, row.opmath = kernel, composite, check, opmath
    row.numbers, row.elementwise, row.result_dtype = numbers, layout_rule(row, elementwise), result
    row.laid = row.laid if laid is None else tuple([row.names.index(name) for name in laid])
    row.strict, row.take_real, row.free, row.puts_off = strict, take_real, free, puts_off
    row.below, row.always_below, row.direct = below, always_below, kernel if is_direct(kernel) else None
    row.plain = plain if is_direct(plain) else None if check else row.direct
    if derived is not None:
        row.n_derived = derived
    if not (jvp is None or callable(jvp) or isinstance(jvp, Op) or jvp in WORDS):
        raise ValueError(f"{schema}: jvp must be a function, an op or one of {WORDS}, not {jvp!r}")
    row.jvp = jvp
    read_alias(row)
    row.bits = row.bits if bits is None else bits
    read_dtypes(row, dtype, promoted, rounded)
    read_names(row)
    read_formulas(row, formulas, joint)
    names = grad_fn if isinstance(grad_fn, tuple) else (grad_fn or node_name(row.name),) * 2
    name_node(row, names[0])
    read_parameters(row)
    if variants != "in place":
        for name in (row.name, *aliases):
            publish(row, name, variants)
    if in_place:
        written = in_place_variant(row, names[1], write)
        for name in (row.name, *aliases):
            publish(written, f"{name}_", "method" if in_place is True else str(in_place))
    return row


def read_names(row: Op) -> None:
    """Several outputs that all have names are returned as a tuple that has them too."""
    if row.n_outputs > 1 and all(returned.name for returned in row.schema.returns):
        row.bundle = partial(tuple.__new__, return_type(row.name, row.output_names))
        if row.schema.full_name in OVERLOADS:
            return_type(f"{row.name}_out", row.output_names)


def family(**defaults: Any) -> Callable[..., Op]:
    """``op`` with the defaults that the rows of a family share."""
    return partial(op, **defaults)


def in_place_variant(row: Op, node_name: str, write: Callable[..., Any] | None) -> Op:
    """The op that writes its result over its first argument."""
    written = copy.copy(row)
    written.in_place = True
    written.name = row.name + "_"
    written.functional = row
    written.links_integers = not node_name.endswith("::CopyBackwards")  # which torch makes by hand
    if write is not None:
        written.kernel, written.direct = write, None
    name_node(written, node_name)
    return written


def layout_rule(row: Op, elementwise: int) -> int:
    """Where the strides come from; a number is an operand where it is in the place of a tensor."""
    operand = any(one.kind is Kind.SCALAR and one.name in ("self", "other") for one in row.arguments)
    return BESIDE_NUMBER if operand and elementwise == ELEMENTWISE else elementwise


def read_dtypes(row: Op, rule: Any, promoted: tuple[str, ...] | None, rounded: tuple[str, ...]) -> None:
    """In what the kernel computes, and which arguments that is about; a view's kernel takes them as they are."""
    row.rule, row.custom_dtype = (CUSTOM, rule) if callable(rule) else (rule, None)
    if row.rule == SAME and (not row.tensors or row.alias >= 0):
        row.rule = AS_IS
    if promoted is not None:
        row.promoted = tuple([row.names.index(name) for name in promoted])
    row.rounded = tuple([row.names.index(name) for name in rounded])


def read_parameters(row: Op) -> None:
    """How values are bound to the arguments, and whether edges follow from them one by one."""
    row.linked_apart = row.has_lists or row.node_name == NO_DERIVATIVE
    row.kinds = tuple([Parameter(argument, row.numbers) for argument in row.arguments])
    row.defaults = [parameter.default for parameter in row.kinds]
    row.n_required = max((i + 1 for i, default in enumerate(row.defaults) if default is REQUIRED), default=0)
    row.varargs = varargs_position(row)


def read_alias(row: Op) -> None:
    """A result marked ``Tensor(a)`` is a view of the argument so marked; ``Tensor(a)[]`` several."""
    for returned in row.schema.returns:
        alias = returned.alias
        if alias is not None and not alias.endswith("!"):
            name = alias.split("->")[0].strip()
            marked = [i for i in row.tensors if (row.arguments[i].alias or "").split("->")[0].strip() == name]
            if not marked:
                raise ValueError(f"{row.schema}: no argument is marked ({name})")
            row.alias = marked[0]
            row.bits = 0
    row.multi_view = any(returned.type.is_list for returned in row.schema.returns)


def node_name(name: str) -> str:
    """``MulBackward0``, ``LogSoftmaxBackward0``: the parts of the name in title case."""
    return "".join(part.title() for part in name.split("_")) + "Backward0"


def name_node(row: Op, name: str) -> None:
    row.node_name = name
    row.node_class = node_class(row)


def varargs_position(row: Op) -> int:
    """Where a method takes several ints for one list, as ``x.permute(1, 0)`` and ``zeros(2, 3)`` do; -1 for
    nowhere."""
    positional = [argument for argument in row.arguments if not argument.kwarg_only]
    last = len(positional) - 1
    takes_ints = positional and positional[last].kind is Kind.INT and positional[last].is_list
    alone = last == 0 or (last == 1 and positional[0].name == "self")
    return last if takes_ints and alone else -1


def with_whole_lists(row: Op) -> Op:
    """The row as it is called from outside, where no element of a list may be None."""
    if not any(argument.optional_elements for argument in row.arguments):
        return row
    public = copy.copy(row)
    whole = [
        replace(argument, type=replace(argument.type, optional_elements=False)) for argument in row.arguments
    ]
    public.kinds = tuple([Parameter(argument, row.numbers) for argument in whole])
    return public


def publish(row: Op, name: str, variants: str) -> None:
    """Add the overload to ``F``, and to the functions and methods that it is a variant of."""
    tables = [(INTERNAL, True)]
    if "function" in variants:
        tables.append((FUNCTIONS, False))
    if "nn" in variants:
        tables.append((NN, False))
    if "fft" in variants:
        tables.append((FFT, False))
    if "special" in variants:
        tables.append((SPECIAL, False))
    if "linalg" in variants:
        tables.append((LINALG, False))
    if "method" in variants and row.names[:1] == ("self",) and row.arguments[0].kind is Kind.TENSOR:
        tables.append((METHODS, True))
    for table, method in tables:
        if name not in table:
            table[name] = Packet(name, method)
        table[name].add(row if table is INTERNAL else with_whole_lists(row))
    if not hasattr(Operations, name):
        setattr(F, name, INTERNAL[name])
