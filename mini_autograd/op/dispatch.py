"""How an op runs: checks, promotion, kernel, and, while recording, a node. Every op, forward and backward, comes here.

NOTE [Cost]: the backward pass is made of ops that are not recorded, so what recording needs is behind one test.

NOTE [Plain calls]: most elementwise calls are on one or two contiguous float tensors of one type, perhaps with a
Python number. For those there is nothing to promote, cast or arrange, and :func:`execute_plain` goes from the tensors
to the loop. It gives up, without having done anything, on whatever is not plain.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from mini_autograd import dtypes, errors
from mini_autograd import tensor as tensors
from mini_autograd.dtypes import COMPLEX, FLOAT, dtype
from mini_autograd.graph import collector, modes, view
from mini_autograd.graph.replay import take_step
from mini_autograd.graph.version import count_write
from mini_autograd.graph.view import (
    DEFAULT,
    INFERENCE,
    MULTI_OUTPUT,
    NO_GRAD,
    check_in_place,
    rebase_history,
)
from mini_autograd.kernels.by_array import cast_with_room, check_apart, is_tangled, restrided
from mini_autograd.kernels.lookup import settled
from mini_autograd.kernels.shared import memory
from mini_autograd.kernels.shared.arrangement import (
    elementwise_strides,
    layout_of,
    layout_of_cast,
    lies_as_wanted,
)
from mini_autograd.kernels.shared.overlap import check_single, places
from mini_autograd.op import recorded
from mini_autograd.op.bits import put_off, resolve_arguments, write_elements
from mini_autograd.op.cast import cast, overwrite
from mini_autograd.op.device import run_elsewhere
from mini_autograd.op.forward import push_forward, snapshot
from mini_autograd.op.row import AS_IS, BESIDE_NUMBER, CUSTOM, EXACT, LIKE, LIKE_COMPLEX, SAME, TO_FLOAT, Op
from mini_autograd.op.rules import check_broadcast, check_cast, result_type, to_float
from mini_autograd.tensor import BITS, WRAPPED, TensorBase
from mini_autograd.warning import warn_discarded

ndarray = np.ndarray


def execute(op: Op, args: list) -> Any:
    """Run ``op`` on ``args``, one value for each argument of its schema; its output or a tuple of them."""
    switches = modes.current()
    if switches.level > 0:
        return switches.layers[-1].execute(op, args)
    if op.composite is not None:
        return op.composite(*args)
    if op.in_place:
        return execute_in_place(op, args, switches)
    if op.direct is not None and op.direct.complete:
        quick = execute_complete(op, args, switches)
        if quick is not None:
            return quick
    given = tensors_in(op, args)
    recording = op.differentiable and switches.grad and not switches.inference and any_requires_grad(given)
    if op.below is not None and not recording and is_needed_below(op, given, switches):
        return op.below(*args)
    if recording and op.alias >= 0:
        source = args[op.alias]
        recording = not source._inference
    seen = resolve_arguments(op, args) if op.bits < 0 and have_bits(given) else args
    if seen is not args:
        given = tensors_in(op, seen)
    try:
        if op.check is not None:
            op.check(*args)
        kind = computing_dtype(op, args, given)
        result = run_kernel(op, seen, kind, switches.run)
    except Exception as error:
        if recording:
            save_before(error, op, args, False)
        raise
    if op.elementwise:
        result = arrange(op, seen, result, given, kind)
    if op.n_outputs == 1 and not op.multi_view:
        output = output_of(op, result, kind, 0, args)
        if op.elementwise and kind is not None and kind.opmath is not None:
            # Rounding to a half type may have moved it.
            output._array = arrange(op, seen, output._array, given, kind)
        if seen is not args and op.puts_off is not None:
            put_off(op, args, output)
        if op.alias >= 0:
            mark_views(op, [output], args, switches)
        elif switches.inference:
            output._inference = True
        if switches.level >= 0:
            finish_dual(op, args, [output], bool(recording))
        elif recording:
            recorded.finish_one(recorded.record(op, args, False), op, output)
        return output
    return several(op, args, result, kind, bool(recording), switches)


def save_before(error: Exception, op: Op, args: list, in_place: bool) -> None:
    """Save the arguments, as torch has by the time of the error, and says first what cannot be; but for one about
    what may not need a gradient, with which it begins."""
    if not getattr(error, "of_constant", False):
        recorded.record(op, args, in_place)


def several(op: Op, args: list, result: Any, kind: Any, recording: bool, switches: modes.Modes) -> Any:
    """The outputs of an op that has more than one, of what its kernel gave."""
    outputs = [
        None if one is None else output_of(op, one, kind, index, args) for index, one in enumerate(result)
    ]
    if op.alias >= 0:
        mark_views(op, outputs, args, switches)
    elif switches.inference:
        for made in outputs:
            if made is not None:
                made._inference = True
    if switches.level >= 0:
        finish_dual(op, args, outputs, recording)
    elif recording:
        recorded.finish(recorded.record(op, args, False), op, outputs)
    return op.bundle(outputs)


def finish_dual(op: Op, args: list, outputs: list, recording: bool) -> None:
    """Record, and push tangents forward: what is saved of the outputs is saved with their tangents."""
    if not recording:
        push_forward(op, args, outputs)
        return
    node = recorded.record(op, args, False)
    recorded.tie(node, op, outputs)
    push_forward(op, args, outputs)
    recorded.save_outputs(node, op, outputs)


def execute_complete(op: Op, args: list, switches: modes.Modes) -> Any:
    """Run an op whose kernel looks at all its arguments itself, on floating tensors of one type, or of any type for
    a view; None on others."""
    if switches.level >= 0 or switches.inference:
        return None
    arrays = args[:]
    kind: Any = None
    wanted = False
    tracked = False
    for position in op.tensors:
        if args[position] is None:
            continue
        if not isinstance(args[position], TensorBase):
            return None
        tensor = args[position]
        if tensor._marks:
            return None
        if op.promoted is op.tensors or position in op.promoted:
            if kind is None:
                kind = tensor._dtype
            if tensor._dtype is not kind:
                return None
        if type(tensor._array) is not ndarray:
            return None
        wanted = wanted or tensors.requires_grad(tensor)
        tracked = tracked or not tensor._inference
        arrays[position] = tensor._array
    if kind is None or (op.alias < 0 and kind.category != FLOAT) or (op.below is not None and not tracked):
        return None
    result = op.direct.run(arrays)
    if result is None:
        return None
    recording = wanted and tracked and switches.grad and len(op.differentiable) > 0
    if op.n_outputs > 1:
        made = [None if one is None else tensors.wrap(one, kind) for one in result]
        return op.bundle(several_outputs(op, args, made, recording))
    output = tensors.wrap(result, kind)
    if op.alias >= 0:
        mark_views(op, [output], args, switches)
    if recording:
        recorded.finish_one(recorded.record(op, args, False), op, output)
    return output


def several_outputs(op: Op, args: list, outputs: list, recording: bool) -> list:
    if recording:
        recorded.finish(recorded.record(op, args, False), op, outputs)
    return outputs


def execute_plain(op: Op, left: TensorBase, right: Any, number: Any) -> Any:
    """Run an elementwise op with a direct kernel; None if that is not plain.

    It is run on ``left`` and, unless they are None, on ``right``, a tensor, and ``number``, which is Python's.
    """
    kind = left._dtype
    if left._marks or kind.category < FLOAT:
        return None
    if right is not None:
        other = right
        if other._dtype is not kind and not other._marks:
            return None
    switches = modes.current()
    if switches.level >= 0 or switches.inference or (left._inference and op.below is not None):
        return None
    result = plain_result(op, left, right, number)
    if result is None:
        return None
    output = tensors.wrap(result, kind if op.result_dtype is None else op.result_dtype)
    # Beside an inference tensor a number that stands for a tensor is one that is not.
    counted = number is not None and not op.plain.numbered and tensors.requires_grad(left)
    if switches.grad and op.differentiable and (counted or is_tracked(left, right)):
        recorded.finish_one(recorded.record(op, plain_args(op, left, right, number), False), op, output)
    return output


def is_tracked(left: TensorBase, right: Any) -> bool:
    """:func:`any_requires_grad` of one or two tensors."""
    if tensors.requires_grad(left):
        return not left._inference or any_tracked([left, right])
    if right is None:
        return False
    other = right
    return tensors.requires_grad(other) and (not other._inference or any_tracked([left, right]))


def plain_args(op: Op, left: TensorBase, right: Any, number: Any) -> list:
    """One value for each argument of the op's schema."""
    args = op.defaults[:]
    args[0] = left
    at = 1
    if right is not None:
        args[1] = right
        at = 2
    if number is not None:
        args[at] = number if op.plain.numbered else tensors.wrap_number(number)
    return args


def plain_result(op: Op, left: TensorBase, right: Any, number: Any) -> Any:
    """The array that the kernel's loop gives; None if there is more to it."""
    if right is None:
        return op.plain.plain(left._array, None, number)
    other = right
    if not other._marks:
        return op.plain.plain(left._array, other._array, number)
    # A tensor that stands for a number of no higher kind is taken in the type of the other.
    if other._marks != WRAPPED or number is not None or not op.numbers or other._dtype.category > FLOAT:
        return None
    return op.plain.mixed(left._array, other._array, False)


def tensors_in(op: Op, args: list) -> list:
    """Every tensor among the arguments, those in lists included."""
    found = []
    for position in op.tensors:
        argument = args[position]
        if argument is None:
            continue
        if op.has_lists and not isinstance(argument, TensorBase):
            found.extend([one for one in argument if one is not None])
        else:
            found.append(argument)
    return found


def have_bits(given: list) -> bool:
    for tensor in given:  # noqa: SIM110 -- compiled, a loop costs next to nothing
        if tensor is not None and tensor._marks > WRAPPED:
            return True
    return False


def any_requires_grad(given: list) -> bool:
    """Whether the op is to be recorded; one on nothing but inference tensors is not."""
    for tensor in given:
        if tensor._requires or tensor._node is not None:
            return any_tracked(given)
        if tensor._view is not None and tensors.requires_grad(tensor):
            return any_tracked(given)
    return False


def is_needed_below(op: Op, given: list, switches: modes.Modes) -> bool:
    """Whether what is not recorded, as all tensors are from inference mode, needs gradients all the same, or shows
    anyway how it was made."""
    if op.always_below and given and not switches.inference and not any_tracked(given):
        return True
    if not switches.grad or switches.inference:
        return False
    return any([tensors.requires_grad(tensor) for tensor in given])  # noqa: C419 -- compiled


def any_tracked(given: list) -> bool:
    for tensor in given:  # noqa: SIM110 -- compiled, a loop costs next to nothing
        if tensor is not None and not tensor._inference:
            return True
    return False


def computing_dtype(op: Op, args: list, given: list) -> Any:
    """The dtype the kernel computes in; None when it takes its arguments as they are."""
    rule = op.rule
    if rule == AS_IS:
        return None
    if rule == CUSTOM:
        return op.custom_dtype(*args)
    first = given[0]._dtype
    if rule == SAME:
        return first
    for tensor in given:
        if tensor._dtype is not first or tensor._marks:
            if op.promoted is not op.tensors:
                given = [args[position] for position in op.promoted if args[position] is not None]
            first = result_type(given)
            break
    return to_float(first) if rule == TO_FLOAT else first


def arrange(op: Op, args: list, result: Any, given: list, kind: Any) -> Any:
    """The result of an elementwise kernel with torch's strides."""
    if (
        result.ndim > 1 or not result.size or (op.elementwise >= LIKE and result.ndim)
    ) and not lies_as_wanted(result, [tensor._array for tensor in given]):
        return restrided(result, wanted_strides(op, args, result, kind))
    return result


def wanted_strides(op: Op, args: list, result: Any, kind: Any) -> tuple:
    """torch's strides of an elementwise op's result, in elements: what is cast was first copied without gaps."""
    like = op.elementwise == LIKE or (op.elementwise == LIKE_COMPLEX and kind.is_complex)
    first = args[op.laid[0]]
    if like and first._array.shape == result.shape:
        return layout_of_cast(first._array)[1]
    operands: list[Any] = [((), ())] if op.elementwise == BESIDE_NUMBER else []
    for position in op.laid:
        tensor = args[position]
        if tensor is not None:
            moved = kind is not None and tensor._dtype is not kind and position in op.promoted
            operands.append(layout_of_cast(tensor._array) if moved else layout_of(tensor._array))
    return elementwise_strides(result.shape, operands)


def run_kernel(op: Op, args: list, kind: Any, run: Any) -> Any:
    """Call the kernel on arrays, promoted ones cast to ``kind`` (or what it is computed in: NOTE [Opmath])."""
    arrays = args[:]
    here = True
    for position in op.tensors:
        argument = args[position]
        if argument is None:
            continue
        if op.has_lists and not isinstance(argument, TensorBase):
            arrays[position] = [None if one is None else one._array for one in argument]
            here = here and all_on_host(arrays[position])
        else:
            tensor = argument
            arrays[position] = tensor._array
            here = here and type(tensor._array) is ndarray
    if kind is not None:
        cast_promoted(op, args, arrays, kind)
    if not here:
        return run_elsewhere(op, args, arrays, run)
    try:
        if op.direct is not None:
            result = op.direct.run(arrays)
            if result is not None:
                return result
        return run(op.kernel, *arrays)
    except ValueError:
        if op.elementwise:
            check_broadcast([tensor._array.shape for tensor in tensors_in(op, args)])
        raise


def all_on_host(arrays: list) -> bool:
    for array in arrays:  # noqa: SIM110 -- compiled, a loop costs next to nothing
        if array is not None and type(array) is not ndarray:
            return False
    return True


def cast_promoted(op: Op, args: list, arrays: list, kind: dtype) -> None:
    target: Any = kind
    halves = target.opmath is not None and op.opmath
    if halves and op.opmath > EXACT and type(arrays[op.promoted[0]]) is not ndarray:
        halves = False  # ON_HOST
    if halves:
        target = target.opmath
        for position in op.rounded:
            if isinstance(args[position], float):
                arrays[position] = float(kind.numpy.type(args[position]))
    for position in op.promoted:
        argument = args[position]
        if argument is None:
            continue
        if op.has_lists and not isinstance(argument, TensorBase):
            arrays[position] = [cast(array, target) for array in arrays[position]]
        else:
            tensor = argument
            array = tensor._array
            # Other types are rounded to a half one first, but for a number that is multiplied or divided by.
            if halves and tensor._dtype is not kind and not (op.opmath == EXACT and array.ndim == 0):
                arrays[position] = cast(cast(array, kind), target)
            elif tensor._dtype is not target:
                if tensor._dtype.category == COMPLEX:
                    warn_discarded(tensor._dtype, target, array.size)
                arrays[position] = cast(array, target)


def output_of(op: Op, result: Any, kind: Any, index: int, args: list) -> TensorBase:
    """Wrap what the kernel gave for output ``index``, in the dtype that the row says it has."""
    if type(result) is not ndarray:
        result = settled(result)
    if op.result_dtype is not None:
        kind = dtype_of_result(op, kind, index)
    if kind is None:
        kind = args[op.tensors[0]]._dtype if op.alias >= 0 else dtypes.of_numpy(result.dtype)
    if result.dtype is not kind.numpy:
        result = (
            cast(result, kind)
            if result.ndim or result.base is None
            else modes.current().run(cast_with_room, result, kind.numpy)
        )
    return tensors.wrap(result, kind)


def dtype_of_result(op: Op, kind: Any, index: int) -> Any:
    """What the row says: a dtype, a function of the computing dtype, or None for that itself, by output."""
    rule = op.result_dtype
    if type(rule) is tuple:
        rule = rule[index]
    if rule is None or isinstance(rule, dtype):
        return kind if rule is None else rule
    return rule(kind)


def mark_views(op: Op, outputs: list, args: list, switches: modes.Modes) -> None:
    source: TensorBase = args[op.alias]
    bits = op.bits ^ (source._marks & BITS)
    if bits:
        for output in outputs:
            output._marks = bits
    if source._inference:
        for output in outputs:
            output._inference = True
            output._storage = source._storage
        return
    if switches.inference:
        creation = INFERENCE
    elif not switches.grad:
        creation = NO_GRAD
    else:
        creation = MULTI_OUTPUT if op.multi_view else DEFAULT
    for output in outputs:
        view.mark_view(output, source, creation, op.node_name)
        if op.bits or output._dtype is not source._dtype:
            take_step(output, source, partial(again, op, [None if one is source else one for one in args]))


def again(op: Op, args: list, source: TensorBase) -> Any:
    """The view that ``op`` makes, of another tensor."""
    return execute(op, [source if at == op.alias else value for at, value in enumerate(args)])


def execute_in_place(op: Op, args: list, switches: modes.Modes) -> TensorBase:
    """Run ``op`` and write its result over its first argument, with torch's checks and its effect on history."""
    target = args[0]
    given = tensors_in(op, args)
    recording = switches.grad and not switches.inference and any_requires_grad(given)
    linked = target._dtype.category >= FLOAT or op.links_integers
    if recording and linked and not op.free:
        check_in_place(target)
    saving = recording and op.differentiable != ()
    recording = saving and target._dtype.category >= FLOAT
    if saving and not recording:
        saving = op.links_integers
    seen = args
    try:
        if op.check is not None:
            op.check(*args)
        if have_bits(given):
            seen = resolve_arguments(op, args)
            given = tensors_in(op, seen)
        written: TensorBase = seen[0]
        tangled = bool(op.elementwise) and check_memory(written, given)
        kind = computing_dtype(op, args, given)
    except Exception as error:
        if saving:
            save_before(error, op, args, True)
        if (
            isinstance(error, NotImplementedError) and op.elementwise
        ):  # torch looks for a kernel only after that
            check_cast(op, args)
        raise
    node = recorded.record(op, args, True) if saving else None
    if not recording:
        node = None  # an integer has no history, but what it would need is packed all the same
    if switches.written is not None:
        switches.written.before_write(target)
    # A tangent's rule reads what is about to be written over.
    before = [snapshot(op, args, node), *args[1:]] if switches.level >= 0 else args
    if tangled and is_uncast(op, given, kind):
        write_in_order(op, seen, kind, switches.run)
    else:
        write(op, written, run_kernel(op, seen, kind, switches.run), kind)
    if written is not target:
        check_single(target._array)
        write_elements(target, written._array)
    if target._inference:
        count_write(target)
    else:
        counter = tensors.counter_of(target)
        counter.value += 1
    if node is not None:
        node._outputs = (tensors.metadata_of(target),)
        rebase_history(target, node)
        if collector.HIDES and leads_to(given, target):
            node._reveal()
    if switches.level >= 0:
        push_forward(op, before, [target])
    if node is not None:
        recorded.save_outputs(node, op, [target])
    return target


def leads_to(given: list, target: TensorBase) -> bool:
    """Whether what the op read beside ``target`` may hold it: NOTE [Hidden nodes]."""
    for index in range(1, len(given)):
        one = given[index]
        if one is target or one._view is not None:
            return True
    return False


def warn_computed(op: Op, kind: Any, written: TensorBase) -> None:
    """Warn where torch writes truth values, which it has as complex numbers then, over real ones."""
    if op.elementwise and kind is not None and op.n_arguments > 1:
        warn_discarded(kind, written._dtype, written._array.size)


def check_memory(target: TensorBase, given: list) -> bool:
    """RuntimeError for memory that cannot be written while ``given`` are read; what has its own is seen at once.

    Whether the order counts in which elements are written: torch does not see all that overlaps.
    """
    single = memory.is_whole(target._array)
    if not single:
        check_single(target._array)
    others = []
    for tensor in given:
        if tensor is not target and not (single and memory.is_whole(tensor._array)):
            check_apart(target._array, tensor._array)
            others.append(tensor._array)
    return (not single or len(others) > 0) and is_tangled(target._array, *others)


def is_uncast(op: Op, given: list, kind: Any) -> bool:
    """Whether all that is read is where it is, with no copies in another type, and what is computed has the type of the
    target, as truth values are given it."""
    alike = all([one._marks & WRAPPED or one._dtype is kind for one in given])  # noqa: C419 -- compiled
    return op.result_dtype in (None, dtypes.bool) and alike


def write_in_order(op: Op, args: list, kind: Any, run: Any) -> None:
    """Write over the first argument element by element, each computed from what is there by then."""
    target = args[0]._array
    operands = {at: args[at]._array for at in op.tensors if args[at] is not None}
    for index in places(*operands.values()):
        one = args[:]
        for at, array in operands.items():
            element = np.broadcast_to(array, target.shape)[index]
            one[at] = tensors.wrap(np.asarray(element).reshape(1), args[at]._dtype)
        result = np.asarray(run_kernel(op, one, kind, run))
        target[index] = cast(result, args[0]._dtype).reshape(())


def write(op: Op, target: TensorBase, result: Any, kind: Any) -> None:
    """Copy a kernel's result into the memory of ``target``; RuntimeError where dtype, shape or overlap forbid it."""
    array = target._array
    if op.result_dtype is not None:
        warn_computed(op, kind, target)
        kind = dtype_of_result(op, kind, 0)
    if result is array:
        return
    if type(result) is not ndarray:
        result = settled(result)
    if result.shape != array.shape:
        raise RuntimeError(
            f"output with shape {list(array.shape)} doesn't match the broadcast shape {list(result.shape)}"
        )
    if kind is not None and kind is not target._dtype and not dtypes.can_cast(kind, target._dtype):
        raise errors.cannot_cast(kind.legacy, target._dtype.legacy)
    check_single(array)
    overwrite(array, result, target._dtype)
