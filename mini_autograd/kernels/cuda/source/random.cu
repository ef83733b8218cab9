// Random numbers by counter: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011), Philox4x32-10. Four
// elements share a counter, so that an element's number depends on the seed, the offset and its place alone.
#include "number.cuh"

struct Four {
    u32 at[4];
};

__device__ __forceinline__ Four philox(u64 counter, u64 offset, u64 seed) {
    u32 a = u32(counter), b = u32(counter >> 32), c = u32(offset), d = u32(offset >> 32);
    u32 key = u32(seed), other = u32(seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        u32 low = 0xD2511F53u * a, high = __umulhi(0xD2511F53u, a);
        u32 lower = 0xCD9E8D57u * c, higher = __umulhi(0xCD9E8D57u, c);
        a = higher ^ b ^ key, b = lower, c = high ^ d ^ other, d = low;
        key += 0x9E3779B9u, other += 0xBB67AE85u;
    }
    return {{a, b, c, d}};
}

// From 0 on and below 1, in as many steps as a float has there.
__device__ __forceinline__ float unit(u32 bits) { return float(bits >> 8) * 5.9604644775390625e-8f; }

__global__ void __launch_bounds__(256) bits(u32 *__restrict__ out, i64 count, u64 seed, u64 offset) {
    i64 stride = i64(gridDim.x) * blockDim.x;
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i * 4 < count; i += stride) {
        Four four = philox(u64(i), offset, seed);
        for (int j = 0; j < 4 && i * 4 + j < count; j++) out[i * 4 + j] = four.at[j];
    }
}

// `T` in [low, low + range), which rounding does not leave.
template <class T>
__global__ void __launch_bounds__(256)
    uniform(T *__restrict__ out, i64 count, u64 seed, u64 offset, Wide<T> low, Wide<T> range) {
    typedef Wide<T> W;
    i64 stride = i64(gridDim.x) * blockDim.x;
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i * 4 < count; i += stride) {
        Four four = philox(u64(i), offset, seed), more = four;
        if (sizeof(T) == 8) more = philox(u64(i), offset ^ (u64(1) << 63), seed);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (i * 4 + j >= count) break;
            W share = W(unit(four.at[j]));
            if (sizeof(T) == 8) share = W((u64(four.at[j]) << 21 ^ u64(more.at[j]) >> 11) * 1.1102230246251565e-16);
            T made = narrowed<T>(low + share * range);
            out[i * 4 + j] = widened(made) >= low + range && range > W(0) ? narrowed<T>(low) : made;
        }
    }
}

// By G. Box's and M. Muller's transform: two numbers of two.
template <class T>
__global__ void __launch_bounds__(256)
    normal(T *__restrict__ out, i64 count, u64 seed, u64 offset, Wide<T> mean, Wide<T> deviation) {
    typedef Wide<T> W;
    i64 stride = i64(gridDim.x) * blockDim.x;
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i * 4 < count; i += stride) {
        Four four = philox(u64(i), offset, seed);
#pragma unroll
        for (int j = 0; j < 4; j += 2) {
            W radius = root(W(-2) * logarithm((W(four.at[j]) + W(0.5)) * W(2.3283064365386963e-10))), s, c;
            if (radius != radius) radius = W(0);
            W turn = W(four.at[j + 1]) * W(6.283185307179586 * 2.3283064365386963e-10);
            s = sine(turn), c = cosine(turn);
            if (i * 4 + j < count) out[i * 4 + j] = narrowed<T>(mean + deviation * radius * c);
            if (i * 4 + j + 1 < count) out[i * 4 + j + 1] = narrowed<T>(mean + deviation * radius * s);
        }
    }
}

// Zero with probability p, else scaled by 1 / (1 - p); the mask says which were kept.
template <class T>
__global__ void __launch_bounds__(256) dropout(const T *__restrict__ x, T *__restrict__ out, bool *__restrict__ mask,
                                               i64 count, u64 seed, u64 offset, float kept, Wide<T> scale) {
    i64 stride = i64(gridDim.x) * blockDim.x;
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i * 4 < count; i += stride) {
        Four four = philox(u64(i), offset, seed);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (i * 4 + j >= count) break;
            bool stays = unit(four.at[j]) < kept;
            mask[i * 4 + j] = stays;
            out[i * 4 + j] = narrowed<T>(stays ? widened(x[i * 4 + j]) * scale : Wide<T>(0));
        }
    }
}
