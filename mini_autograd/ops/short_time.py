"""Fourier transforms of a signal piece by piece, each under a window, and the signal back from them.

See Griffin and Lim, "Signal Estimation from Modified Short-Time Fourier Transform" (1984), equation 6, for the way back.
"""

from mini_autograd.dtypes import COMPLEX, DEFAULT, FLOAT
from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.declare import op
from mini_autograd.ops.fourier import BY_NUMBER, BY_ROOT, NONE
from mini_autograd.warning import warn_once

# fmt: off

WINDOW = ("To suppress this warning and use a rectangular window, explicitly set "
          "`window=torch.ones(n_fft, device=<device>)`.")
NO_WINDOW = ("A window was not provided. A rectangular window will be applied,which is known to cause spectral leakage. "
             "Other windows such as torch.hann_window or torch.hamming_window are recommended to reduce spectral leakage."
             + WINDOW)
NO_WINDOW_BACK = ("A window was not provided. A rectangular window will be applied.Please provide the same window used "
                  "by stft to make the inversion lossless." + WINDOW)
AS_REALS = ("stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex "
            "tensors for all inputs, and return_complex=False will raise an error.\nNote: you can still call "
            "torch.view_as_real on the complex output to recover the old return format.")
TOO_SHORT = ("The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. "
             "Please check your center and hop_length settings.")

# -- What errors say of the call -----------------------------------------------------------------------------


def type_of(tensor):
    kind = tensor._dtype
    return f"CPU{kind.legacy}Type" if kind.is_complex else f"torch.{kind.legacy}Tensor"


def shown(value):
    return "None" if value is None else str(int(value))


def described(name, self, window, **rest):
    """The call, as errors show it."""
    texts = {key: shown(value) for key, value in rest.items()}
    lies = "None" if window is None else f"{type_of(window)}{{{list(window.shape)}}}"
    before = ", ".join(f"{key}={texts.pop(key)}" for key in ("n_fft", "hop_length", "win_length"))
    after = ", ".join(f"{key}={text}" for key, text in texts.items())
    shape = ", ".join(map(str, self.shape))
    return f"{name}({type_of(self)}[{shape}], {before}, window={lies}, {after})"


def is_complex(self, window):
    return self._dtype.is_complex or (window is not None and window._dtype.is_complex)


# -- Forwards ------------------------------------------------------------------------------------------------


def check_pieces(self, n_fft, hop, width, window, text):
    def fail(problem):
        raise RuntimeError(f"{text} : {problem}")

    if self._dtype.category not in (FLOAT, COMPLEX):
        fail("expected a tensor of floating point or complex values")
    if self.ndim not in (1, 2):
        fail("expected a 1D or 2D tensor")
    if not 0 < n_fft <= self.shape[-1]:
        fail(f"expected 0 < n_fft < {self.shape[-1]}, but got n_fft={n_fft}")
    if hop <= 0:
        fail(f"expected hop_length > 0, but got hop_length={hop}")
    if not 0 < width <= n_fft:
        fail(f"expected 0 < win_length <= n_fft, but got win_length={width}")
    if window is not None and tuple(window.shape) != (width,):
        fail(f"expected a 1D window tensor of size equal to win_length={width}, but got window with size "
             f"{list(window.shape)}")


def centred(window, width, n_fft, self):
    """The window in the middle of zeros."""
    whole = F.zeros((n_fft,), **options_of(self if window is None else window))
    part = F.narrow(whole, 0, (n_fft - width) // 2, width)
    if window is None:
        F.fill_(part, 1)
    else:
        F.copy_(part, window)
    return whole


def padded(self, n_fft, mode):
    """The signal with half a piece before and after it."""
    at_least = F.view(self, (1,) * (3 - self.ndim) + tuple(self.shape))
    several = F.pad(at_least, (n_fft // 2,) * 2, mode)
    return F.view(several, several.shape[-self.ndim:]) if self.ndim else several


def pieces_of(self, n_fft, hop):
    """The signal as overlapping pieces, a view."""
    count = 1 + (self.shape[1] - n_fft) // hop
    batch, step = self.stride()
    return F.as_strided(self, (self.shape[0], count, n_fft), (batch, hop * step, step))


def stft(self, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided, return_complex,
         align_to_window):
    if center:
        if align_to_window is not None:
            raise RuntimeError("stft align_to_window should only be set when center = false")
        self = padded(self, n_fft, pad_mode)
    return stft_of(self, n_fft, hop_length, win_length, window, normalized, onesided, return_complex, align_to_window)


def stft_of(self, n_fft, hop_length, win_length, window, normalized, onesided, return_complex, align_to_window):
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    if window is None:
        warn_once(NO_WINDOW, 5)
    complex = is_complex(self, window)
    if return_complex is None and not complex:
        raise RuntimeError("stft requires the return_complex parameter be given for real inputs, and will further "
                           "require that return_complex=True in a future PyTorch release.")
    if return_complex is False:
        warn_once(AS_REALS, 5)
    check_pieces(self, n_fft, hop, width, window, described(
        "stft", self, window, n_fft=n_fft, hop_length=hop, win_length=width, normalized=normalized, onesided=onesided,
        return_complex=return_complex, align_to_window=align_to_window))
    onesided = not complex if onesided is None else onesided
    several = self if self.ndim == 2 else F.unsqueeze(self, 0)
    if align_to_window and width < n_fft:
        several = F.constant_pad_nd(several, ((n_fft - width) // 2,) * 2, 0)
    pieces = pieces_of(several, n_fft, hop)
    if width < n_fft:
        window = centred(window, width, n_fft, self)
    if window is not None:
        pieces = F.mul(pieces, window)
    terms = transformed(pieces, BY_ROOT if normalized else NONE, onesided)
    terms = F.transpose_(terms, 1, 2)
    terms = F.squeeze_(terms, 0) if self.ndim == 1 else terms
    return F.view_as_real(terms) if return_complex is False else terms


def transformed(pieces, scale, onesided):
    if not pieces._dtype.is_complex:
        return F._fft_r2c(pieces, (2,), scale, onesided)
    if onesided:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    return F._fft_c2c(pieces, (2,), scale, True)


# -- Back ----------------------------------------------------------------------------------------------------


def check_terms(self, n_fft, hop, width, window, onesided, text):
    def fail(problem):
        raise RuntimeError(f"{text} : {problem}")

    if not self.numel():
        raise RuntimeError(f"{text} : input tensor cannot be empty.")
    if self.ndim not in (2, 3):
        fail(f"expected a tensor with 3 or 4 dimensions, but got {self.ndim + 1}")
    count = self.shape[-2]
    if onesided and count != n_fft // 2 + 1:
        fail("expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when "
             f"onesided=True, but got {count}")
    if not onesided and count != n_fft:
        fail("expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when "
             f"onesided=False, but got {count}")
    if not 0 < hop <= width:
        fail("expected 0 < hop_length <= win_length")
    if not 0 < width <= n_fft:
        fail("expected 0 < win_length <= n_fft")
    if window is not None and tuple(window.shape) != (width,):
        fail("Invalid window shape. window has to be 1D and length of `win_length`")


def istft(self, n_fft, hop_length, win_length, window, center, normalized, onesided, length, return_complex):
    if window is None:
        warn_once(NO_WINDOW_BACK, 4)
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    if not self._dtype.is_complex:
        raise RuntimeError("istft requires a complex-valued input tensor matching the output from stft with "
                           "return_complex=True.")
    text = described(
        "istft", self, window, n_fft=n_fft, hop_length=hop, win_length=width, center=center, normalized=normalized,
        onesided=onesided, length=length, return_complex=return_complex)
    one = self.shape[-2] != n_fft if onesided is None and self.ndim > 1 else onesided
    check_terms(self, n_fft, hop, width, window, one, text)
    window = windowed(self, window, width, n_fft)
    parts = F.view_as_real(self)
    parts = F.unsqueeze(parts, 0) if parts.ndim == 3 else parts
    terms = F.view_as_complex(F.transpose(parts, 1, 2))
    pieces = back(terms, n_fft, BY_ROOT if normalized else BY_NUMBER, one, return_complex, window)
    result = overlapped(pieces, window, n_fft, hop, center, length, text)
    return F.squeeze(result, 0) if self.ndim == 2 else result


def windowed(self, window, width, n_fft):
    """The window, by default of ones, in the middle of zeros."""
    if window is None:
        kind = self._dtype.to_real()
        window = F.ones((width,), **options_of(self, kind if kind.is_differentiable else DEFAULT.float))
    if width == n_fft:
        return window
    left = (n_fft - width) // 2
    return F.constant_pad_nd(window, (left, n_fft - width - left), 0)


def back(terms, n_fft, scale, onesided, return_complex, window):
    """The pieces that the terms are of."""
    if return_complex:
        if onesided:
            raise RuntimeError("Cannot have onesided output if window or input is complex")
        return F._fft_c2c(terms, (2,), scale, False)
    if window._dtype.is_complex:
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
    half = terms if onesided else F.slice(terms, -1, 0, n_fft // 2 + 1)
    return F._fft_c2r(half, (2,), scale, n_fft)


def overlapped(pieces, window, n_fft, hop, center, length, text):
    """The sum of the pieces, each under the window again, over that of the squares of the windows."""
    batch, count = pieces.shape[:2]
    total = n_fft + hop * (count - 1)
    weighted = F.mul(pieces, F.view(window, (1, 1, n_fft)))
    sums = F.unfold_backward(weighted, (batch, total), 1, n_fft, hop)
    squares = F.expand(F.pow(window, 2), (1, count, n_fft))
    envelope = F.unfold_backward(squares, (1, total), 1, n_fft, hop)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else -(n_fft // 2) if center else total
    sums, envelope = F.slice(sums, 1, start, end, 1), F.slice(envelope, 1, start, end, 1)
    if F.min(F.abs(envelope)).item() < 1e-11:
        raise RuntimeError(f"{text} window overlap add min: 1\n[ CPUBoolType{{}} ]")
    result = F.div(sums, envelope)
    if length is None or result.shape[1] >= length:
        return result
    warn_once(TOO_SHORT, 5)
    return F.constant_pad_nd(result, (0, length - result.shape[1]), 0)


op('stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, '
    'bool center=True, str pad_mode="reflect", bool normalized=False, bool? onesided=None, bool? return_complex=None, '
    'bool? align_to_window=None) -> Tensor', composite=stft)
op("istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, "
    "bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor",
    composite=istft)
