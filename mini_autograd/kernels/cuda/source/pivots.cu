// What exchanges of rows come to; a thread for each matrix, for one exchange waits for the one before.
#include "number.cuh"
#include "fault.cuh"

// Row i of the permuted matrix is row `order[i]` of the matrix; pivots count from 1.
template <class I>
__global__ void __launch_bounds__(64)
    order_of_rows(const I *__restrict__ pivots, i64 *__restrict__ order, i64 count, i64 steps, i64 rows) {
    for (i64 at = i64(blockIdx.x) * blockDim.x + threadIdx.x; at < count; at += i64(gridDim.x) * blockDim.x) {
        i64 *own = order + at * rows;
        for (i64 row = 0; row < rows; row++) own[row] = row;
        for (i64 row = 0; row < steps; row++) {
            i64 other = clamped(i64(pivots[at * steps + row]) - 1, rows);
            i64 kept = own[row];
            own[row] = own[other];
            own[other] = kept;
        }
    }
}
