# cython: cdivision=True
"""The error function, its relatives and gelu in one pass over single precision arrays: see the twin for the forms.

What may be chosen is computed before it is, so that the loops have no branches.
"""

cimport cython
cimport numpy as cnp
from libc.math cimport copysignf, fabs, fabsf

from mini_autograd.kernels.host.direct cimport Complete, Direct, Loop, own_loops
from mini_autograd.kernels.shared import normal as shared

cnp.import_array()

# NOTE [Wide vectors]
# The compiler makes each loop twice, for every processor and for those with wide vectors, and the first call takes
# what suits the machine; a fused multiply-add is not among what it may use (see setup.py), so that both round alike.
# All that a loop calls has to become part of it, or it is no loop over vectors. Without glibc's way to choose, and
# under the address sanitizer, which is not ready when the choice is made, there is one version.
cdef extern from *:
    """
    #include <string.h>

    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \\
        !defined(__SANITIZE_ADDRESS__)
    #define WIDE __attribute__((flatten, target_clones("avx512f", "avx2", "default")))
    #elif defined(__GNUC__)
    #define WIDE __attribute__((flatten))
    #else
    #define WIDE
    #endif

    typedef char **Arguments;
    typedef const npy_intp *Sizes;
    static WIDE void erf_loop(Arguments, Sizes, Sizes, void *);
    static WIDE void erfc_loop(Arguments, Sizes, Sizes, void *);
    static WIDE void erfinv_loop(Arguments, Sizes, Sizes, void *);
    static WIDE void gelu_loop(Arguments, Sizes, Sizes, void *);
    static WIDE void gelu_tanh_loop(Arguments, Sizes, Sizes, void *);
    static WIDE void gelu_backward_loop(Arguments, Sizes, Sizes, void *);
    static WIDE void gelu_tanh_backward_loop(Arguments, Sizes, Sizes, void *);

    static inline int bits_of_float(float x) { int bits; memcpy(&bits, &x, sizeof x); return bits; }
    static inline float float_of_bits(unsigned bits) { float x; memcpy(&x, &bits, sizeof x); return x; }
    static inline npy_uint64 bits_of_double(double x) { npy_uint64 bits; memcpy(&bits, &x, sizeof x); return bits; }
    static inline double double_of_bits(npy_uint64 bits) { double x; memcpy(&x, &bits, sizeof x); return x; }
    """
    int bits_of_float(float x) noexcept nogil
    float float_of_bits(unsigned bits) noexcept nogil
    cnp.npy_uint64 bits_of_double(double x) noexcept nogil
    double double_of_bits(cnp.npy_uint64 bits) noexcept nogil
    float INFINITY
    float NAN

ctypedef const cnp.npy_intp *Sizes

# Written out they are double precision, and all that is computed with them is.
cdef float HALF = 0.5, ONE = 1, TWO = 2
# The twin's numbers, each a variable of its own: the compiler knows of these that no loop writes over them.
cdef float NEAR = shared.NEAR, ONE_FROM = shared.ONE_FROM
cdef float N0, N1, N2, N3, N4, N5, N6
N0, N1, N2, N3, N4, N5, N6 = shared.ERF_NEAR
cdef float F0, F1, F2, F3, F4, F5, F6, F7
F0, F1, F2, F3, F4, F5, F6, F7 = shared.ERF_FAR
cdef float NEAR_TANH = shared.NEAR_TANH, TANH_ONE_FROM = shared.TANH_ONE_FROM
cdef float T0, T1, T2, T3, T4
T0, T1, T2, T3, T4 = shared.TANH_NEAR
cdef float E0, E1, E2, E3, E4
E0, E1, E2, E3, E4 = shared.EXP_SINGLE
cdef double D0, D1, D2, D3, D4, D5
D0, D1, D2, D3, D4, D5 = shared.EXP_DOUBLE
cdef double C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10
C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10 = shared.ERFCX
cdef double I0, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10
I0, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10 = shared.ERFINV
cdef double J0, J1, J2, J3, J4, J5, J6, J7, J8, J9, J10
J0, J1, J2, J3, J4, J5, J6, J7, J8, J9, J10 = shared.ERFINV_FAR
cdef double L0, L1, L2, L3
L0, L1, L2, L3 = shared.LOG
cdef float LEAST_POWER = shared.LEAST_POWER, HIGH = shared.LOG_2_HIGH, LOW = shared.LOG_2_LOW
cdef float ROUNDING = shared.ROUNDING_SINGLE, PER_LOG_2 = 1 / shared.LOG_2
cdef double LOG_2 = shared.LOG_2, ROUNDING_DOUBLE = shared.ROUNDING_DOUBLE, PER_LOG_2_DOUBLE = 1 / shared.LOG_2
cdef double ZERO_FROM = shared.ZERO_FROM
cdef double CENTRE = shared.CENTRE, FAR_FROM = shared.FAR_FROM, FAR_CENTRE = shared.FAR_CENTRE
cdef cnp.npy_uint64 ROOT_BITS = shared.ROOT_BITS, TO_ROOT_BITS = shared.TO_ROOT_BITS
cdef cnp.npy_uint64 FRACTION_BITS = shared.FRACTION_BITS, TWO_TO_52_BITS = shared.TWO_TO_52_BITS
cdef double EXPONENT_OF_BITS = shared.EXPONENT_OF_BITS
cdef float PER_ROOT_2 = 1 / shared.ROOT_2, ROOT_2_OVER_PI = shared.ROOT_2_OVER_PI
cdef float CUBIC = shared.CUBIC, THRICE_CUBIC = 3 * shared.CUBIC, PER_ROOT_2_PI = shared.PER_ROOT_2_PI
cdef int ROUNDING_BITS = bits_of_float(ROUNDING)


# What they are made of ----------------------------------------------------------------------------------------------


cdef inline float exp_single(float x) noexcept nogil:
    cdef float bounded = LEAST_POWER if x < LEAST_POWER else x
    cdef float shifted = bounded * PER_LOG_2 + ROUNDING
    cdef float whole = shifted - ROUNDING
    cdef float r = (bounded - whole * HIGH) - whole * LOW
    cdef float power = ONE + (r + r * r * ((((E4 * r + E3) * r + E2) * r + E1) * r + E0))
    cdef int exponent = bits_of_float(shifted) - ROUNDING_BITS
    cdef int half = exponent >> 1
    return power * float_of_bits(<unsigned>(half + 127) << 23) * float_of_bits(<unsigned>(exponent - half + 127) << 23)


cdef inline float erf_single(float x) noexcept nogil:
    cdef float size = fabsf(x), u = x * x
    cdef float near = x + x * ((((((N6 * u + N5) * u + N4) * u + N3) * u + N2) * u + N1) * u + N0)
    cdef float b = ONE_FROM if size > ONE_FROM else size
    cdef float rate = (((((((F7 * b + F6) * b + F5) * b + F4) * b + F3) * b + F2) * b + F1) * b + F0)
    cdef float far = copysignf(ONE - exp_single(-(b * rate)), x)
    return far if size >= NEAR else near


cdef inline float tanh_single(float x) noexcept nogil:
    cdef float size = fabsf(x), u = x * x
    cdef float near = x + x * (u * ((((T4 * u + T3) * u + T2) * u + T1) * u + T0))
    cdef float b = TANH_ONE_FROM if size > TANH_ONE_FROM else size
    cdef float far = copysignf(ONE - TWO / (exp_single(b + b) + ONE), x)
    return far if size >= NEAR_TANH else near


cdef inline double exp_double(double x) noexcept nogil:
    cdef double shifted = x * PER_LOG_2_DOUBLE + ROUNDING_DOUBLE
    cdef double r = x - (shifted - ROUNDING_DOUBLE) * LOG_2
    cdef double power = 1 + (r + r * r * (((((D5 * r + D4) * r + D3) * r + D2) * r + D1) * r + D0))
    return power * double_of_bits((bits_of_double(shifted) + 1023) << 52)


cdef inline double log_double(double x) noexcept nogil:
    cdef cnp.npy_uint64 bits = bits_of_double(x) + TO_ROOT_BITS
    cdef double exponent = double_of_bits((bits >> 52) | TWO_TO_52_BITS) - EXPONENT_OF_BITS
    cdef double part = double_of_bits((bits & FRACTION_BITS) + ROOT_BITS)
    cdef double quotient = (part - 1) / (part + 1)
    cdef double u = quotient * quotient, twice = quotient + quotient
    return exponent * LOG_2 + (twice + twice * (u * (((L3 * u + L2) * u + L1) * u + L0)))


cdef inline float erfc_single(float given) noexcept nogil:
    cdef double x = given, size = fabs(x)
    cdef double b = ZERO_FROM if size > ZERO_FROM else size
    cdef double t = (b - 3) / (b + 3)
    cdef double scaled = (
        (((((((((C10 * t + C9) * t + C8) * t + C7) * t + C6) * t + C5) * t + C4) * t + C3) * t + C2) * t + C1) * t + C0)
    cdef double positive = exp_double(-(b * b)) * scaled
    cdef double other = 2 - positive
    return <float>(other if x < 0 else positive)


cdef inline float erfinv_single(float given) noexcept nogil:
    cdef double x = given, size = fabs(x)
    cdef double w = -log_double((1 - x) * (1 + x))
    cdef double t = w - CENTRE, s = w - FAR_CENTRE
    cdef double near = (
        (((((((((I10 * t + I9) * t + I8) * t + I7) * t + I6) * t + I5) * t + I4) * t + I3) * t + I2) * t + I1) * t + I0)
    cdef double far = (
        (((((((((J10 * s + J9) * s + J8) * s + J7) * s + J6) * s + J5) * s + J4) * s + J3) * s + J2) * s + J1) * s + J0)
    cdef double quotient = near if w < FAR_FROM else far
    quotient = <double>INFINITY if size == 1 else quotient
    quotient = <double>NAN if size > 1 else quotient
    return <float>(x * quotient)


cdef inline float gelu_by_erf(float x) noexcept nogil:
    return x * HALF * (ONE + erf_single(x * PER_ROOT_2))


cdef inline float gelu_inner(float x) noexcept nogil:
    return ROOT_2_OVER_PI * (x + CUBIC * (x * x * x))


cdef inline float gelu_by_tanh(float x) noexcept nogil:
    return HALF * x * (ONE + tanh_single(gelu_inner(x)))


cdef inline float slope_by_erf(float grad, float x) noexcept nogil:
    cdef float below = HALF * (ONE + erf_single(x * PER_ROOT_2))
    cdef float density = exp_single(x * x * -HALF) * PER_ROOT_2_PI
    return grad * (below + x * density)


cdef inline float slope_by_tanh(float grad, float x) noexcept nogil:
    cdef float tanh = tanh_single(gelu_inner(x))
    cdef float inner = ROOT_2_OVER_PI * (ONE + THRICE_CUBIC * (x * x))
    return grad * (HALF * (ONE + tanh) + HALF * x * ((ONE - tanh * tanh) * inner))


# As numpy's ufuncs have their loops. ---------------------------------------------------------------------------------


cdef inline void walk_one(float (*f)(float) noexcept nogil, char **args, Sizes n, Sizes steps) noexcept nogil:
    cdef cnp.npy_intp i, a = steps[0], b = steps[1]
    cdef char *x = args[0]
    cdef char *out = args[1]
    if a == sizeof(float) and b == sizeof(float):
        for i in range(n[0]):
            (<float *>out)[i] = f((<float *>x)[i])
    else:
        for i in range(n[0]):
            (<float *>(out + i * b))[0] = f((<float *>(x + i * a))[0])


cdef inline void walk_two(float (*f)(float, float) noexcept nogil, char **args, Sizes n, Sizes steps) noexcept nogil:
    cdef cnp.npy_intp i, a = steps[0], b = steps[1], c = steps[2]
    cdef char *grad = args[0]
    cdef char *x = args[1]
    cdef char *out = args[2]
    if a == sizeof(float) and b == sizeof(float) and c == sizeof(float):
        for i in range(n[0]):
            (<float *>out)[i] = f((<float *>grad)[i], (<float *>x)[i])
    else:
        for i in range(n[0]):
            (<float *>(out + i * c))[0] = f((<float *>(grad + i * a))[0], (<float *>(x + i * b))[0])


cdef void erf_loop "erf_loop"(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk_one(erf_single, args, n, steps)


cdef void erfc_loop "erfc_loop"(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk_one(erfc_single, args, n, steps)


cdef void erfinv_loop "erfinv_loop"(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk_one(erfinv_single, args, n, steps)


cdef void gelu_loop "gelu_loop"(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk_one(gelu_by_erf, args, n, steps)


cdef void gelu_tanh_loop "gelu_tanh_loop"(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk_one(gelu_by_tanh, args, n, steps)


cdef void gelu_backward_loop "gelu_backward_loop"(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk_two(slope_by_erf, args, n, steps)


cdef void gelu_tanh_backward_loop "gelu_tanh_backward_loop"(
    char **args, Sizes n, Sizes steps, void *data
) noexcept nogil:
    walk_two(slope_by_tanh, args, n, steps)


@cython.auto_pickle(False)
cdef class Approximated(Complete):
    """A function of arrays whose last argument says by what it is approximated, with a loop for each way."""

    cdef Direct by_erf, by_tanh

    cdef run(self, list args):
        cdef Direct way = None
        if args[self.nin - 1] == "none":
            way = self.by_erf
        elif args[self.nin - 1] == "tanh":
            way = self.by_tanh
        if way is None:
            return None
        return way.plain(args[0], args[1] if way.nin == 2 else None, None)


cdef Approximated approximated(Approximated made, Loop by_erf, Loop by_tanh):
    made.by_erf = own_loops(Direct(made.general, made.nin - 1), by_erf, NULL)
    made.by_tanh = own_loops(Direct(made.general, made.nin - 1), by_tanh, NULL)
    return made


erf = own_loops(Direct(shared.erf, 1), erf_loop, NULL)
erfc = own_loops(Direct(shared.erfc, 1), erfc_loop, NULL)
erfinv = own_loops(Direct(shared.erfinv, 1), erfinv_loop, NULL)
gelu = approximated(Approximated(shared.gelu, 2), gelu_loop, gelu_tanh_loop)
gelu_backward = approximated(Approximated(shared.gelu_backward, 3), gelu_backward_loop, gelu_tanh_backward_loop)
