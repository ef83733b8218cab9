// A stand-in for cuDNN over the memory of the host: the same calls, plain loops, and a refusal of whatever the real
// library refuses or would silently read as something else.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

constexpr int SUCCESS = 0, BAD_PARAM = 2000, MISALIGNED = 2003, TOO_SMALL = 2006, SHAPE_MISMATCH = 2008;
constexpr int NOT_SUPPORTED = 3000, LAYOUT = 3004;
constexpr int FLOAT = 0, DOUBLE = 1, HALF = 2, BFLOAT16 = 9;
constexpr int DEFAULT_MATH = 0, ALLOW_CONVERSION = 2, FMA_MATH = 3;
constexpr int FORWARD = 0, BACKWARD_DATA = 1, BACKWARD_FILTER = 2;

// What the tests look at.
extern "C" {
int cudnn_on_host_status = SUCCESS;  // what the next products say instead of being computed
int cudnn_on_host_products = 0, cudnn_on_host_guesses = 0, cudnn_on_host_measures = 0;
int cudnn_on_host_handles = 0, cudnn_on_host_descriptors = 0;
int cudnn_on_host_type = -1, cudnn_on_host_algorithm = -1, cudnn_on_host_math = -1, cudnn_on_host_layout = -1;
std::size_t cudnn_on_host_stream = 0;
}

namespace {

struct Handle {
    void *stream = nullptr;
};
struct Operand {  // a tensor's or a filter's descriptor
    bool filter = false;
    int type = -1, layout = -1;
    std::vector<int> sizes;
    std::vector<std::int64_t> steps;
};
struct Moves {
    std::vector<int> padding, stride, dilation;
    int groups = 1, math = DEFAULT_MATH, compute = -1;
};
struct Performance {
    int algorithm, status;
    float time;
    std::size_t memory;
    int determinism, math, reserved[3];
};

std::vector<std::int64_t> packed(const std::vector<int> &sizes, bool last) {
    std::vector<int> order{0};
    if (!last) order.push_back(1);
    for (std::size_t dim = 2; dim < sizes.size(); dim++) order.push_back(int(dim));
    if (last) order.push_back(1);
    std::vector<std::int64_t> steps(sizes.size());
    std::int64_t step = 1;
    for (auto dim = order.rbegin(); dim != order.rend(); dim++) {
        steps[*dim] = step;
        step *= sizes[*dim];
    }
    return steps;
}

float of_half(std::uint16_t bits) {
    _Float16 value;
    std::memcpy(&value, &bits, 2);
    return float(value);
}
std::uint16_t to_half(float value) {
    _Float16 half = _Float16(value);
    std::uint16_t bits;
    std::memcpy(&bits, &half, 2);
    return bits;
}
float of_bfloat16(std::uint16_t bits) {
    std::uint32_t wide = std::uint32_t(bits) << 16;
    float value;
    std::memcpy(&value, &wide, 4);
    return value;
}
std::uint16_t to_bfloat16(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, 4);
    return std::uint16_t((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

double load(const void *from, std::int64_t at, int type) {
    switch (type) {
        case FLOAT: return static_cast<const float *>(from)[at];
        case DOUBLE: return static_cast<const double *>(from)[at];
        case HALF: return of_half(static_cast<const std::uint16_t *>(from)[at]);
        default: return of_bfloat16(static_cast<const std::uint16_t *>(from)[at]);
    }
}
void store(void *to, std::int64_t at, int type, double value) {
    switch (type) {
        case FLOAT: static_cast<float *>(to)[at] = float(value); break;
        case DOUBLE: static_cast<double *>(to)[at] = value; break;
        case HALF: static_cast<std::uint16_t *>(to)[at] = to_half(float(value)); break;
        default: static_cast<std::uint16_t *>(to)[at] = to_bfloat16(float(value));
    }
}

bool is_float(int type) { return type == FLOAT || type == DOUBLE || type == HALF || type == BFLOAT16; }

// The next index, the last dimension first; false after the last one.
bool next(std::vector<int> &index, const std::vector<int> &sizes) {
    for (std::size_t dim = sizes.size(); dim--;) {
        if (++index[dim] < sizes[dim]) return true;
        index[dim] = 0;
    }
    return false;
}
std::int64_t offset(const std::vector<int> &index, const std::vector<std::int64_t> &steps) {
    std::int64_t at = 0;
    for (std::size_t dim = 0; dim < steps.size(); dim++) at += index[dim] * steps[dim];
    return at;
}

// Whether input x, weights w and output y belong together.
int fits(const Operand &x, const Operand &w, const Moves &moves, const Operand &y) {
    std::size_t dims = x.sizes.size();
    if (x.filter || !w.filter || y.filter) return BAD_PARAM;
    if (w.sizes.size() != dims || y.sizes.size() != dims || moves.stride.size() != dims - 2) return BAD_PARAM;
    if (x.type != w.type || y.type != w.type || moves.compute != (w.type == DOUBLE ? DOUBLE : FLOAT)) return BAD_PARAM;
    if (x.sizes[1] != w.sizes[1] * moves.groups || w.sizes[0] % moves.groups) return SHAPE_MISMATCH;
    if (y.sizes[0] != x.sizes[0] || y.sizes[1] != w.sizes[0]) return SHAPE_MISMATCH;
    for (std::size_t at = 0; at < dims - 2; at++) {
        int reach = moves.dilation[at] * (w.sizes[at + 2] - 1) + 1;
        int places = (x.sizes[at + 2] + 2 * moves.padding[at] - reach) / moves.stride[at] + 1;
        if (y.sizes[at + 2] != places) return SHAPE_MISMATCH;
    }
    bool last = w.layout == 1;
    if (x.steps != packed(x.sizes, last) || y.steps != packed(y.sizes, last)) return LAYOUT;
    return SUCCESS;
}

struct Case {
    int product;
    const Operand *x, *w, *y;
    const Moves *moves;
};

Case case_of(int product, const void *first, const void *second, const void *moves, const void *result) {
    auto one = static_cast<const Operand *>(first), other = static_cast<const Operand *>(second);
    auto made = static_cast<const Operand *>(result);
    auto how = static_cast<const Moves *>(moves);
    if (product == FORWARD) return {product, one, other, made, how};
    if (product == BACKWARD_DATA) return {product, made, one, other, how};
    return {product, one, made, other, how};
}

constexpr int ALGORITHMS = 5;
// Algorithm 1 works in memory, more of it with the size of the weights, and 0 alone gives the same bits each time.
std::size_t workspace_of(const Case &given, int algorithm) {
    return algorithm == 1 ? 256 + 8 * std::size_t(given.w->sizes[0]) : 0;
}

// Channels last in double precision is what no algorithm does here.
bool is_done(const Case &given) { return !(given.w->type == DOUBLE && given.w->layout == 1); }

int listed(const Case &given, int asked, int *returned, Performance *said, bool measured, std::size_t space) {
    if (int wrong = fits(*given.x, *given.w, *given.moves, *given.y)) return wrong;
    if (asked < ALGORITHMS) return BAD_PARAM;
    int math = given.moves->math, bad = is_done(given) ? SUCCESS : NOT_SUPPORTED;
    int first = measured ? 0 : 1;  // what heuristics take for the fastest is not
    bool room = !measured || space >= workspace_of(given, 1);
    Performance all[ALGORITHMS] = {
        {7, NOT_SUPPORTED, -1, 0, 1, math, {}},
        {0, SUCCESS, 1, 0, 1, ALLOW_CONVERSION, {}},  // less than what was asked for
        {first, first == 1 && !room ? NOT_SUPPORTED : bad, 2, workspace_of(given, first), first == 0, math, {}},
        {1 - first, first == 0 && !room ? NOT_SUPPORTED : bad, 3, workspace_of(given, 1 - first), first != 0, math, {}},
        {6, bad, 4, 0, 1, math, {}},  // whose workspace is refused
    };
    std::memcpy(said, all, sizeof all);
    *returned = ALGORITHMS;
    return SUCCESS;
}

bool misaligned(const void *pointer) { return !pointer || reinterpret_cast<std::uintptr_t>(pointer) % 16; }

// Each pair of elements that meet: its places in x, w and y.
template <class Use> void each_meeting(const Case &given, Use use) {
    const Operand &x = *given.x, &w = *given.w, &y = *given.y;
    const Moves &moves = *given.moves;
    int outputs = w.sizes[0] / moves.groups;
    auto w_steps = packed(w.sizes, w.layout == 1);
    std::vector<int> at_y(y.sizes.size()), at_w(w.sizes.size()), at_x(x.sizes.size());
    do {
        std::vector<int> kernel(w.sizes.begin() + 1, w.sizes.end()), at(kernel.size());
        do {
            bool inside = true;
            at_x[0] = at_y[0];
            at_x[1] = at_y[1] / outputs * w.sizes[1] + at[0];
            for (std::size_t dim = 0; dim + 2 < x.sizes.size(); dim++) {
                int place = at_y[dim + 2] * moves.stride[dim] - moves.padding[dim] + at[dim + 1] * moves.dilation[dim];
                inside = inside && place >= 0 && place < x.sizes[dim + 2];
                at_x[dim + 2] = place;
            }
            at_w[0] = at_y[1];
            for (std::size_t dim = 0; dim < at.size(); dim++) at_w[dim + 1] = at[dim];
            if (inside) use(offset(at_x, x.steps), offset(at_w, w_steps), offset(at_y, y.steps));
        } while (next(at, kernel));
    } while (next(at_y, y.sizes));
}

std::size_t count(const Operand &of) {
    std::size_t all = 1;
    for (int size : of.sizes) all *= std::size_t(size);
    return all;
}

void compute(const Case &given, const void *first, const void *second, void *result) {
    const Operand &made = given.product == FORWARD ? *given.y : given.product == BACKWARD_DATA ? *given.x : *given.w;
    int type = made.type;
    std::vector<double> sums(count(made));
    each_meeting(given, [&](std::int64_t x, std::int64_t w, std::int64_t y) {
        if (given.product == FORWARD) sums[y] += load(first, x, type) * load(second, w, type);
        else if (given.product == BACKWARD_DATA) sums[x] += load(first, w, type) * load(second, y, type);
        else sums[w] += load(first, x, type) * load(second, y, type);
    });
    for (std::size_t at = 0; at < sums.size(); at++) store(result, std::int64_t(at), type, sums[at]);
}

int run(int product, void *handle, const void *alpha, void *first, const void *a, void *second, const void *b,
        void *moves, int algorithm, void *space, std::size_t bytes, const void *beta, void *result, void *out) {
    Case given = case_of(product, first, second, moves, result);
    if (int wrong = fits(*given.x, *given.w, *given.moves, *given.y)) return wrong;
    if (misaligned(a) || misaligned(b) || misaligned(out)) return MISALIGNED;
    int type = given.w->type;
    if (load(alpha, 0, type == DOUBLE ? DOUBLE : FLOAT) != 1) return BAD_PARAM;
    if (load(beta, 0, type == DOUBLE ? DOUBLE : FLOAT) != 0) return BAD_PARAM;
    if (algorithm != 0 && algorithm != 1) return NOT_SUPPORTED;
    if (bytes < workspace_of(given, algorithm)) return TOO_SMALL;
    if (bytes && misaligned(space)) return MISALIGNED;
    if (cudnn_on_host_status) return cudnn_on_host_status;
    if (bytes) std::memset(space, 0xFF, bytes);
    compute(given, a, b, out);
    cudnn_on_host_products++;
    cudnn_on_host_type = type;
    cudnn_on_host_algorithm = algorithm;
    cudnn_on_host_math = given.moves->math;
    cudnn_on_host_layout = given.w->layout;
    cudnn_on_host_stream = reinterpret_cast<std::size_t>(static_cast<Handle *>(handle)->stream);
    return SUCCESS;
}

}  // namespace

extern "C" {

std::size_t cudnnGetVersion() { return 92801; }

const char *cudnnGetErrorString(int status) {
    switch (status) {
        case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
        case MISALIGNED: return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
        case TOO_SMALL: return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
        case SHAPE_MISMATCH: return "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH";
        case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case LAYOUT: return "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT";
        case 5000: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "CUDNN_STATUS_UNKNOWN";
    }
}

int cudnnCreate(void **handle) {
    *handle = new Handle;
    cudnn_on_host_handles++;
    return SUCCESS;
}
int cudnnSetStream(void *handle, void *stream) {
    static_cast<Handle *>(handle)->stream = stream;
    return SUCCESS;
}

int cudnnCreateTensorDescriptor(void **made) { return *made = new Operand, cudnn_on_host_descriptors++, SUCCESS; }
int cudnnCreateFilterDescriptor(void **made) { return *made = new Operand, cudnn_on_host_descriptors++, SUCCESS; }
int cudnnCreateConvolutionDescriptor(void **made) { return *made = new Moves, cudnn_on_host_descriptors++, SUCCESS; }
int cudnnDestroyTensorDescriptor(void *one) {
    delete static_cast<Operand *>(one);
    return cudnn_on_host_descriptors--, SUCCESS;
}
int cudnnDestroyFilterDescriptor(void *one) {
    delete static_cast<Operand *>(one);
    return cudnn_on_host_descriptors--, SUCCESS;
}
int cudnnDestroyConvolutionDescriptor(void *one) {
    delete static_cast<Moves *>(one);
    return cudnn_on_host_descriptors--, SUCCESS;
}

int cudnnSetTensorNdDescriptor(void *one, int type, int dims, const int sizes[], const int steps[]) {
    if (!is_float(type) || dims < 4 || dims > 5) return BAD_PARAM;
    auto &made = *static_cast<Operand *>(one);
    made.type = type;
    made.sizes.assign(sizes, sizes + dims);
    made.steps.assign(steps, steps + dims);
    for (int dim = 0; dim < dims; dim++)
        if (sizes[dim] <= 0 || steps[dim] <= 0) return BAD_PARAM;
    return SUCCESS;
}
int cudnnSetFilterNdDescriptor(void *one, int type, int layout, int dims, const int sizes[]) {
    if (!is_float(type) || layout < 0 || layout > 1 || dims < 4 || dims > 5) return BAD_PARAM;
    auto &made = *static_cast<Operand *>(one);
    made.filter = true;
    made.type = type;
    made.layout = layout;
    made.sizes.assign(sizes, sizes + dims);
    for (int dim = 0; dim < dims; dim++)
        if (sizes[dim] <= 0) return BAD_PARAM;
    return SUCCESS;
}
int cudnnSetConvolutionNdDescriptor(void *one, int count, const int padding[], const int stride[], const int dilation[],
                                    int mode, int compute) {
    if (mode != 1 || count < 2 || count > 3 || (compute != FLOAT && compute != DOUBLE)) return BAD_PARAM;
    auto &made = *static_cast<Moves *>(one);
    made.padding.assign(padding, padding + count);
    made.stride.assign(stride, stride + count);
    made.dilation.assign(dilation, dilation + count);
    made.compute = compute;
    for (int dim = 0; dim < count; dim++)
        if (padding[dim] < 0 || stride[dim] <= 0 || dilation[dim] <= 0) return BAD_PARAM;
    return SUCCESS;
}
int cudnnSetConvolutionGroupCount(void *one, int groups) {
    static_cast<Moves *>(one)->groups = groups;
    return groups > 0 ? SUCCESS : BAD_PARAM;
}
int cudnnSetConvolutionMathType(void *one, int math) {
    static_cast<Moves *>(one)->math = math;
    return math >= DEFAULT_MATH && math <= FMA_MATH ? SUCCESS : BAD_PARAM;
}

#define PRODUCT(NAME, KIND)                                                                                          \
    int cudnnGetConvolution##NAME##AlgorithmMaxCount(void *, int *count) { return *count = ALGORITHMS, SUCCESS; }     \
    int cudnnGetConvolution##NAME##Algorithm_v7(void *, void *first, void *second, void *moves, void *result,        \
                                                int asked, int *returned, void *said) {                             \
        cudnn_on_host_guesses++;                                                                                     \
        return listed(case_of(KIND, first, second, moves, result), asked, returned,                                  \
                      static_cast<Performance *>(said), false, 0);                                                   \
    }                                                                                                                \
    int cudnnFindConvolution##NAME##AlgorithmEx(void *, void *first, const void *a, void *second, const void *b,     \
                                                void *moves, void *result, void *out, int asked, int *returned,      \
                                                void *said, void *space, std::size_t bytes) {                       \
        if (misaligned(a) || misaligned(b) || misaligned(out) || (bytes && misaligned(space))) return MISALIGNED;    \
        cudnn_on_host_measures++;                                                                                    \
        if (bytes) std::memset(space, 0xFF, bytes);                                                                  \
        Case given = case_of(KIND, first, second, moves, result);                                                    \
        compute(given, a, b, out);                                                                                   \
        return listed(given, asked, returned, static_cast<Performance *>(said), true, bytes);                        \
    }                                                                                                                \
    int cudnnGetConvolution##NAME##WorkspaceSize(void *, void *first, void *second, void *moves, void *result,       \
                                                 int algorithm, std::size_t *bytes) {                               \
        Case given = case_of(KIND, first, second, moves, result);                                                    \
        if (int wrong = fits(*given.x, *given.w, *given.moves, *given.y)) return wrong;                              \
        if (algorithm != 0 && algorithm != 1) return NOT_SUPPORTED;                                                  \
        return *bytes = workspace_of(given, algorithm), SUCCESS;                                                     \
    }                                                                                                                \
    int cudnnConvolution##NAME(void *handle, const void *alpha, void *first, const void *a, void *second,            \
                               const void *b, void *moves, int algorithm, void *space, std::size_t bytes,            \
                               const void *beta, void *result, void *out) {                                          \
        return run(KIND, handle, alpha, first, a, second, b, moves, algorithm, space, bytes, beta, result, out);     \
    }

PRODUCT(Forward, FORWARD)
PRODUCT(BackwardData, BACKWARD_DATA)
PRODUCT(BackwardFilter, BACKWARD_FILTER)

}  // extern "C"
