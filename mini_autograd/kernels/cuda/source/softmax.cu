// Softmax, its logarithm and their gradients.
#include "number.cuh"
#include "block.cuh"

// The largest element so far and the sum of the powers of e below it: what one pass over a row keeps of it.
template <class T>
struct Running {
    T most, sum;
};

template <class T>
__device__ __forceinline__ Running<T> nothing() { return {-infinity(T()), T(0)}; }

template <bool logarithmic, class T>
__device__ __forceinline__ T finished(T x, Running<T> whole, T last) {
    return logarithmic ? x - whole.most - last : exponential(x - whole.most) * last;
}

template <bool logarithmic, class T>
__device__ __forceinline__ T last_of(Running<T> whole) {
    return logarithmic ? logarithm(whole.sum) : T(1) / whole.sum;
}

// A warp for each row of at most 32 * each elements, which stay in registers. blockDim = (32, rows).
template <class T, class O, bool logarithmic, int each>
__global__ void __launch_bounds__(256) softmax_warp(const T *__restrict__ x, O *__restrict__ y, i64 rows, int width) {
    typedef Wide<T> W;
    i64 row = i64(blockIdx.x) * blockDim.y + threadIdx.y;
    if (row >= rows) return;
    x += row * width, y += row * width;
    W value[each];
    Running<W> whole = nothing<W>();
#pragma unroll
    for (int i = 0; i < each; i++) {
        int at = i * 32 + threadIdx.x;
        value[i] = at < width ? widened(x[at]) : -infinity(W());
        whole.most = larger(whole.most, value[i]);
    }
    whole.most = warp_all<Larger>(whole.most);
#pragma unroll
    for (int i = 0; i < each; i++) {
        int at = i * 32 + threadIdx.x;
        if (at < width) whole.sum += exponential(value[i] - whole.most);
    }
    whole.sum = warp_all<Add>(whole.sum);
    W last = last_of<logarithmic>(whole);
#pragma unroll
    for (int i = 0; i < each; i++) {
        int at = i * 32 + threadIdx.x;
        if (at < width) y[at] = narrowed<O>(finished<logarithmic>(value[i], whole, last));
    }
}

// A block for each row, which is read twice, the second time from the cache; `vector` elements at once.
template <class T, class O, bool logarithmic, int vector>
__global__ void __launch_bounds__(512) softmax_block(const T *__restrict__ x, O *__restrict__ y, i64 rows, i64 width) {
    typedef Wide<T> W;
    __shared__ W most[32], sums[32];
    for (i64 row = blockIdx.x; row < rows; row += gridDim.x) {
        const Pack<T, vector> *from = reinterpret_cast<const Pack<T, vector> *>(x + row * width);
        Pack<O, vector> *to = reinterpret_cast<Pack<O, vector> *>(y + row * width);
        Running<W> whole = nothing<W>();
        for (i64 i = threadIdx.x; i < width / vector; i += blockDim.x) {
            Pack<T, vector> some = from[i];
            W best = widened(some.at[0]);
#pragma unroll
            for (int j = 1; j < vector; j++) best = larger(best, widened(some.at[j]));
            W above = larger(whole.most, best), sum = W(0);
            if (above > whole.most) whole.sum *= exponential(whole.most - above);
            whole.most = above;
#pragma unroll
            for (int j = 0; j < vector; j++) {
                W value = widened(some.at[j]);
                if (value != -infinity(W())) sum += exponential(value - above);
            }
            whole.sum += sum;
        }
        W above = block_all<Larger>(whole.most, most, -infinity(W()));
        W own = whole.most == above ? whole.sum : whole.sum * exponential(whole.most - above);
        whole = {above, block_all<Add>(own, sums, W(0))};
        // All minus infinity, or an infinity: there is no difference below the largest, as in the direct way.
        if (above == infinity(W()) || above == -infinity(W())) whole.sum = above - above;
        W last = last_of<logarithmic>(whole);
        for (i64 i = threadIdx.x; i < width / vector; i += blockDim.x) {
            Pack<T, vector> some = from[i];
            Pack<O, vector> result;
#pragma unroll
            for (int j = 0; j < vector; j++)
                result.at[j] = narrowed<O>(finished<logarithmic>(widened(some.at[j]), whole, last));
            to[i] = result;
        }
    }
}

// Along a dimension with `inner` elements between neighbours: a column for each threadIdx.x, its elements dealt out to
// threadIdx.y. blockDim = (32, 8).
template <class T, class O, bool logarithmic>
__global__ void __launch_bounds__(256)
    softmax_columns(const T *__restrict__ x, O *__restrict__ y, i64 outer, i64 width, i64 inner) {
    typedef Wide<T> W;
    __shared__ W most[8][33], sums[8][33];
    i64 tiles = (inner + 31) / 32;
    for (i64 tile = blockIdx.x; tile < outer * tiles; tile += gridDim.x) {
        i64 at = tile % tiles * 32 + threadIdx.x, start = tile / tiles * width * inner + at;
        bool inside = at < inner;
        Running<W> whole = nothing<W>();
        for (i64 i = threadIdx.y; inside && i < width; i += 8)
            whole.most = larger(whole.most, widened(x[start + i * inner]));
        most[threadIdx.y][threadIdx.x] = whole.most;
        __syncthreads();
#pragma unroll
        for (int i = 0; i < 8; i++) whole.most = larger(whole.most, most[i][threadIdx.x]);
        for (i64 i = threadIdx.y; inside && i < width; i += 8)
            whole.sum += exponential(widened(x[start + i * inner]) - whole.most);
        sums[threadIdx.y][threadIdx.x] = whole.sum;
        __syncthreads();
        whole.sum = W(0);
#pragma unroll
        for (int i = 0; i < 8; i++) whole.sum += sums[i][threadIdx.x];
        __syncthreads();
        W last = last_of<logarithmic>(whole);
        for (i64 i = threadIdx.y; inside && i < width; i += 8)
            y[start + i * inner] = narrowed<O>(finished<logarithmic>(widened(x[start + i * inner]), whole, last));
    }
}

// What an element of the gradient adds to the sum along its row, and the derivative that the sum gives.
template <bool logarithmic, class W>
__device__ __forceinline__ W share(W grad, W y) { return logarithmic ? grad : grad * y; }
template <bool logarithmic, class W>
__device__ __forceinline__ W slope(W grad, W y, W sum) {
    return logarithmic ? grad - exponential(y) * sum : (grad - sum) * y;
}

template <class T, class O, bool logarithmic, int each>
__global__ void __launch_bounds__(256)
    softmax_backward_warp(const O *__restrict__ grad, const O *__restrict__ y, T *__restrict__ out, i64 rows, int width) {
    typedef Wide<O> W;
    i64 row = i64(blockIdx.x) * blockDim.y + threadIdx.y;
    if (row >= rows) return;
    grad += row * width, y += row * width, out += row * width;
    W up[each], value[each], sum = W(0);
#pragma unroll
    for (int i = 0; i < each; i++) {
        int at = i * 32 + threadIdx.x;
        up[i] = at < width ? widened(grad[at]) : W(0);
        value[i] = at < width ? widened(y[at]) : W(0);
        sum += share<logarithmic>(up[i], value[i]);
    }
    sum = warp_all<Add>(sum);
#pragma unroll
    for (int i = 0; i < each; i++) {
        int at = i * 32 + threadIdx.x;
        if (at < width) out[at] = narrowed<T>(slope<logarithmic>(up[i], value[i], sum));
    }
}

template <class T, class O, bool logarithmic, int vector>
__global__ void __launch_bounds__(512)
    softmax_backward_block(const O *__restrict__ grad, const O *__restrict__ y, T *__restrict__ out, i64 rows, i64 width) {
    typedef Wide<O> W;
    __shared__ W sums[32];
    for (i64 row = blockIdx.x; row < rows; row += gridDim.x) {
        const Pack<O, vector> *ups = reinterpret_cast<const Pack<O, vector> *>(grad + row * width);
        const Pack<O, vector> *values = reinterpret_cast<const Pack<O, vector> *>(y + row * width);
        Pack<T, vector> *to = reinterpret_cast<Pack<T, vector> *>(out + row * width);
        W sum = W(0);
        for (i64 i = threadIdx.x; i < width / vector; i += blockDim.x) {
            Pack<O, vector> up = ups[i], value = values[i];
#pragma unroll
            for (int j = 0; j < vector; j++) sum += share<logarithmic>(widened(up.at[j]), widened(value.at[j]));
        }
        sum = block_all<Add>(sum, sums, W(0));
        for (i64 i = threadIdx.x; i < width / vector; i += blockDim.x) {
            Pack<O, vector> up = ups[i], value = values[i];
            Pack<T, vector> result;
#pragma unroll
            for (int j = 0; j < vector; j++)
                result.at[j] = narrowed<T>(slope<logarithmic>(widened(up.at[j]), widened(value.at[j]), sum));
            to[i] = result;
        }
    }
}

template <class T, class O, bool logarithmic>
__global__ void __launch_bounds__(256) softmax_backward_columns(
    const O *__restrict__ grad, const O *__restrict__ y, T *__restrict__ out, i64 outer, i64 width, i64 inner) {
    typedef Wide<O> W;
    __shared__ W sums[8][33];
    i64 tiles = (inner + 31) / 32;
    for (i64 tile = blockIdx.x; tile < outer * tiles; tile += gridDim.x) {
        i64 at = tile % tiles * 32 + threadIdx.x, start = tile / tiles * width * inner + at;
        bool inside = at < inner;
        W sum = W(0);
        for (i64 i = threadIdx.y; inside && i < width; i += 8)
            sum += share<logarithmic>(widened(grad[start + i * inner]), widened(y[start + i * inner]));
        sums[threadIdx.y][threadIdx.x] = sum;
        __syncthreads();
        sum = W(0);
#pragma unroll
        for (int i = 0; i < 8; i++) sum += sums[i][threadIdx.x];
        __syncthreads();
        for (i64 i = threadIdx.y; inside && i < width; i += 8)
            out[start + i * inner] = narrowed<T>(
                slope<logarithmic>(widened(grad[start + i * inner]), widened(y[start + i * inner]), sum));
    }
}
