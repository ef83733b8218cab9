"""Writes the table of entries from torch's own: `python -m conformance.opinfo.record`, once for a version of torch.

The only place that imports what torch keeps for its own tests (which needs the package expecttest).
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from ..reading import dtype_name
from ..statements import DTYPES, Attempt, Get, Grad, Index, Op, Output, ProgramError, Statement
from .call import Calls, Unrecorded, Writer, draws, exact, key_of, public_names, rounded, seeded
from .checks import cotangents
from .entry import TABLE, Entry, Result, Sample, write_table

# How many samples of a dtype are kept; other dtypes of a class take those that are recorded in the widest.
KEPT = {"float64": 10, "complex128": 6, "int64": 4, "bool": 3}
SPECIAL = 8
LOOKED_AT = 400
LARGEST = 3000  # elements of a sample's tensors together
ERRORS = 12
# What they give is whatever lies in memory.
UNDEFINED = ("empty", "empty_like", "empty_permuted", "empty_strided", "new_empty", "new_empty_strided")


def main() -> None:
    from torch.testing._internal.common_methods_invocations import op_db

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    entries = []
    for op in op_db:
        made = entry(op)
        entries.append(made)
        if made.left_out:
            print(f"{made.id}: {'; '.join(made.left_out)}", file=sys.stderr)
    size = write_table(entries, torch.__version__)
    count = sum(len(many) for one in entries for many in one.samples.values())
    print(f"{TABLE}: {len(entries)} entries, {count:,} samples, {size:,} bytes")


def entry(op: Any) -> Entry:
    """An entry of torch's table."""
    torch.manual_seed(0)
    dtypes = tuple(sorted(dtype_name(one) for one in op.supported_dtypes("cpu")))
    dtypes = tuple(name for name in dtypes if name in DTYPES)
    backward = tuple(dtype_name(one) for one in op.supported_backward_dtypes("cpu"))
    backward = tuple(
        sorted(name for name in backward if name in dtypes and ("float" in name or "complex" in name))
    )
    if not op.supports_autograd:
        backward = ()
    left_out: list[str] = []
    recorder = Recorder(op, left_out)
    bases = [name for name in KEPT if name in dtypes] or list(dtypes[:1])
    samples = {name: tuple(recorder.samples(name, name in backward, KEPT.get(name, 4))) for name in bases}
    special = {}
    if "float64" in dtypes and op.reference_inputs_func is not None:
        special["float64"] = tuple(recorder.special("float64", "float64" in backward))
    return Entry(
        op.name,
        op.variant_test_name,
        dtypes,
        backward,
        bool(op.supports_gradgrad),
        bool(op.supports_forward_ad),
        _spelled(op.get_method()),
        _spelled(op.get_inplace()),
        bool(op.supports_out),
        samples,
        special,
        tuple(recorder.errors()),
        tuple(dict.fromkeys(left_out)),
    )


def _spelled(function: Any) -> str | None:
    name = getattr(function, "__name__", None)
    return f"Tensor.{name}" if name is not None and hasattr(torch.Tensor, name) else None


class Recorder:
    """Records the samples of one entry; what cannot be recorded is told in `left_out`."""

    def __init__(self, op: Any, left_out: list[str]) -> None:
        self.op, self.left_out = op, left_out

    def samples(self, dtype: str, backward: bool, kept: int) -> Iterator[Sample]:
        """Samples that differ in kind from each other, small ones first."""
        if self.op.name in UNDEFINED:
            self.left_out.append("its values are not defined")
            return
        give = lambda: self.op.sample_inputs("cpu", getattr(torch, dtype), requires_grad=backward)  # noqa: E731
        yield from self._recorded(varied(_first(give, self.left_out), kept), backward)

    def special(self, dtype: str, backward: bool) -> Iterator[Sample]:
        """Samples with NaN, infinities or strides among torch's reference inputs."""
        give = lambda: self.op.reference_inputs("cpu", getattr(torch, dtype), requires_grad=backward)  # noqa: E731
        yield from self._recorded(varied(filter(_is_special, _first(give, self.left_out)), SPECIAL), backward)

    def _recorded(self, inputs: Iterable[Any], backward: bool) -> Iterator[Sample]:
        for one in inputs:
            try:
                yield self.sample(one, backward)
            except Unrecorded as error:
                self.left_out.append(str(error))
            except Exception as error:  # a call that fails here: some need a GPU
                self.left_out.append(f"fails: {type(error).__name__}: {error}".split("\n")[0])

    def sample(self, given: Any, backward: bool) -> Sample:
        """One sample, with short numbers where the call takes them as well; Unrecorded when it cannot be written."""
        for numbers in (rounded, exact):
            statements, names, results = self.written(given, numbers)
            try:
                return completed(statements, names, results, backward)
            except Exception as error:
                cause = f"{type(error).__name__}: {error}".split("\n")[0]
        raise Unrecorded(f"cannot be run again: {cause}")

    def written(
        self, given: Any, numbers: Callable[[Any], Any]
    ) -> tuple[list[Statement], list[str], list[str]]:
        """The statements of a sample, the names of what has gradients, and of what it results in."""
        writer = Writer(numbers)
        for one in tensors_in((given.input, given.args, given.kwargs)):
            writer.tensor(one)  # before the call, which may write to it
        function = lambda: self.op.op(given.input, *given.args, **given.kwargs)  # noqa: E731
        process = given.output_process_fn_grad
        with Calls() as calls:
            result = function()  # type: ignore[no-untyped-call]
            looked_at = process(result)
        if key_of(self.op.op) in public():
            writer.call(self.op.op, (given.input, *given.args), given.kwargs, result)
            if looked_at is not result:
                with Calls() as calls:
                    looked_at = process(result)
                _write(writer, calls)
        else:
            _write(writer, calls)
        names = [writer.names[id(one)] for one in tensors_in(looked_at) if id(one) in writer.names]
        statements = writer.statements
        if not any(isinstance(one, Op | Get | Index) and one.writes() for one in statements):
            raise Unrecorded("calls nothing")
        return statements, writer.inputs, names

    def errors(self) -> Iterator[Sample]:
        """Calls that fail."""
        if self.op.error_inputs_func is None:
            return
        for found in list(self.op.error_inputs("cpu"))[:ERRORS]:
            given = found.sample_input
            writer = Writer(exact, zeros=True)
            try:
                args = tuple(writer.argument(one) for one in (given.input, *given.args))
                kwargs = {key: writer.argument(value) for key, value in given.kwargs.items()}
                failing = Attempt(Op(self._name(), args, kwargs, Output("y")))
                yield Sample((*writer.statements, failing))
            except (Unrecorded, ProgramError) as error:
                self.left_out.append(f"an error: {error}")
            except Exception as error:
                self.left_out.append(f"an error: {type(error).__name__}: {error}".split("\n")[0])

    def _name(self) -> str:
        names = public()
        if key_of(self.op.op) in names:
            return names[key_of(self.op.op)]
        dtype = next(
            one for one in (torch.float32, torch.int64, torch.bool) if one in self.op.supported_dtypes("cpu")
        )
        given = next(iter(self.op.sample_inputs("cpu", dtype)))
        statements, _, _ = self.written(given, exact)
        return next(one.name for one in statements if isinstance(one, Op) and one.name != "as_strided")


def _write(writer: Writer, calls: Calls) -> None:
    for function, args, kwargs, result in calls.made:
        writer.call(function, args, kwargs, result)


def public() -> dict[Any, str]:
    """Public functions whose own calls are not the sample's."""
    return {found: name for found, name in public_names().items() if not name.startswith("Tensor.")}


def completed(statements: list[Statement], inputs: list[str], names: list[str], backward: bool) -> Sample:
    """The sample with what the reference says of its results and of the gradients of its inputs."""
    statements = seeded(statements) if draws(statements) else statements
    env: dict[str, Any] = {}
    for statement in statements:
        statement.execute(torch, env, [])
    if not backward:
        return Sample(tuple(statements))
    found = [(name, env[name]) for name in dict.fromkeys(names)]
    results = tuple(
        Result(name, tuple(one.shape), dtype_name(one.dtype))
        for name, one in found
        if isinstance(one, torch.Tensor) and one.requires_grad and dtype_name(one.dtype) in DTYPES
    )
    if not results or not inputs:
        return Sample(tuple(statements))
    for statement in cotangents(results):
        statement.execute(torch, env, [])
    outs = tuple(Output(f"d{place}") for place, _ in enumerate(inputs))
    given = tuple(f"g{place}" for place, _ in enumerate(results))
    taken = tuple(one.name for one in results)
    grad = Grad(outs, taken, tuple(inputs), given, create_graph=True, allow_unused=True)  # type: ignore[arg-type]
    try:
        grads = grad.execute(torch, env, [])
    except RuntimeError:  # it has no derivative of its derivative
        grads = Grad(outs, taken, tuple(inputs), given, allow_unused=True).execute(torch, env, [])  # type: ignore[arg-type]
    needs = "".join("0" if one is None else "2" if one.requires_grad else "1" for one in grads)
    return Sample(tuple(statements), tuple(inputs), results, needs)


# --- choosing samples -------------------------------------------------------------------------------------


def _first(give: Callable[[], Iterable[Any]], left_out: list[str]) -> list[Any]:
    found: list[Any] = []
    try:
        for one in give():
            found.append(one)
            if len(found) == LOOKED_AT:
                break
    except Exception as error:  # some entries make samples in few dtypes only
        left_out.append(f"no more samples: {type(error).__name__}: {error}".split("\n")[0])
    return found


def varied(samples: Iterable[Any], kept: int) -> list[Any]:
    """Small samples, one of each kind before two of any."""
    kinds: dict[Any, list[Any]] = {}
    for place, one in enumerate(samples):
        tensors = list(tensors_in((one.input, one.args, one.kwargs)))
        weight = sum(tensor.numel() for tensor in tensors)
        kind = (
            tuple(tensor.ndim for tensor in tensors),
            tuple(sorted((key, str(value)[:20]) for key, value in one.kwargs.items())),
            tuple(tensor.layout is torch.strided and tensor.is_contiguous() for tensor in tensors),
            weight == 0,
        )
        kinds.setdefault(kind, []).append((weight, place, one))
    rounds: list[tuple[int, int, int, Any]] = []
    for many in kinds.values():
        ordered = sorted(many, key=lambda item: (item[0] == 0, item[0], item[1]))
        rounds += [(turn, weight, place, one) for turn, (weight, place, one) in enumerate(ordered)]
    rounds.sort(key=lambda item: item[:3])
    small = [one for one in rounds if one[1] <= LARGEST] or rounds[:1]
    if len(small) > kept:  # from all sizes: the first would all be tiny
        small = (
            [small[(at * (len(small) - 1)) // (kept - 1)] for at in range(kept)] if kept > 1 else small[:1]
        )
    return [one for _, _, _, one in small]


def tensors_in(value: Any) -> Iterator[Any]:
    """The tensors in arguments or in a result."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from tensors_in(one)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def _is_special(sample: Any) -> bool:
    for one in tensors_in((sample.input, sample.args, sample.kwargs)):
        dense = one.layout is torch.strided
        odd = dense and one.is_floating_point() | one.is_complex() and not one.detach().isfinite().all()
        if odd or (one.layout is torch.strided and not one.is_contiguous()):
            return True
    return False


if __name__ == "__main__":
    main()
