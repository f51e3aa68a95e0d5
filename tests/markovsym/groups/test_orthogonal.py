import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.groups import SO, O, gram_schmidt, orthonormalise
from markovsym.groups.orthogonal import mirror, turns

DRAWS = 20_000
GROUPS = [*(O(n) for n in (1, 2, 3, 4)), *(SO(n) for n in (1, 2, 3, 4))]
every_group = pytest.mark.parametrize("G", GROUPS, ids=str)
seeds = st.integers(0, 2**32 - 1)
EYE = torch.eye(3, dtype=torch.float64)


def normal(*shape: int, seed: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def rotated(seed: int, determinant: float) -> Tensor:
    """An orthogonal matrix of that determinant, by a routine that is not ours."""
    Q, _ = torch.linalg.qr(normal(3, 3, seed=seed))
    return Q * torch.linalg.det(Q) * determinant  # in three dimensions the sign may go to all axes


def unlike_haar(Q: Tensor) -> float:
    """Most standard errors by which a mean of entries or of their products is not that of O(n)."""
    n = Q.shape[-1]
    flat = Q.flatten(1)
    products = flat.unsqueeze(1) * flat.unsqueeze(2) - torch.eye(n * n) / n
    first, second = flat.mean(0) * n**0.5, products.mean(0) * n
    return float(torch.cat([first, second.flatten()]).abs().max()) * len(Q) ** 0.5


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_moments_of_haar_are_those_of_the_invariant_law(
    n: int, generator: torch.Generator
) -> None:
    assert unlike_haar(O(n).haar(DRAWS, generator=generator)) < 5  # mean zero, E[Q_ij^2] = 1/n


@pytest.mark.parametrize("n", [3, 4])
def test_the_moments_of_haar_on_rotations_are_the_same(n: int, generator: torch.Generator) -> None:
    assert unlike_haar(SO(n).haar(DRAWS, generator=generator)) < 5


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_qr_without_the_signs_is_not_haar(n: int, generator: torch.Generator) -> None:
    Q, _ = torch.linalg.qr(torch.randn(DRAWS, n, n, generator=generator))
    assert unlike_haar(Q) > 20


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_half_of_the_draws_of_o_are_reflections(n: int, generator: torch.Generator) -> None:
    determinants = torch.linalg.det(O(n).haar(DRAWS, generator=generator))
    assert determinants.mean().abs() < 5 / DRAWS**0.5  # five standard errors


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_every_draw_of_so_is_a_rotation(n: int, generator: torch.Generator) -> None:
    determinants = torch.linalg.det(SO(n).haar(DRAWS, generator=generator))
    torch.testing.assert_close(determinants, torch.ones(DRAWS))


@every_group
def test_haar_is_invariant_from_the_left(G: O | SO, generator: torch.Generator) -> None:
    g = G.haar(generator=generator)
    here, there = (G.haar(DRAWS, generator=generator) for _ in range(2))
    here, there = (Q.flatten(1) for Q in (here, g @ there))
    powers = [torch.cat([Q, Q.square(), Q.pow(3)], dim=1).double() for Q in (here, there)]
    gap = powers[0].mean(0) - powers[1].mean(0)
    error = ((powers[0].var(0) + powers[1].var(0)) / DRAWS).sqrt()
    assert (gap.abs() < 5 * error + 1e-6).all()  # SO(1) is a point


def test_the_angle_of_a_plane_rotation_is_uniform(generator: torch.Generator) -> None:
    Q = SO(2).haar(DRAWS, generator=generator)
    angle = torch.atan2(Q[:, 1, 0], Q[:, 0, 0])
    for k in (1, 2, 3, 4):
        assert (k * angle).cos().mean().abs() < 5 / (2 * DRAWS) ** 0.5
        assert (k * angle).sin().mean().abs() < 5 / (2 * DRAWS) ** 0.5


def test_the_first_axis_of_a_rotation_is_uniform_on_the_sphere(generator: torch.Generator) -> None:
    height = SO(3).haar(DRAWS, generator=generator)[:, :, 0]
    counts = torch.histc(height, 10, -1, 1) / 3  # Archimedes: each coordinate is uniform
    assert (counts / DRAWS - 0.1).abs().max() < 5 * (0.09 / DRAWS) ** 0.5


@pytest.mark.parametrize(
    ("matrix", "orthogonal", "rotation"),
    [
        ([[0.0, -1.0], [1.0, 0.0]], True, True),
        ([[0.0, 1.0], [1.0, 0.0]], True, False),
        ([[1.0, 0.0], [0.0, 0.0]], False, False),
        ([[1.0, 0.0], [1.0, 1.0]], False, False),
        ([[2.0, 0.0], [0.0, 0.5]], False, False),
        ([[1.01, 0.0], [0.0, 1.0]], False, False),
        ([[math.nan, 0.0], [0.0, 1.0]], False, False),
    ],
)
def test_membership_by_hand(matrix: list[list[float]], orthogonal: bool, rotation: bool) -> None:
    batch = torch.stack([torch.eye(2), torch.tensor(matrix)])
    assert O(2).contains(batch).tolist() == [True, orthogonal]
    assert SO(2).contains(batch).tolist() == [True, rotation]


def test_membership_holds_up_to_the_tolerance() -> None:
    near = torch.diag(torch.tensor([1.01, 1.0]))
    for G in (O(2), SO(2)):
        assert G.contains(near, tolerance=0.03)
        assert not G.contains(near, tolerance=0.01)


def test_generators_by_hand() -> None:
    c, s = math.cos(1.0), math.sin(1.0)
    turn = torch.tensor([[c, -s], [s, c]])
    torch.testing.assert_close(SO(2).generators(), [turn])
    torch.testing.assert_close(O(2).generators(), [torch.diag(torch.tensor([-1.0, 1.0])), turn])
    assert len(turns(4)) == 3


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_components_are_told_apart_by_the_determinant(n: int) -> None:
    assert [float(torch.linalg.det(g)) for g in O(n).components()] == [1.0, -1.0]
    assert [float(torch.linalg.det(g)) for g in SO(n).components()] == [1.0]


@pytest.mark.parametrize(("G", "dimension"), [(SO(2), 2), (O(2), 1), (SO(3), 1), (O(4), 1)])
def test_only_multiples_of_the_identity_commute_with_all_generators(
    G: O | SO, dimension: int
) -> None:
    eye = torch.eye(G.n, dtype=torch.float64)
    rows = [
        torch.kron(g, eye) - torch.kron(eye, g.mT.contiguous())
        for g in G.generators(dtype=eye.dtype)
    ]
    values = torch.linalg.svdvals(torch.cat(rows))  # rotations of the plane commute, too
    assert int((values < 1e-9).sum()) == dimension


@pytest.mark.parametrize("G", [O(2), O(3), SO(2), SO(3)], ids=str)
def test_one_generator_is_no_involution(G: O | SO) -> None:
    assert any((g @ g - torch.eye(G.n)).abs().max() > 0.5 for g in G.generators())


@pytest.mark.parametrize("G", [O(2), SO(2)], ids=str)
def test_products_by_hand(G: O | SO) -> None:
    shear, turn = torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    assert G.multiply(turn, shear).tolist() == [[0.0, -1.0], [1.0, 2.0]]  # the shear comes first
    assert G.inverse(turn).tolist() == [[0.0, 1.0], [-1.0, 0.0]]


def test_mirrors_turn_the_first_axis_round() -> None:
    assert mirror(3).tolist() == [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize("G", [O, SO])
@pytest.mark.parametrize("n", [0, -1])
def test_matrices_without_rows_are_refused(G: type[O | SO], n: int) -> None:
    with pytest.raises(ValueError, match=rf"O\(n\) needs n >= 1, got n = {n}$"):
        G(n)


@given(n=st.integers(1, 5), seed=seeds)
def test_orthonormalising_leaves_a_triangle_with_a_positive_diagonal(n: int, seed: int) -> None:
    m = normal(4, n, n, seed=seed)
    Q = orthonormalise(m)
    R = Q.mT @ m
    assert O(n).contains(Q, tolerance=1e-10).all()
    torch.testing.assert_close(R, R.triu())
    assert (R.diagonal(dim1=-2, dim2=-1) > 0).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_orthonormalising_zero_loses_no_column(dtype: torch.dtype) -> None:
    Q = orthonormalise(torch.zeros(3, 3, dtype=dtype))
    assert O(3).contains(Q)
    assert Q.dtype == dtype


WITHOUT_A_FRAME = {
    "a zero column": [[1.0, 0.0], [2.0, 0.0]],
    "columns that are multiples": [[1.0, 2.0], [3.0, 6.0]],
    "a column that is not finite": [[1.0, torch.nan], [3.0, 1.0]],
    "a column of rounding errors": [[1.0, 1.0], [1.0, 1.0 + 1e-16]],
}


@pytest.mark.parametrize("name", WITHOUT_A_FRAME)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64])
def test_no_gradient_flows_where_orthonormalising_is_degenerate(
    name: str, dtype: torch.dtype
) -> None:
    m = torch.stack([torch.tensor(WITHOUT_A_FRAME[name]), torch.eye(2) + 0.1]).to(dtype)
    m.requires_grad_()
    Q = orthonormalise(m)
    torch.testing.assert_close(Q[0], torch.eye(2, dtype=dtype))
    Q[:, 0, 1].real.sum().backward()
    assert m.grad is not None
    assert m.grad[0].abs().max() == 0
    assert m.grad[1].isfinite().all()
    assert m.grad[1].abs().max() > 0


def test_the_gradient_of_orthonormalising_is_that_of_differences() -> None:
    for n in (2, 4):
        m = normal(2, n, n, seed=n).requires_grad_()
        assert torch.autograd.gradcheck(orthonormalise, m)
        assert torch.autograd.gradgradcheck(orthonormalise, m)


@given(seed=seeds)
def test_gram_schmidt_is_orthonormalisation(seed: int) -> None:
    m = normal(4, 3, 3, seed=seed)
    frame, degenerate = gram_schmidt(m)
    torch.testing.assert_close(frame, orthonormalise(m))
    assert not degenerate.any()


@pytest.mark.parametrize("determinant", [1.0, -1.0])
@given(seed=seeds)
def test_gram_schmidt_is_equivariant_from_the_left(determinant: float, seed: int) -> None:
    g, m = rotated(seed, determinant), normal(4, 3, 3, seed=seed)
    torch.testing.assert_close(gram_schmidt(g @ m)[0], g @ gram_schmidt(m)[0])


@given(seed=seeds)
def test_gram_schmidt_forgets_a_triangle_on_the_right(seed: int) -> None:
    m, R = normal(4, 3, 3, seed=seed), normal(3, 3, seed=seed + 1).triu()
    R.diagonal().abs_().add_(0.5)
    torch.testing.assert_close(gram_schmidt(m @ R)[0], gram_schmidt(m)[0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("power", [-30, -20, -10, 0, 10, 20, 30])
def test_gram_schmidt_does_not_see_the_scale(dtype: torch.dtype, power: int) -> None:
    m = normal(100, 3, 3, seed=0, dtype=dtype)
    frame, degenerate = gram_schmidt(m * 10.0**power)
    torch.testing.assert_close(frame, gram_schmidt(m)[0])
    assert not degenerate.any()


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("power", [-36, -24, -20, -18, -12, 12, 18, 20, 24, 36])
def test_gram_schmidt_does_not_see_the_scale_of_a_column(column: int, power: int) -> None:
    m = normal(100, 3, 3, seed=0, dtype=torch.float32)
    scales = torch.ones(3)
    scales[column] = 10.0**power
    frame, degenerate = gram_schmidt(m * scales)
    torch.testing.assert_close(frame, gram_schmidt(m)[0])
    assert not degenerate.any()


@pytest.mark.parametrize("gap", [1.0, 1e-2, 1e-4, 1e-5])
@pytest.mark.parametrize(("copy", "of"), [(1, 0), (2, 0), (2, 1)])
def test_columns_that_nearly_depend_still_give_a_frame(gap: float, copy: int, of: int) -> None:
    m, eye = normal(1000, 3, 3, seed=0, dtype=torch.float32), torch.eye(3)
    m[..., copy] = m[..., of] + gap * m[..., copy]
    frame, degenerate = gram_schmidt(m)
    assert (frame[~degenerate].mT @ frame[~degenerate] - eye).abs().max() < 1e-6
    assert degenerate.float().mean() < 0.2


def matrix(*columns: list[float]) -> Tensor:
    return torch.tensor(columns, dtype=torch.float64).mT


DEGENERATE = {
    "zero": matrix([0, 0, 0], [0, 0, 0], [0, 0, 0]),
    "no first column": matrix([0, 0, 0], [0, 1, 0], [0, 0, 1.0]),
    "no second column": matrix([1, 0, 0], [0, 0, 0], [0, 0, 1.0]),
    "no third column": matrix([1, 0, 0], [0, 1, 0], [0, 0, 0.0]),
    "first column twice": matrix([1, 2, 3], [1, 2, 3], [0, 0, 1.0]),
    "first column turned": matrix([1, 2, 3], [-2, -4, -6], [0, 0, 1.0]),
    "first column again in third": matrix([1, 2, 3], [0, 1, 0], [1, 2, 3.0]),
    "planar": matrix([1, 2, 0], [3, 1, 0], [1, 1, 0.0]),
    "planar up to rounding": matrix([0.1, 0.7, 0.3], [0.3, 0.2, 0.9], [0.4, 0.9, 1.2]),
    "all ones": matrix([1, 1, 1], [1, 1, 1], [1, 1, 1]),
    "nan in first": matrix([math.nan, 0, 0], [0, 1, 0], [0, 0, 1.0]),
    "nan in second": matrix([1, 0, 0], [0, math.nan, 0], [0, 0, 1.0]),
    "nan in third": matrix([1, 0, 0], [0, 1, 0], [0, 0, math.nan]),
    "inf": matrix([math.inf, 0, 0], [0, 1, 0], [0, 0, 1.0]),
    "minus inf": matrix([1, 0, 0], [0, 1, 0], [0, -math.inf, 1.0]),
}
degenerate_matrices = pytest.mark.parametrize("m", DEGENERATE.values(), ids=list(DEGENERATE))


@degenerate_matrices
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_degenerate_matrix_is_told_and_gives_the_identity(m: Tensor, dtype: torch.dtype) -> None:
    frame, degenerate = gram_schmidt(torch.stack([m, 2 * mirror(3).double()]).to(dtype))
    assert degenerate.tolist() == [True, False]
    assert torch.equal(frame, torch.stack([torch.eye(3), mirror(3)]).to(dtype))


@degenerate_matrices
def test_no_gradient_flows_to_a_degenerate_matrix_nor_is_one_lost(m: Tensor) -> None:
    batch = torch.stack([m, normal(3, 3, seed=1)]).float().requires_grad_()
    (gram_schmidt(batch)[0] * normal(3, 3, seed=2, dtype=torch.float32)).sum().backward()
    assert not batch.grad[0].any()
    assert batch.grad[1].isfinite().all()
    assert batch.grad[1].any()


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6, 1e-7])
def test_gradients_stay_finite_where_columns_nearly_depend(gap: float) -> None:
    m = normal(1000, 3, 3, seed=0, dtype=torch.float32)
    m[..., 1] = m[..., 0] + gap * m[..., 1]
    m.requires_grad_()
    (gram_schmidt(m)[0] * normal(3, 3, seed=2, dtype=torch.float32)).sum().backward()
    assert m.grad.isfinite().all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_gradients_equal_finite_differences(seed: int, scale: float) -> None:
    m = (scale * normal(3, 3, seed=seed)).requires_grad_()
    assert torch.autograd.gradcheck(lambda m: gram_schmidt(m)[0], m, eps=1e-6 * scale, atol=1e-5)
