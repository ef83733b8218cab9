// Convolution over up to three dimensions and its gradients, as products of matrices that are never written down: each
// element of a tile is looked up where the kernel of the convolution meets the input.
#include "number.cuh"

// Sizes of the input, of the result and of the kernel, and how that moves; fewer dimensions have leading ones of size 1.
struct Moves {
    i64 examples, inputs, outputs, groups;
    i64 in[3], out[3], kernel[3], stride[3], padding[3], dilation[3];
};

enum Product { FORWARD, INPUT, WEIGHT };

constexpr int TILE = 64, DEPTH = 16, THREADS = 256;

// The place within an input's channel that the kernel's place `tap` meets for result `at`; -1 outside.
__device__ __forceinline__ i64 met(const Moves &m, i64 at, i64 tap) {
    i64 w = at % m.out[2] * m.stride[2] - m.padding[2] + tap % m.kernel[2] * m.dilation[2];
    i64 rest = at / m.out[2], taps = tap / m.kernel[2];
    i64 h = rest % m.out[1] * m.stride[1] - m.padding[1] + taps % m.kernel[1] * m.dilation[1];
    i64 d = rest / m.out[1] * m.stride[0] - m.padding[0] + taps / m.kernel[1] * m.dilation[0];
    bool inside = w >= 0 && w < m.in[2] && h >= 0 && h < m.in[1] && d >= 0 && d < m.in[0];
    return inside ? (d * m.in[1] + h) * m.in[2] + w : -1;
}

__device__ __forceinline__ bool divided(i64 &at, i64 stride, i64 size) {
    if (at < 0 || at % stride) return false;
    at /= stride;
    return at < size;
}

// The place within a result's channel for which the kernel's place `tap` meets place `at` of the input; -1 for none.
__device__ __forceinline__ i64 meeting(const Moves &m, i64 at, i64 tap) {
    i64 w = at % m.in[2] + m.padding[2] - tap % m.kernel[2] * m.dilation[2];
    i64 rest = at / m.in[2], taps = tap / m.kernel[2];
    i64 h = rest % m.in[1] + m.padding[1] - taps % m.kernel[1] * m.dilation[1];
    i64 d = rest / m.in[1] + m.padding[0] - taps / m.kernel[1] * m.dilation[0];
    if (!divided(w, m.stride[2], m.out[2]) || !divided(h, m.stride[1], m.out[1]) || !divided(d, m.stride[0], m.out[0]))
        return -1;
    return (d * m.out[1] + h) * m.out[2] + w;
}

// left (rows x depth) times right (depth x columns), of each group; gridDim = (columns / TILE, rows / TILE, groups *
// parts), where part p adds up its part of the depth into the p-th copy of the result.
template <Product product, class T, class O>
__global__ void __launch_bounds__(THREADS)
    convolve(const T *__restrict__ left, const T *__restrict__ right, O *__restrict__ out, Moves m, i64 parts) {
    typedef Wide<T> W;
    __shared__ W rows[DEPTH][TILE + 4], columns[DEPTH][TILE + 4];
    const i64 taps = m.kernel[0] * m.kernel[1] * m.kernel[2], ins = m.in[0] * m.in[1] * m.in[2];
    const i64 outs = m.out[0] * m.out[1] * m.out[2], inputs = m.inputs / m.groups, outputs = m.outputs / m.groups;
    const i64 group = blockIdx.z % m.groups, part = blockIdx.z / m.groups;
    const i64 height = product == INPUT ? inputs : outputs;
    const i64 width = product == FORWARD ? m.examples * outs : product == INPUT ? m.examples * ins : inputs * taps;
    const i64 depth = product == FORWARD ? inputs * taps : product == INPUT ? outputs * taps : m.examples * outs;
    const i64 share = ((depth + parts - 1) / parts + DEPTH - 1) / DEPTH * DEPTH;
    const i64 begin = share * part, end = begin + share < depth ? begin + share : depth;
    const i64 top = i64(blockIdx.y) * TILE, side = i64(blockIdx.x) * TILE;
    const int x = threadIdx.x % 16, y = threadIdx.x / 16;
    W sum[4][4] = {};
    for (i64 k0 = begin; k0 < end; k0 += DEPTH) {
#pragma unroll
        for (int i = 0; i < TILE * DEPTH / THREADS; i++) {
            int number = i * THREADS + threadIdx.x;
            // Along the depth, where what is read lies side by side.
            int k = number % DEPTH, at = number / DEPTH;
            i64 row = top + at, deep = k0 + k;
            W value = W(0);
            if (row < height && deep < end) {
                if (product == FORWARD) {
                    value = widened(left[(group * outputs + row) * depth + deep]);
                } else if (product == INPUT) {
                    value = widened(left[((group * outputs + deep / taps) * inputs + row) * taps + deep % taps]);
                } else {
                    value = widened(left[(deep / outs * m.outputs + group * outputs + row) * outs + deep % outs]);
                }
            }
            rows[k][at] = value;
            if (product != WEIGHT) k = number / TILE, at = number % TILE;
            i64 column = side + at;
            deep = k0 + k, value = W(0);
            if (column < width && deep < end) {
                if (product == FORWARD) {
                    i64 place = met(m, column % outs, deep % taps);
                    i64 channel = column / outs * m.inputs + group * inputs + deep / taps;
                    if (place >= 0) value = widened(right[channel * ins + place]);
                } else if (product == INPUT) {
                    i64 place = meeting(m, column % ins, deep % taps);
                    i64 channel = column / ins * m.outputs + group * outputs + deep / taps;
                    if (place >= 0) value = widened(right[channel * outs + place]);
                } else {
                    i64 place = met(m, deep % outs, column % taps);
                    i64 channel = deep / outs * m.inputs + group * inputs + column / taps;
                    if (place >= 0) value = widened(right[channel * ins + place]);
                }
            }
            columns[k][at] = value;
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            W one[4], other[4];
#pragma unroll
            for (int i = 0; i < 4; i++) one[i] = rows[k][y * 4 + i], other[i] = columns[k][x * 4 + i];
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < 4; j++) sum[i][j] += one[i] * other[j];
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) {
            i64 row = top + y * 4 + i, column = side + x * 4 + j;
            if (row >= height || column >= width) continue;
            i64 place;
            if (product == FORWARD) {
                place = (column / outs * m.outputs + group * outputs + row) * outs + column % outs;
            } else if (product == INPUT) {
                place = (column / ins * m.inputs + group * inputs + row) * ins + column % ins;
            } else {
                place = (part * m.outputs + group * outputs + row) * width + column;
            }
            out[place] = narrowed<O>(Wide<O>(sum[i][j]));
        }
}
