"""Complex numbers: parts, conjugate, direction, and their real views."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import arranged
from mini_autograd.kernels.shared.memory import address, contiguous, memory_of, placed

conj_physical = xp.conjugate


def conjugate_into(self: Array) -> None:
    xp.conjugate(self, out=self)


def negate_into(self: Array) -> None:
    xp.negative(self, out=self)


def view_as_real(self: Array) -> Array:
    """Real and imaginary parts in a last dimension of size 2, sharing memory."""
    size = self.itemsize // 2
    memory = memory_of(self)
    offset = address(self) - address(memory)
    return placed(memory, f"f{size}", (*self.shape, 2), (*self.strides, size), offset)


def view_as_complex(self: Array) -> Array:
    """The last dimension, of size 2, as real and imaginary parts, sharing memory; RuntimeError otherwise."""
    if self.ndim == 0:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if self.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    if self.strides[-1] != self.itemsize:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    pair = 2 * self.itemsize
    if any(step % pair and size != 1 for step, size in zip(self.strides[:-1], self.shape, strict=False)):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    memory = memory_of(self)
    offset = address(self) - address(memory)
    if offset % pair:
        raise RuntimeError("Tensor must have a storage_offset divisible by 2")
    strides = tuple([step // pair * pair for step in self.strides[:-1]])
    return placed(memory, f"c{pair}", self.shape[:-1], strides, offset)


def angle(self: Array) -> Array:
    """The angle with the positive real axis; of reals 0 or pi, or NaN."""
    if self.dtype.kind == "c":
        return contiguous(xp.asarray(xp.arctan2(self.imag, self.real)))
    half_turn = xp.where(self < 0, self.dtype.type(xp.pi), self.dtype.type(0))
    return arranged(xp.where(xp.isnan(self), self, half_turn), [self])


def polar(abs: Array, angle: Array) -> Array:
    return complex(abs * xp.cos(angle), abs * xp.sin(angle))


def complex(real: Array, imag: Array) -> Array:
    """Complex numbers from their parts."""
    shape = xp.broadcast_shapes(real.shape, imag.shape)
    made = xp.empty(shape, xp.result_type(real, xp.complex64))
    made.real, made.imag = real, imag
    return made
