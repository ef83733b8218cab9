"""Which family an entry belongs to, by its name."""

from __future__ import annotations

import re

# The first of which a pattern fits the beginning of the name; what none fits is pointwise.
FAMILIES = {
    "linalg": r"""
        linalg\. cholesky lu(_|$) qr$ ormqr geqrf svd pinverse triangular_solve logdet pca_lowrank
        matrix_exp trace$
        """,
    "fft": r"fft\. stft istft",
    "masked": r"masked\.",
    "special": r"special\. .*gamma erf i0$ polygamma sinc logit",
    "convolution": r"nn\.functional\.(conv|unfold|fold)",
    "pooling": r"nn\.functional\..*pool max_pool2d",
    "normalisation": r"""
        .*_norm$ native_(batch|layer|group)_norm .*batch_norm nn\.functional\.(normalize|local_response)
        """,
    "loss": r"nn\.functional\..*(loss|entropy|kl_div|cosine_similarity|pairwise_distance|pdist) cdist",
    "interpolation": r"""
        nn\.functional\.(interpolate|upsample|grid_sample|pixel|channel_shuffle) grid_sampler _upsample
        """,
    "attention": r"nn\.functional\.(scaled_dot|multi_head)",
    "embedding": r"nn\.functional\.embedding nn\.functional\.one_hot",
    "random": r"""
        nn\.functional\..*dropout bernoulli normal rand multinomial uniform cauchy exponential geometric
        log_normal .*rrelu
        """,
    "activation": r"nn\.functional\. softmax log_softmax",
    "reduction": r"""
        sum mean prod std var amax amin max$ min$ max\. min\. norm logsumexp nan all any median mode
        count_nonzero aminmax argm trapez cumulative kthvalue quantile cov corrcoef dist
        """,
    "scan": r"cum logcumsumexp diff renorm gradient",
    "sorting": r"sort topk argsort msort searchsorted bucketize unique histc histogram bincount isin",
    "contraction": r"""
        mm$ bmm matmul __rmatmul__ mv$ dot inner outer ger kron einsum tensordot add(b|m|r) baddbmm vdot
        chain_matmul cross block_diag multi_dot
        """,
    "indexing": r"""
        index gather scatter take put where nonzero select __getitem__ diag tri argwhere _segment unravel
        slice masked
        """,
    "view": r"""
        view reshape squeeze unsqueeze transpose permute expand T$ H$ mT$ mH$ movedim swap flatten unflatten
        ravel narrow split chunk unbind as_strided unfold flip roll rot90 repeat tile broadcast contiguous
        alias detach t$ real imag conj resolve adjoint hsplit vsplit dsplit tensor_split atleast clone
        resize
        """,
    "join": r"cat stack hstack vstack dstack column_stack concat meshgrid cartesian combinations _chunk",
    "creation": r"""
        .*_like new_ zeros ones full empty arange linspace logspace eye complex polar item to$ bool byte
        char double float half int long short bfloat16 cfloat cdouble chalf scalar_tensor tril_ind triu_ind
        signal
        """,
}
_PATTERNS = {name: re.compile("|".join(texts.split())) for name, texts in FAMILIES.items()}


def family(entry: str) -> str:
    """The family of an entry."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.match(entry)), "pointwise")
