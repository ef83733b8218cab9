// Where the elements of a strided array lie.
#pragma once

struct Layout {
    i64 ndim, size[8], step[8];

    // The place of the element of this number, in the order of an array without gaps. `I` holds all numbers.
    template <class I>
    __device__ __forceinline__ i64 place(I number) const {
        i64 result = 0;
        for (int dim = int(ndim) - 1; dim > 0; dim--) {
            I next = number / I(size[dim]);
            result += i64(number - next * I(size[dim])) * step[dim];
            number = next;
        }
        return ndim > 0 ? result + i64(number) * step[0] : result;
    }
};
