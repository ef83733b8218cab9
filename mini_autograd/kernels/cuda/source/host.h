// What the sources of this folder need of CUDA, for a C++ compiler of the host: a device of one thread block at a time.
//
// Each thread of a block runs as a fibre of its own, so that a barrier, a shuffle or a vote is a place where it truly
// waits for the others. One that can never be passed is told as an error, and threads can be run from the last to the
// first, so that what depends on their order shows.
#pragma once
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <type_traits>
#include <utility>
#include <sys/mman.h>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
// Dynamic shared memory, of which a block has as much as its launch asked for.
#define DYNAMIC_SHARED(type, name) type *name = reinterpret_cast<type *>(host::dynamic)

struct dim3 {
    unsigned x, y, z;
};

namespace host {

enum State { READY, AT_BARRIER, AT_WARP, DONE };

struct Fibre {
    dim3 thread;
    unsigned number, lane, warp, mask;
    State state;
    unsigned char slot[16];
    void *stack;
#if defined(__x86_64__)
    void *pointer;
#else
    ucontext_t context;
#endif
};

constexpr unsigned MOST = 1024, WARP = 32;
constexpr size_t STACK = 1 << 16, SHARED = 228 << 10;

Fibre fibres[MOST];
Fibre *current;
unsigned count, left, waiting, arrived[MOST / WARP];
dim3 grid, block, index;
alignas(16) unsigned char dynamic[SHARED];
void (*body)(void *, void **);
void *function;
void **arguments;
char message[256];
std::mutex running;

#if defined(__x86_64__)
void *scheduler;
extern "C" __attribute__((visibility("hidden"))) void host_switch(void **from, void *to);
asm(".text\n.type host_switch,@function\nhost_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp, (%rdi)\nmovq %rsi, %rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\nret\n"
    ".size host_switch, .-host_switch\n");
inline void leave() { host_switch(&current->pointer, scheduler); }
inline void enter(Fibre &fibre) { host_switch(&scheduler, fibre.pointer); }
#else
ucontext_t scheduler;
inline void leave() { swapcontext(&current->context, &scheduler); }
inline void enter(Fibre &fibre) { swapcontext(&scheduler, &fibre.context); }
#endif

__attribute__((noinline)) void main_of_fibre() {
    body(function, arguments);
    current->state = DONE;
    left--;
    leave();
    abort();
}

inline void prepare(Fibre &fibre) {
    if (!fibre.stack)
        fibre.stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fibre.state = READY;
#if defined(__x86_64__)
    void **top = reinterpret_cast<void **>(static_cast<char *>(fibre.stack) + STACK);
    *--top = nullptr;
    *--top = reinterpret_cast<void *>(&main_of_fibre);
    for (int i = 0; i < 6; i++) *--top = nullptr;
    fibre.pointer = top;
#else
    getcontext(&fibre.context);
    fibre.context.uc_stack.ss_sp = fibre.stack;
    fibre.context.uc_stack.ss_size = STACK;
    fibre.context.uc_link = nullptr;
    makecontext(&fibre.context, main_of_fibre, 0);
#endif
}

__attribute__((noinline)) inline void wait(State state) {
    current->state = state;
    leave();
    asm volatile("" ::: "memory");
}

// A barrier of the block: those that have ended would never come, which is an error here.
inline void barrier() {
    if (++waiting < count) return wait(AT_BARRIER);
    waiting = 0;
    for (unsigned i = 0; i < count; i++) fibres[i].state = READY;
}

// A barrier of the lanes of a warp that the mask names.
inline void meet(unsigned mask) {
    Fibre &self = *current;
    unsigned &here = arrived[self.warp];
    self.mask = mask;
    here |= 1u << self.lane;
    if ((here & mask) != mask) return wait(AT_WARP);
    here &= ~mask;
    for (unsigned i = 0; i < WARP; i++)
        if (mask >> i & 1) fibres[self.warp * WARP + i].state = READY;
}

template <class T, class F>
T exchange(unsigned mask, T value, F source) {
    static_assert(sizeof(T) <= 16, "a shuffle is of 16 bytes at most");
    memcpy(current->slot, &value, sizeof(T));
    meet(mask);
    T result;
    memcpy(&result, fibres[current->warp * WARP + source(current->lane)].slot, sizeof(T));
    meet(mask);
    return result;
}

inline const char *stuck() {
    for (unsigned i = 0; i < count; i++) {
        Fibre &one = fibres[i];
        if (one.state != AT_BARRIER && one.state != AT_WARP) continue;
        snprintf(message, sizeof message,
                 "thread %u of block (%u, %u, %u) waits at a %s that not all of its threads reach", i, index.x,
                 index.y, index.z, one.state == AT_BARRIER ? "barrier" : "shuffle of its warp");
        break;
    }
    return message;
}

inline const char *run_block(bool reversed) {
    left = count;
    waiting = 0;
    memset(arrived, 0, sizeof arrived);
    for (unsigned i = 0; i < count; i++) {
        Fibre &one = fibres[i];
        one.number = i, one.lane = i % WARP, one.warp = i / WARP;
        one.thread = {i % block.x, i / block.x % block.y, i / block.x / block.y};
        prepare(one);
    }
    while (left) {
        bool moved = false;
        for (unsigned i = 0; i < count; i++) {
            Fibre &one = fibres[reversed ? count - 1 - i : i];
            if (one.state != READY) continue;
            current = &one;
            enter(one);
            moved = true;
        }
        if (!moved) return stuck();
    }
    return nullptr;
}

// What is wrong with the launch, or null.
inline const char *launch(const unsigned *sizes, unsigned shared, bool reversed, void *kernel, void **args) {
    std::lock_guard<std::mutex> lock(running);
    grid = {sizes[0], sizes[1], sizes[2]}, block = {sizes[3], sizes[4], sizes[5]};
    count = block.x * block.y * block.z;
    function = kernel, arguments = args;
    for (unsigned z = 0; z < grid.z; z++)
        for (unsigned y = 0; y < grid.y; y++)
            for (unsigned x = 0; x < grid.x; x++) {
                index = {x, y, z};
                // Not numbers, so that what was not written does not pass for 0.
                memset(dynamic, 0xff, shared);
                if (const char *wrong = run_block(reversed)) return wrong;
            }
    return nullptr;
}

template <class... A, size_t... I>
inline void spread(void (*kernel)(A...), void **args, std::index_sequence<I...>) {
    kernel(*static_cast<std::remove_reference_t<A> *>(args[I])...);
}

template <class... A>
struct Signature {
    static void call(void *kernel, void **args) {
        spread(reinterpret_cast<void (*)(A...)>(kernel), args, std::index_sequence_for<A...>());
    }
};

template <class... A>
inline const char *start(void (*kernel)(A...), const unsigned *sizes, unsigned shared, bool reversed, void **args) {
    std::unique_lock<std::mutex> lock(running);
    body = &Signature<A...>::call;
    lock.unlock();
    return launch(sizes, shared, reversed, reinterpret_cast<void *>(kernel), args);
}

// The number of parameters, with the size of each in `sizes`.
template <class... A>
inline int parameters(void (*)(A...), unsigned *sizes) {
    unsigned of[] = {unsigned(sizeof(A))..., 0};
    memcpy(sizes, of, sizeof(unsigned) * sizeof...(A));
    return sizeof...(A);
}

}  // namespace host

// The functions by which the kernel of a name expression is called.
#define HOST_EXPORT __attribute__((visibility("default")))
#define HOST_ENTRY(number, ...)                                                                                   \
    extern "C" HOST_EXPORT const char *host_launch_##number(const unsigned *sizes, unsigned shared, int reversed, void **args) { \
        return host::start(&__VA_ARGS__, sizes, shared, reversed, args);                                          \
    }                                                                                                             \
    extern "C" HOST_EXPORT int host_parameters_##number(unsigned *sizes) { return host::parameters(&__VA_ARGS__, sizes); }

#define threadIdx (host::current->thread)
#define blockIdx (host::index)
#define blockDim (host::block)
#define gridDim (host::grid)
constexpr int warpSize = 32;

inline void __syncthreads() { host::barrier(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { host::meet(mask); }
inline void __threadfence() {}

template <class T>
inline T __shfl_sync(unsigned mask, T value, int lane, int width = 32) {
    return host::exchange(mask, value, [=](unsigned own) { return (own & ~(width - 1)) + (lane & (width - 1)); });
}

template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int by, int width = 32) {
    return host::exchange(mask, value, [=](unsigned own) { return own ^ by; });
}

template <class T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    return host::exchange(mask, value, [=](unsigned own) { return own % width + by < unsigned(width) ? own + by : own; });
}

template <class T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    return host::exchange(mask, value, [=](unsigned own) { return own % width >= by ? own - by : own; });
}

inline unsigned __ballot_sync(unsigned mask, int yes) {
    unsigned result = 0;
    for (unsigned i = 0; i < 32; i++) {
        int other = host::exchange(mask, yes, [=](unsigned own) { return mask >> i & 1 ? i : own; });
        if ((mask >> i & 1) && other) result |= 1u << i;
    }
    return result;
}

inline int __any_sync(unsigned mask, int yes) { return __ballot_sync(mask, yes) != 0; }
inline int __all_sync(unsigned mask, int yes) { return __ballot_sync(mask, yes) == mask; }

// One thread runs at a time: reading and writing need nothing to be atomic.
template <class T, class U>
inline T atomicAdd(T *at, U value) {
    T old = *at;
    *at = old + T(value);
    return old;
}

template <class T>
inline T atomicCAS(T *at, T expected, T value) {
    T old = *at;
    if (memcmp(&old, &expected, sizeof(T)) == 0) *at = value;
    return old;
}

template <class T>
inline T atomicOr(T *at, T value) {
    T old = *at;
    *at = old | value;
    return old;
}

template <class T>
inline T atomicMax(T *at, T value) {
    T old = *at;
    *at = old < value ? value : old;
    return old;
}

template <class T>
inline T atomicMin(T *at, T value) {
    T old = *at;
    *at = value < old ? value : old;
    return old;
}

template <class T>
inline T __ldg(const T *at) {
    return *at;
}

template <class To, class From>
inline To host_bits(From value) {
    static_assert(sizeof(To) == sizeof(From), "of one size");
    To result;
    memcpy(&result, &value, sizeof(To));
    return result;
}

inline float __int_as_float(int bits) { return host_bits<float>(bits); }
inline int __float_as_int(float value) { return host_bits<int>(value); }
inline float __uint_as_float(unsigned bits) { return host_bits<float>(bits); }
inline unsigned __float_as_uint(float value) { return host_bits<unsigned>(value); }
inline double __longlong_as_double(long long bits) { return host_bits<double>(bits); }
inline long long __double_as_longlong(double value) { return host_bits<long long>(value); }
inline unsigned __umulhi(unsigned a, unsigned b) { return unsigned((unsigned long long)a * b >> 32); }
inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
inline int __ffs(int bits) { return __builtin_ffs(bits); }
inline int __clz(int bits) { return bits ? __builtin_clz(unsigned(bits)) : 32; }
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }
inline void sincospif(float x, float *s, float *c) {
    *s = float(std::sin(x * 3.14159265358979323846)), *c = float(std::cos(x * 3.14159265358979323846));
}
inline void sincospi(double x, double *s, double *c) {
    *s = std::sin(x * 3.14159265358979323846), *c = std::cos(x * 3.14159265358979323846);
}
