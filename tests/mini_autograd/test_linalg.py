"""Linear algebra against torch: values with their signs, layouts, derivatives, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import same

GENERATOR = np.random.default_rng(11)


def matrices(*shape: int, dtype: str = "float64") -> torch.Tensor:
    """Random matrices that are far from singular."""
    numbers = GENERATOR.standard_normal(shape)
    if dtype.startswith("complex"):
        numbers = numbers + 1j * GENERATOR.standard_normal(shape)
    return torch.tensor(numbers + 3 * np.eye(*shape[-2:]), dtype=getattr(torch, dtype))


SQUARE: dict[str, Callable[[Any, Any], Any]] = {
    "det": lambda lib, a: lib.linalg.det(a),
    "slogdet": lambda lib, a: lib.linalg.slogdet(a)[1],
    "logdet": lambda lib, a: lib.logdet(a @ lib.conj(a.mT)),
    "inv": lambda lib, a: lib.linalg.inv(a),
    "solve": lambda lib, a: lib.linalg.solve(a, a + 1),
    "solve from the right": lambda lib, a: lib.linalg.solve(a, a + 1, left=False),
    "cholesky": lambda lib, a: lib.linalg.cholesky(a @ lib.conj(a.mT)),
    "lu": lambda lib, a: lib.linalg.lu(a)[1:],
    "qr": lambda lib, a: lib.linalg.qr(a),
    "eigvalsh": lambda lib, a: lib.linalg.eigvalsh(a),
    "svdvals": lambda lib, a: lib.linalg.svdvals(a),
    "pinv": lambda lib, a: lib.linalg.pinv(a),
    "matrix_exp": lambda lib, a: lib.linalg.matrix_exp(a / 4),
    "matrix_power": lambda lib, a: lib.linalg.matrix_power(a, -3),
    "nuclear norm": lambda lib, a: lib.linalg.matrix_norm(a, "nuc"),
    "cond": lambda lib, a: lib.linalg.cond(a),
}


def results(lib: Any, call: Callable[[Any, Any], Any], matrix: torch.Tensor) -> list[np.ndarray]:
    """What ``call`` gives, and its gradient where one flows to the matrix."""
    given = lib.tensor(matrix.tolist(), dtype=getattr(lib, str(matrix.dtype).removeprefix("torch.")))
    given.requires_grad_()
    made = call(lib, given)
    made = made if isinstance(made, tuple) else (made,)
    total = sum((one * lib.conj(one) * (at + 1)).real.sum() for at, one in enumerate(made))
    total.backward()
    return [np.array(one.tolist()) for one in (*made, given.grad)]


def assert_close(call: Callable[[Any, Any], Any], matrix: torch.Tensor) -> None:
    for mine, wanted in zip(*[results(lib, call, matrix) for lib in (mini_autograd, torch)], strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("name", SQUARE)
def test_of_square_matrices(name: str, dtype: str):
    assert_close(SQUARE[name], matrices(2, 4, 4, dtype=dtype))


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (3, 2), (4, 3), (3, 5), (6, 4), (4, 9), (12, 3), (5, 5)])
def test_signs_of_vectors(shape: tuple[int, int], dtype: str):
    """Singular vectors and orthogonal factors have torch's signs."""
    matrix = matrices(*shape, dtype=dtype)
    assert_close(lambda lib, a: tuple(lib.linalg.svd(a, full_matrices=False)), matrix)
    assert_close(lambda lib, a: tuple(lib.linalg.qr(a)), matrix)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 25])
def test_signs_of_eigenvectors(size: int, dtype: str):
    matrix = matrices(size, size, dtype=dtype)
    for half in ("L", "U"):
        assert_close(lambda lib, a, half=half: tuple(lib.linalg.eigh(a, half)), matrix)  # type: ignore[misc]


@pytest.mark.parametrize("size", [2, 5, 8])
def test_phases_of_pairs(size: int):
    """Complex eigenvectors of a real matrix."""
    for _ in range(5):
        matrix = torch.tensor(GENERATOR.standard_normal((size, size)))
        assert_close(lambda lib, a: tuple(lib.linalg.eig(a)), matrix)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 9, 16])
def test_roundings_of_factors(size: int):
    """Factors of small real matrices are torch's to the last digit."""
    matrix = torch.tensor(GENERATOR.standard_normal((size, size)))
    same(lambda lib, a: lib.linalg.lu_factor(a), matrix, grad=False, ulp=0)


@pytest.mark.parametrize("name", ["det", "inv", "cholesky", "eigh", "svd", "qr", "lu", "slogdet", "cond"])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (0, 0), (0, 3, 3)])
def test_shapes(name: str, shape: tuple[int, ...]):
    """What is no matrix, not square, or empty."""
    same(lambda lib, a: getattr(lib.linalg, name)(a), torch.ones(shape), grad=False)


@pytest.mark.parametrize("name", ["inv", "cholesky", "lu_factor", "solve"])
def test_singular(name: str):
    second = (torch.ones(2, 3, 3),) if name == "solve" else ()
    same(lambda lib, *args: getattr(lib.linalg, name)(*args), torch.zeros(2, 3, 3), *second, grad=False)
    assert issubclass(mini_autograd.linalg.LinAlgError, RuntimeError)
