"""Factorizations, solutions and products of matrices on the device beside those of the host."""

import pytest

import mini_autograd as torch

SHAPES = [(5, 5), (3, 4, 4), (2, 20, 20), (2, 0, 3, 3)]
KINDS = [torch.float64, torch.complex128]


def matrices(shape, kind=torch.float64, seed=3):
    torch.manual_seed(seed)
    return torch.randn(shape, dtype=kind)


def agree(one, two, tolerance=1e-9):
    assert one.is_cuda
    assert one.dtype is two.dtype
    assert one.stride() == two.stride()
    assert torch.allclose(one.cpu(), two, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("adjoint", [True, False])
def test_solution_by_factors(shape, kind, left, adjoint):
    given = matrices(shape, kind)
    right = matrices((*shape[:-1], 2) if left else (*shape[:-2], 2, shape[-1]), kind, 4)
    factors, pivots = torch.linalg.lu_factor(given.cuda())
    agree(factors, torch.linalg.lu_factor(given)[0])
    found = torch.linalg.lu_solve(factors, pivots, right.cuda(), left=left, adjoint=adjoint)
    agree(found, torch.linalg.lu_solve(factors.cpu(), pivots.cpu(), right, left=left, adjoint=adjoint))


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_cholesky(kind, upper):
    given = matrices((2, 6, 6), kind)
    given = given @ given.mH
    factor = torch.linalg.cholesky(given.cuda(), upper=upper)
    agree(factor, torch.linalg.cholesky(given, upper=upper))
    right = matrices((2, 6, 3), kind, 4)
    agree(
        torch.cholesky_solve(right.cuda(), factor, upper=upper),
        torch.cholesky_solve(right, factor.cpu(), upper=upper),
    )
    agree(torch.cholesky_inverse(factor, upper=upper), torch.cholesky_inverse(factor.cpu(), upper=upper))


def test_what_failed_is_told_as_on_the_host():
    given = torch.eye(4).expand(2, 4, 4).clone()
    given[1, 2, 2] = -1
    assert torch.linalg.cholesky_ex(given.cuda()).info.tolist() == [0, 3]
    with pytest.raises(torch.linalg.LinAlgError, match="minor of order 3"):
        torch.linalg.cholesky(given.cuda())
    given[0, 1, 1] = 0
    assert torch.linalg.lu_factor_ex(given.cuda()).info.tolist() == [2, 0]


@pytest.mark.parametrize("transpose", [True, False])
@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_reflections(kind, left, transpose):
    given, other = matrices((2, 5, 3), kind), matrices((2, 5, 5), kind, 4)
    packed, factors = torch.geqrf(given.cuda())
    agree(packed, torch.geqrf(given)[0])
    host = packed.cpu(), factors.cpu()
    agree(torch.linalg.householder_product(packed, factors), torch.linalg.householder_product(*host))
    agree(
        torch.ormqr(packed, factors, other.cuda(), left, transpose),
        torch.ormqr(*host, other, left, transpose),
    )


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16], ids=str)
def test_products_of_half_types_round_once(kind):
    left, right, added = (matrices(shape, torch.float32).to(kind) for shape in ((3, 4, 8), (3, 8, 5), (5,)))
    found = torch.baddbmm(added.cuda(), left.cuda(), right.cuda(), beta=0.5, alpha=2)
    wide = torch.baddbmm(added.float(), left.float(), right.float(), beta=0.5, alpha=2)
    assert torch.equal(found.cpu(), wide.to(kind))
    turned = torch.nn.functional.linear(left.cuda(), right[0].mT.cuda(), added.cuda())
    assert torch.allclose(
        turned.cpu(), torch.nn.functional.linear(left, right[0].mT, added), rtol=0.02, atol=0.02
    )


def test_exponential_of_matrices_of_different_sizes():
    given = matrices((3, 4, 4)) * torch.tensor([0.01, 1.0, 30.0], dtype=torch.float64)[:, None, None]
    found, wanted = torch.matrix_exp(given.cuda()), torch.matrix_exp(given)
    assert ((found.cpu() - wanted).abs().amax((1, 2)) / wanted.abs().amax((1, 2)) < 1e-10).all()
