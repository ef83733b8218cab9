// Numbers: half types, the type that each is computed in, and groups of elements that are loaded at once.
#pragma once

#ifndef DYNAMIC_SHARED
#define DYNAMIC_SHARED(type, name)                            \
    extern __shared__ __align__(16) unsigned char name##_raw[]; \
    type *name = reinterpret_cast<type *>(name##_raw)
#endif

typedef long long i64;
typedef unsigned long long u64;
typedef unsigned u32;

struct float16 {
    unsigned short bits;
};
struct bfloat16 {
    unsigned short bits;
};

#ifdef __CUDACC__
__device__ __forceinline__ float widened(float16 x) {
    float result;
    asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(x.bits));
    return result;
}
__device__ __forceinline__ void narrow(float x, float16 &result) {
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(result.bits) : "f"(x));
}
#else
inline float widened(float16 x) {
    u32 sign = u32(x.bits & 0x8000) << 16, rest = x.bits & 0x7fff;
    if (rest >= 0x7c00) return __uint_as_float(sign | 0x7f800000 | (rest & 0x3ff) << 13);
    float small = std::ldexp(float(rest & 0x3ff) + (rest >= 0x400 ? 1024.0f : 0.0f), rest >= 0x400 ? int(rest >> 10) - 25 : -24);
    return __uint_as_float(__float_as_uint(small) | sign);
}
inline void narrow(float x, float16 &result) {
    u32 bits = __float_as_uint(x), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000) {
        result.bits = (unsigned short)(sign | 0x7e00);
    } else if (rest >= 0x477ff000) {
        result.bits = (unsigned short)(sign | 0x7c00);
    } else if (rest < 0x38800000) {
        result.bits = (unsigned short)(sign | u32(std::nearbyint(std::ldexp(double(__uint_as_float(rest)), 24))));
    } else {
        u32 round = rest + 0xfff + (rest >> 13 & 1);
        result.bits = (unsigned short)(sign | (round - 0x38000000) >> 13);
    }
}
#endif

__device__ __forceinline__ float widened(bfloat16 x) { return __uint_as_float(u32(x.bits) << 16); }
__device__ __forceinline__ void narrow(float x, bfloat16 &result) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result.bits) : "f"(x));
#else
    u32 bits = __float_as_uint(x);
    bool is_nan = (bits & 0x7fffffff) > 0x7f800000;
    result.bits = (unsigned short)(is_nan ? 0x7fff : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
#endif
}

template <class T>
__device__ __forceinline__ T widened(T x) { return x; }
template <class T>
__device__ __forceinline__ void narrow(T x, T &result) { result = x; }

// What elements of a type are computed in, and what many of them are added up in.
template <class T>
struct Computed {
    typedef T type;
};
template <>
struct Computed<float16> {
    typedef float type;
};
template <>
struct Computed<bfloat16> {
    typedef float type;
};
template <class T>
using Wide = typename Computed<T>::type;

template <class T>
__device__ __forceinline__ T narrowed(Wide<T> x) {
    T result;
    narrow(x, result);
    return result;
}

// `count` elements that lie side by side, loaded and stored as one.
template <class T, int count>
struct alignas(sizeof(T) * count) Pack {
    T at[count];
};

// How many elements make up 16 bytes.
template <class T>
struct Lanes {
    static constexpr int count = 16 / sizeof(T);
};

__device__ __forceinline__ float infinity(float) { return __int_as_float(0x7f800000); }
__device__ __forceinline__ double infinity(double) { return __longlong_as_double(0x7ff0000000000000LL); }

// The functions of each precision by one name.
#define BY_PRECISION(name, single, twice)                               \
    __device__ __forceinline__ float name(float x) { return single(x); } \
    __device__ __forceinline__ double name(double x) { return twice(x); }
BY_PRECISION(exponential, expf, exp)
BY_PRECISION(exponential_less_1, expm1f, expm1)
BY_PRECISION(logarithm, logf, log)
BY_PRECISION(logarithm_of_1_plus, log1pf, log1p)
BY_PRECISION(root, sqrtf, sqrt)
BY_PRECISION(reciprocal_root, rsqrtf, rsqrt)
BY_PRECISION(hyperbolic_tangent, tanhf, tanh)
BY_PRECISION(error_function, erff, erf)
BY_PRECISION(magnitude, fabsf, fabs)
BY_PRECISION(sine, sinf, sin)
BY_PRECISION(cosine, cosf, cos)

// The larger one; NaN if one is.
template <class T>
__device__ __forceinline__ T larger(T x, T y) { return x > y || x != x ? x : y; }
template <class T>
__device__ __forceinline__ T smaller(T x, T y) { return x < y || x != x ? x : y; }
