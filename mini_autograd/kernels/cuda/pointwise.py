"""Chains of elementwise steps, each chain one kernel: what a backward pass would otherwise write and read again.

A step is ``name = expression`` over the names of operands, numbers and earlier steps, in the functions of
``source/number.cuh``; the last one is the result. Steps are computed in float32 for half types, as one op of torch's
is, or rounded one by one with ``rounded``, which gives the bits of as many ops.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module
from mini_autograd.kernels.shared.arrangement import elementwise_strides

THREADS = 256
TEMPLATE = """#include "number.cuh"
#include "layout.cuh"
typedef {result} O;
typedef Wide<O> W;
__device__ __forceinline__ O computed({scalars}) {{
{steps}
    return narrowed<O>({last});
}}
{kernel}
"""
FLAT = """extern "C" __global__ void __launch_bounds__({threads})
    chain({pointers}O *__restrict__ out, i64 count{numbers}) {{
    constexpr int vector = {vector};
    i64 packs = count / vector, stride = i64(gridDim.x) * blockDim.x;
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < packs; i += stride) {{
{loads}
        Pack<O, vector> made;
#pragma unroll
        for (int j = 0; j < vector; j++) made.at[j] = computed({packed});
        reinterpret_cast<Pack<O, vector> *>(out)[i] = made;
    }}
    i64 i = packs * vector + i64(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < count) out[i] = computed({single});
}}"""
STRIDED = """extern "C" __global__ void __launch_bounds__({threads})
    chain({pointers}O *__restrict__ out, {index} count{numbers}{layouts}, Layout of_out) {{
    for ({index} i = {index}(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += {index}(gridDim.x) * blockDim.x)
        out[of_out.place(i)] = computed({placed});
}}"""


def text_of(
    steps: tuple[str, ...],
    operands: tuple[tuple[str, Any], ...],
    numbers: tuple[str, ...],
    result: Any,
    vector: int,
    index: str,
    rounded: bool,
) -> str:
    """The source of a chain: by whole vectors, or by strides where ``index`` is the type that counts elements."""
    names = [name for name, _ in operands]
    told = [step.split(" = ", 1) for step in steps]
    round_off = "widened(narrowed<O>({}))" if rounded else "{}"
    pieces = {
        "result": module.NAMES[result],
        "threads": THREADS,
        "vector": vector,
        "index": index,
        "last": told[-1][0],
        "scalars": ", ".join(f"W {name}" for name in (*names, *numbers)),
        "steps": "\n".join(f"    const W {name} = {round_off.format(how)};" for name, how in told),
        "pointers": "".join(
            f"const {module.NAMES[kind]} *__restrict__ p_{name}, " for name, kind in operands
        ),
        "numbers": "".join(f", W {name}" for name in numbers),
        "layouts": "".join(f", Layout of_{name}" for name in names),
        "loads": "\n".join(
            f"        Pack<{module.NAMES[kind]}, vector> v_{name} = "
            f"reinterpret_cast<const Pack<{module.NAMES[kind]}, vector> *>(p_{name})[i];"
            for name, kind in operands
        ),
        "packed": ", ".join([*[f"W(widened(v_{name}.at[j]))" for name in names], *numbers]),
        "single": ", ".join([*[f"W(widened(p_{name}[i]))" for name in names], *numbers]),
        "placed": ", ".join([*[f"W(widened(p_{name}[of_{name}.place(i)]))" for name in names], *numbers]),
    }
    pieces["kernel"] = (STRIDED if index else FLAT).format(**pieces)
    return module.included(TEMPLATE.format(**pieces))


@functools.cache
def compiled(device: int, *description: Any) -> Any:
    return (
        module.device_module()
        .RawModule(code=text_of(*description), options=module.OPTIONS)
        .get_function("chain")
    )


def takes(*arrays: Any) -> bool:
    """Whether a chain is for these operands: floats of one type."""
    return arrays[0].dtype in module.FLOATS and all(one.dtype == arrays[0].dtype for one in arrays)


def chain(
    steps: tuple[str, ...],
    operands: Mapping[str, Any],
    numbers: Mapping[str, Any] | None = None,
    rounded: bool = False,
    out: Any = None,
) -> Any:
    """The result of the steps, as an elementwise op lays it out, or in ``out``. Operands are broadcast."""
    numbers = numbers or {}
    arrays = list(operands.values())
    shape = np.broadcast_shapes(*[one.shape for one in arrays])
    kind = arrays[0].dtype if out is None else out.dtype
    if out is None:
        layouts = [(one.shape, tuple(module.steps_of(one))) for one in arrays]
        strides = elementwise_strides(shape, layouts)
        out = module.device_module().empty(shape, kind)
        out._set_shape_and_strides(shape, tuple([step * kind.itemsize for step in strides]), True, True)
    if not out.size:
        return out
    steps_in = [broadcast_steps(one, shape) for one in (*arrays, out)]
    order = sorted(range(len(shape)), key=lambda at: -abs(steps_in[-1][at]))
    sizes, moved = module.collapsed(
        [shape[at] for at in order], *[[own[at] for at in order] for own in steps_in]
    )
    typed = tuple([(name, one.dtype) for name, one in operands.items()])
    values = [module.number(value, kind) for value in numbers.values()]
    flat = not sizes or (len(sizes) == 1 and all(own == [1] for own in moved))
    device = module.device_module().cuda.Device().id
    if flat:
        vector = module.lanes(*arrays, out, width=16)
        run = compiled(device, steps, typed, tuple(numbers), kind, vector, "", rounded)
        grid = module.blocks_for(out.size, THREADS * vector)
        run(grid, (THREADS,), (*arrays, out, np.int64(out.size), *values))
        return out
    if len(sizes) > module.DIMS_MOST:
        xp = module.device_module()
        whole = {name: xp.ascontiguousarray(xp.broadcast_to(one, shape)) for name, one in operands.items()}
        out[...] = chain(steps, whole, numbers, rounded)
        return out
    index = "u32" if out.size < 2**31 else "u64"
    run = compiled(device, steps, typed, tuple(numbers), kind, 1, index, rounded)
    counted = np.uint32(out.size) if index == "u32" else np.uint64(out.size)
    layouts_in = [module.layout(sizes, own) for own in moved]
    run(module.blocks_for(out.size, THREADS), (THREADS,), (*arrays, out, counted, *values, *layouts_in))
    return out


def broadcast_steps(array: Any, shape: tuple[int, ...]) -> list[int]:
    """The strides in elements, 0 where a dimension is repeated."""
    own = module.steps_of(array)
    missing = len(shape) - array.ndim
    return [0] * missing + [0 if size == 1 else step for size, step in zip(array.shape, own, strict=True)]
