// Layer, group and batch normalization, and their gradients. Statistics of a row are taken in two passes over it: the
// mean, then the squares of what is left.
#include "number.cuh"
#include "block.cuh"

// Mean and reciprocal deviation of each row, with which it is normalized. The factor and the term of element i of row r
// are those of channel i of the row if `span` is 0, else of channel r % groups * channels + i / span.
template <class T, class P, int vector>
__global__ void __launch_bounds__(512)
    normalize_rows(const T *__restrict__ x, const P *__restrict__ weight, const P *__restrict__ bias,
                   T *__restrict__ y, P *__restrict__ means, P *__restrict__ deviations, i64 rows, i64 width, i64 groups,
                   i64 channels, i64 span, Wide<T> eps) {
    typedef Wide<T> W;
    __shared__ W scratch[32];
    for (i64 row = blockIdx.x; row < rows; row += gridDim.x) {
        const Pack<T, vector> *from = reinterpret_cast<const Pack<T, vector> *>(x + row * width);
        Pack<T, vector> *to = reinterpret_cast<Pack<T, vector> *>(y + row * width);
        i64 packs = width / vector, first = row % groups * channels;
        W sum = W(0), squares = W(0);
        for (i64 i = threadIdx.x; i < packs; i += blockDim.x) {
            Pack<T, vector> some = from[i];
#pragma unroll
            for (int j = 0; j < vector; j++) sum += widened(some.at[j]);
        }
        W mean = block_all<Add>(sum, scratch, W(0)) / W(width);
        for (i64 i = threadIdx.x; i < packs; i += blockDim.x) {
            Pack<T, vector> some = from[i];
#pragma unroll
            for (int j = 0; j < vector; j++) {
                W own = widened(some.at[j]) - mean;
                squares += own * own;
            }
        }
        W deviation = reciprocal_root(block_all<Add>(squares, scratch, W(0)) / W(width) + eps);
        if (threadIdx.x == 0) means[row] = narrowed<P>(Wide<P>(mean)), deviations[row] = narrowed<P>(Wide<P>(deviation));
        for (i64 i = threadIdx.x; i < packs; i += blockDim.x) {
            Pack<T, vector> some = from[i], result;
#pragma unroll
            for (int j = 0; j < vector; j++) {
                i64 at = i * vector + j, channel = span ? first + at / span : at;
                W own = (widened(some.at[j]) - mean) * deviation;
                if (weight) own *= W(widened(weight[channel]));
                if (bias) own += W(widened(bias[channel]));
                result.at[j] = narrowed<T>(own);
            }
            to[i] = result;
        }
    }
}

// The gradient of the input of `normalize_rows`.
template <class T, class P, int vector>
__global__ void __launch_bounds__(512)
    normalize_rows_backward(const T *__restrict__ grad, const T *__restrict__ x, const P *__restrict__ weight,
                            const P *__restrict__ means, const P *__restrict__ deviations, T *__restrict__ out, i64 rows,
                            i64 width, i64 groups, i64 channels, i64 span) {
    typedef Wide<T> W;
    __shared__ W scratch[32];
    for (i64 row = blockIdx.x; row < rows; row += gridDim.x) {
        const Pack<T, vector> *ups = reinterpret_cast<const Pack<T, vector> *>(grad + row * width);
        const Pack<T, vector> *from = reinterpret_cast<const Pack<T, vector> *>(x + row * width);
        Pack<T, vector> *to = reinterpret_cast<Pack<T, vector> *>(out + row * width);
        i64 packs = width / vector, first = row % groups * channels;
        W mean = W(widened(means[row])), deviation = W(widened(deviations[row])), across = W(0), along = W(0);
        for (i64 i = threadIdx.x; i < packs; i += blockDim.x) {
            Pack<T, vector> up = ups[i], some = from[i];
#pragma unroll
            for (int j = 0; j < vector; j++) {
                i64 at = i * vector + j, channel = span ? first + at / span : at;
                W own = widened(up.at[j]) * (weight ? W(widened(weight[channel])) : W(1));
                across += own;
                along += own * ((widened(some.at[j]) - mean) * deviation);
            }
        }
        across = block_all<Add>(across, scratch, W(0)) / W(width);
        along = block_all<Add>(along, scratch, W(0)) / W(width);
        for (i64 i = threadIdx.x; i < packs; i += blockDim.x) {
            Pack<T, vector> up = ups[i], some = from[i], result;
#pragma unroll
            for (int j = 0; j < vector; j++) {
                i64 at = i * vector + j, channel = span ? first + at / span : at;
                W own = widened(up.at[j]) * (weight ? W(widened(weight[channel])) : W(1));
                W normal = (widened(some.at[j]) - mean) * deviation;
                result.at[j] = narrowed<T>((own - (normal * along + across)) * deviation);
            }
            to[i] = result;
        }
    }
}

// For each column the sums over a part of the rows of the gradient, and of it times the normalized input. blockDim =
// (32, 8), gridDim = (tiles, parts); part p of column c lies at p * width + c.
template <class T, class P>
__global__ void __launch_bounds__(256)
    column_sums(const T *__restrict__ grad, const T *__restrict__ x, const P *__restrict__ means,
                const P *__restrict__ deviations, Wide<T> *__restrict__ across, Wide<T> *__restrict__ along, i64 rows,
                i64 width) {
    typedef Wide<T> W;
    __shared__ W parts[2][8][33];
    i64 column = i64(blockIdx.x) * 32 + threadIdx.x, part = (rows + gridDim.y - 1) / gridDim.y;
    i64 begin = part * blockIdx.y, end = begin + part < rows ? begin + part : rows;
    W sum = W(0), product = W(0);
    for (i64 row = begin + threadIdx.y; column < width && row < end; row += 8) {
        W own = widened(grad[row * width + column]);
        sum += own;
        product += own * ((widened(x[row * width + column]) - W(widened(means[row]))) * W(widened(deviations[row])));
    }
    parts[0][threadIdx.y][threadIdx.x] = sum;
    parts[1][threadIdx.y][threadIdx.x] = product;
    __syncthreads();
    if (threadIdx.y == 0 && column < width) {
        sum = product = W(0);
#pragma unroll
        for (int i = 0; i < 8; i++) sum += parts[0][i][threadIdx.x], product += parts[1][i][threadIdx.x];
        across[blockIdx.y * width + column] = sum;
        along[blockIdx.y * width + column] = product;
    }
}

// For each channel of (examples, channels, span) and each part of its elements the sums of x - center and of its square
// or, with a gradient, of that and of it times x - center. Without centers they are the first element of each channel,
// near which squares lose no digits. gridDim = (channels, parts); part p of channel c lies at p * channels + c.
template <class T, bool gradient>
__global__ void __launch_bounds__(256)
    channel_sums(const T *__restrict__ grad, const T *__restrict__ x, const double *__restrict__ centers,
                 double *__restrict__ first, double *__restrict__ second, i64 examples, i64 channels, i64 span) {
    typedef Wide<T> W;
    __shared__ double scratch[32];
    i64 channel = blockIdx.x, count = examples * span, part = (count + gridDim.y - 1) / gridDim.y;
    i64 begin = part * blockIdx.y, end = begin + part < count ? begin + part : count;
    W center = centers ? W(centers[channel]) : W(widened(x[channel * span]));
    W one = W(0), other = W(0);
    double ones = 0, others = 0;
    int some = 0;
    i64 example = (begin + threadIdx.x) / span, at = begin + threadIdx.x - example * span;
    for (i64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
        i64 place = (example * channels + channel) * span + at;
        W own = widened(x[place]) - center, up = gradient ? widened(grad[place]) : own;
        one += up, other += up * own;
        // A few at a time in the type itself, so that long sums lose nothing either.
        if (++some == 64) ones += one, others += other, one = other = W(0), some = 0;
        at += blockDim.x;
        while (at >= span) at -= span, example++;
    }
    ones = block_all<Add>(ones + one, scratch, 0.0);
    others = block_all<Add>(others + other, scratch, 0.0);
    if (threadIdx.x == 0) first[blockIdx.y * channels + channel] = ones, second[blockIdx.y * channels + channel] = others;
}

// From the sums of `channel_sums` mean and reciprocal deviation, kept twice: exactly, and in the type that is saved.
template <class T, class P>
__global__ void __launch_bounds__(128)
    channel_moments(const T *__restrict__ x, const double *__restrict__ first, const double *__restrict__ second,
                    double *__restrict__ means, double *__restrict__ deviations, P *__restrict__ saved_mean,
                    P *__restrict__ saved_deviation, P *running_mean, P *running_variance, i64 channels, i64 parts,
                    i64 span, double count, double momentum, double eps) {
    i64 channel = i64(blockIdx.x) * blockDim.x + threadIdx.x;
    if (channel >= channels) return;
    double sum = 0, squares = 0;
    for (i64 i = 0; i < parts; i++) sum += first[i * channels + channel], squares += second[i * channels + channel];
    double away = sum / count, variance = squares / count - away * away;
    if (variance < 0) variance = 0;
    double mean = double(widened(x[channel * span])) + away, deviation = 1 / sqrt(variance + eps);
    means[channel] = mean, deviations[channel] = deviation;
    saved_mean[channel] = narrowed<P>(Wide<P>(mean)), saved_deviation[channel] = narrowed<P>(Wide<P>(deviation));
    if (running_mean)
        running_mean[channel] =
            narrowed<P>(Wide<P>(momentum * mean + (1 - momentum) * double(widened(running_mean[channel]))));
    if (running_variance)
        running_variance[channel] = narrowed<P>(Wide<P>(
            momentum * variance * count / (count - 1) + (1 - momentum) * double(widened(running_variance[channel]))));
}

// out = of_grad * grad + of_x * x + term, by numbers of each channel: an affine map, or the gradient of normalization.
template <class T, bool gradient>
__global__ void __launch_bounds__(256)
    channel_blend(const T *__restrict__ grad, const T *__restrict__ x, T *__restrict__ out,
                  const double *__restrict__ of_grad, const double *__restrict__ of_x, const double *__restrict__ center,
                  const double *__restrict__ term, i64 count, i64 channels, i64 span) {
    typedef Wide<T> W;
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += i64(gridDim.x) * blockDim.x) {
        i64 channel = i / span % channels;
        W own = (widened(x[i]) - W(center[channel])) * W(of_x[channel]) + W(term[channel]);
        if (gradient) own += widened(grad[i]) * W(of_grad[channel]);
        out[i] = narrowed<T>(own);
    }
}
