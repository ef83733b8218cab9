"""Discrete Fourier transforms: three ops that are recorded, and what torch makes of them under ``torch.fft``."""

from mini_autograd import dtypes, errors
from mini_autograd.backward import fourier as backward
from mini_autograd.dtypes import DEFAULT, dtype
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op
from mini_autograd.op.factory import create
from mini_autograd.op.rules import wrap_dim

# fmt: off

# -- What is recorded ----------------------------------------------------------------------------------------

HALF = (dtypes.float16, dtypes.bfloat16)


def check_type(self, *rest):
    if self._dtype in HALF:
        raise RuntimeError(f"MKL FFT doesn't support tensors of type: {self._dtype.legacy}")


transform = family(jvp="linear", variants="internal")
transform("_fft_c2c(Tensor self, SymInt[] dim, int normalization, bool forward) -> Tensor", kernel.fft_c2c,
    self = lambda grad, dim, normalization, forward: F._fft_c2c(grad, dim, normalization, not forward))
transform("_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor", kernel.fft_r2c,
    result=dtype.to_complex, check=check_type,
    self = lambda grad, self, dim, normalization, onesided: backward.r2c(grad, self, dim, normalization, onesided))
transform("_fft_c2r(Tensor self, int[] dim, int normalization, SymInt last_dim_size) -> Tensor", kernel.fft_c2r,
    result=dtype.to_real,
    self = lambda grad, dim, normalization: backward.c2r(grad, dim, normalization))

# -- Arguments -----------------------------------------------------------------------------------------------

NONE, BY_ROOT, BY_NUMBER = range(3)
NORMS = {
    True: {None: NONE, "backward": NONE, "forward": BY_NUMBER, "ortho": BY_ROOT},
    False: {None: BY_NUMBER, "backward": BY_NUMBER, "forward": NONE, "ortho": BY_ROOT},
}


def norm_of(norm, forward):
    """What the sums are divided by, in a transform of the direction."""
    if norm not in NORMS[forward]:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    return NORMS[forward][norm]


def to_transform(self, complex=False):
    """The tensor as floating numbers, complex ones if they are to be."""
    kind = self._dtype
    if kind in HALF:
        raise RuntimeError(f"Unsupported dtype {kind.legacy}")
    wanted = kind if kind.is_differentiable else DEFAULT.float
    return F.to(self, wanted.to_complex() if complex else wanted)


def existing(dim, ndim):
    if not ndim:
        raise errors.no_dimensions(dim)
    return wrap_dim(dim, ndim)


def check_points(count):
    if count < 1:
        raise RuntimeError(f"Invalid number of data points ({count}) specified")


def sized(self, dims, sizes):
    """The tensor cut off, and filled up with zeros, to the sizes along these dimensions."""
    pad = [0] * (2 * self.ndim)
    for dim, size in zip(dims, sizes, strict=True):
        if size < self.shape[dim]:
            self = F.slice(self, dim, 0, size)
        else:
            pad[2 * (self.ndim - dim) - 1] = size - self.shape[dim]
    return F.constant_pad_nd(self, pad) if any(pad) else self


def dims_and_sizes(self, s, dim):
    """The dimensions, by default the last or all, and the size to which each is brought."""
    ndim = self.ndim
    if dim is None:
        if s is not None and len(s) > ndim:
            raise RuntimeError(f"Got shape with {len(s)} values but input tensor only has {ndim} dimensions.")
        dims = tuple(range(ndim if s is None else len(s)))
        dims = dims if s is None else tuple([ndim - len(s) + one for one in dims])
    else:
        dims = tuple([existing(one, ndim) for one in dim])
        if len(set(dims)) < len(dims):
            raise RuntimeError("FFT dims must be unique")
        if s is not None and len(s) != len(dims):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
    sizes = [-1] * len(dims) if s is None else s
    return dims, [self.shape[at] if size == -1 else size for at, size in zip(dims, sizes, strict=True)]


def brought(self, dims, sizes):
    """The tensor in the sizes; RuntimeError where there is nothing to transform."""
    for size in sizes:
        check_points(size)
    return sized(self, dims, sizes)


def check_axes(name, dims):
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")


# -- Along one dimension -------------------------------------------------------------------------------------


def along_one(self, n, dim, norm, forward, onesided):
    """Of complex numbers, or of reals and, the other way, its conjugate."""
    dim = existing(dim, self.ndim)
    size = self.shape[dim] if n is None else n
    check_points(size)
    self = sized(self, (dim,), (size,))
    scale = norm_of(norm, forward)
    if self._dtype.is_complex:
        return F._fft_c2c(self, (dim,), scale, forward)
    half = F._fft_r2c(self, (dim,), scale, onesided)
    return half if forward else F.conj(half)


def fft(self, n, dim, norm):
    return along_one(to_transform(self), n, dim, norm, True, False)


def ifft(self, n, dim, norm):
    return along_one(to_transform(self), n, dim, norm, False, False)


def of_reals(name, forward):
    def transformed(self, n, dim, norm):
        if self._dtype.is_complex:
            raise RuntimeError(f"{name} expects a real input tensor, but got {self._dtype.legacy}")
        return along_one(to_transform(self), n, dim, norm, forward, True)

    return transformed


def to_reals(forward):
    """Back from half a transform, or from its conjugate."""

    def transformed(self, n, dim, norm):
        self = to_transform(self, complex=True)
        dim = existing(dim, self.ndim)
        size = 2 * (self.shape[dim] - 1) if n is None else n
        check_points(size)
        self = sized(self, (dim,), (size // 2 + 1,))
        return F._fft_c2r(F.conj(self) if forward else self, (dim,), norm_of(norm, forward), size)

    return transformed


# -- Along several -------------------------------------------------------------------------------------------


def along_several(forward):
    def transformed(self, s, dim, norm):
        self = to_transform(self, complex=True)
        dims, sizes = dims_and_sizes(self, s, dim)
        return F._fft_c2c(brought(self, dims, sizes), dims, norm_of(norm, forward), forward)

    return transformed


def rfftn(self, s, dim, norm):
    if self._dtype.is_complex:
        raise RuntimeError(f"rfftn expects a real-valued input tensor, but got {self._dtype.legacy}")
    self = to_transform(self)
    dims, sizes = dims_and_sizes(self, s, dim)
    check_axes("rfftn", dims)
    return F._fft_r2c(brought(self, dims, sizes), dims, norm_of(norm, True), True)


def ihfftn(self, s, dim, norm):
    dims, sizes = dims_and_sizes(self, s, dim)
    check_axes("ihfftn", dims)
    if self._dtype.is_complex:
        raise RuntimeError(f"Only supports floating-point dtypes, but found: {self._dtype.legacy}")
    self = to_transform(self)
    scale = norm_of(norm, False)
    half = F._fft_r2c(brought(self, dims, sizes), dims[-1:], scale, True)
    if len(dims) == 1:
        return F.conj(half)
    return F._fft_c2c(F.conj_physical(half), dims[:-1], scale, False)


def half_of(name, self, s, dim):
    """Half a transform in the sizes that those of what it is of ask for, its dimensions, and the last of those sizes."""
    self = to_transform(self, complex=True)
    dims, sizes = dims_and_sizes(self, s, dim)
    check_axes(name, dims)
    if s is None or s[-1] == -1:
        sizes[-1] = 2 * (sizes[-1] - 1)
    check_points(sizes[-1])
    return brought(self, dims, [*sizes[:-1], sizes[-1] // 2 + 1]), dims, sizes[-1]


def irfftn(self, s, dim, norm):
    half, dims, last = half_of("irfftn", self, s, dim)
    return F._fft_c2r(half, dims, norm_of(norm, False), last)


def hfftn(self, s, dim, norm):
    half, dims, last = half_of("hfftn", self, s, dim)
    scale = norm_of(norm, True)
    if len(dims) > 1:
        half = F._fft_c2c(half, dims[:-1], scale, True)
    return F._fft_c2r(F.conj(half), dims[-1:], scale, last)


ONE = {
    "fft": fft, "ifft": ifft, "rfft": of_reals("rfft", True), "ihfft": of_reals("ihfft", False),
    "irfft": to_reals(False), "hfft": to_reals(True),
}
SEVERAL = {
    "fft": along_several(True), "ifft": along_several(False), "rfft": rfftn, "irfft": irfftn, "hfft": hfftn,
    "ihfft": ihfftn,
}

for name, function in ONE.items():
    op(f"fft_{name}(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor", composite=function,
        variants="fft")
for name, function in SEVERAL.items():
    op(f"fft_{name}2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
        composite=function, variants="fft")
    op(f"fft_{name}n(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
        composite=function, variants="fft")

# -- Frequencies, and their order ----------------------------------------------------------------------------


def shifting(half):
    """Moves the frequency 0 from the front to the middle, or back."""

    def shifted(self, dim):
        dims = tuple(range(self.ndim)) if dim is None else tuple(dim)
        return F.roll(self, [half(self.shape[existing(one, self.ndim)]) for one in dims], dims)

    return shifted


op("fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor", composite=shifting(lambda size: size // 2), variants="fft")
op("fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor", composite=shifting(lambda size: (size + 1) // 2),
    variants="fft")


def check_frequencies(name):
    def check(n, d, dtype):
        if not dtype.is_differentiable:
            raise RuntimeError(f"{name} requires a floating point or complex dtype")

    return check


for name in ("fftfreq", "rfftfreq"):
    create(f"fft_{name}(int n, float d=1.", getattr(kernel, f"fft_{name}"), out="out", check=check_frequencies(name),
        variants="fft")
