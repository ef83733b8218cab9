// Many arrays added to at once.
#include "number.cuh"

constexpr int LIST = 120, CHUNK = 4096;

// Where each target and source lies; chunks of CHUNK elements are counted through: those of array i begin at first[i].
struct List {
    i64 length;
    u64 target[LIST], source[LIST];
    i64 count[LIST], first[LIST + 1];
};

// target = factor * target + scale * source, a chunk for each block.
template <class T, int vector>
__global__ void __launch_bounds__(256) axpy_list(List list, Wide<T> scale, Wide<T> factor) {
    for (i64 chunk = blockIdx.x; chunk < list.first[list.length]; chunk += gridDim.x) {
        int low = 0, high = int(list.length);
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (list.first[middle] <= chunk) low = middle; else high = middle;
        }
        i64 begin = (chunk - list.first[low]) * CHUNK, count = list.count[low] - begin;
        if (count > CHUNK) count = CHUNK;
        T *to = reinterpret_cast<T *>(list.target[low]) + begin;
        const T *from = reinterpret_cast<const T *>(list.source[low]) + begin;
        i64 packs = count / vector;
        for (i64 i = threadIdx.x; i < packs; i += blockDim.x) {
            Pack<T, vector> one = reinterpret_cast<Pack<T, vector> *>(to)[i];
            Pack<T, vector> other = reinterpret_cast<const Pack<T, vector> *>(from)[i];
#pragma unroll
            for (int j = 0; j < vector; j++)
                one.at[j] = narrowed<T>(factor * widened(one.at[j]) + scale * widened(other.at[j]));
            reinterpret_cast<Pack<T, vector> *>(to)[i] = one;
        }
        for (i64 i = packs * vector + threadIdx.x; i < count; i += blockDim.x)
            to[i] = narrowed<T>(factor * widened(to[i]) + scale * widened(from[i]));
    }
}
