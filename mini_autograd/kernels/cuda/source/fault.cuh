// What went wrong on the device, told to the host at the next synchronisation.
#pragma once

// The first fault stays: its code, the index, the dimension and the size. `code` is never 0.
__device__ __forceinline__ void report(u64 *cell, u64 code, i64 index, i64 dim, i64 size) {
    if (atomicCAS(cell, u64(0), code) == 0) cell[1] = u64(index), cell[2] = u64(dim), cell[3] = u64(size);
}

__device__ __forceinline__ i64 clamped(i64 index, i64 size) { return index < 0 ? 0 : index >= size ? size - 1 : index; }
