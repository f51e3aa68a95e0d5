"""Matrices that act along axes, by hand."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.actions import Matrix, gspace, together
from markovsym.errors import CompositionError, SpaceError
from markovsym.groups import GL, O, U
from markovsym.spaces import CentreFree, Constraint, Free, Kind, Orthogonal

A = torch.tensor([[1.0, 2.0], [0.0, 1.0]])
BACK = torch.tensor([[1.0, -2.0], [0.0, 1.0]])
X = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
seeds = st.integers(0, 2**32 - 1)


def draw(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix for each of four square matrices."""
    generator = torch.Generator().manual_seed(seed)
    g = GL(3).random(4, generator=generator, dtype=torch.float64)
    return g, torch.randn(4, 3, 3, generator=generator, dtype=torch.float64)


def test_points_are_columns() -> None:
    assert Matrix(GL(2))(A, torch.tensor([1.0, 1.0])).tolist() == [3.0, 1.0]
    assert Matrix(GL(2))(A, X).tolist() == [[5.0, 2.0], [11.0, 4.0]]
    assert Matrix(GL(2), (-2,))(A, X).tolist() == (A @ X).tolist() == [[7.0, 10.0], [3.0, 4.0]]


def test_dual_points_are_moved_by_the_inverse_transpose() -> None:
    found = Matrix(GL(2), (), (-1,))(A, torch.tensor([1.0, 1.0]))
    assert found.tolist() == (BACK.mT @ torch.ones(2)).tolist() == [1.0, -1.0]


@given(seed=seeds)
def test_pairings_of_points_and_dual_points_are_not_changed(seed: int) -> None:
    g, x = draw(seed)
    moved = Matrix(GL(3))(g, x) @ Matrix(GL(3), (), (-1,))(g, x).mT
    torch.testing.assert_close(moved, x @ x.mT)


@given(seed=seeds)
def test_conjugation_and_congruence(seed: int) -> None:
    g, x = draw(seed)
    inverse = torch.linalg.inv(g)
    conjugated = Matrix(GL(3), axes=(-2,), dual=(-1,))(g, x)
    torch.testing.assert_close(conjugated, g @ x @ inverse)
    torch.testing.assert_close(Matrix(GL(3), axes=(-2, -1))(g, x), g @ x @ g.mT)
    torch.testing.assert_close(Matrix(GL(3), (), dual=(-2, -1))(g, x), inverse.mT @ x @ inverse)
    traces = (one.diagonal(dim1=-2, dim2=-1).sum(-1) for one in (conjugated, x))
    torch.testing.assert_close(*traces)


@given(seed=seeds)
def test_two_groups_act_from_both_sides(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    action = together(Matrix(O(2), (-2,)), Matrix(O(3), (-1,)))
    Q, R = action.group.haar(4, generator=generator, dtype=torch.float64)
    x = torch.randn(4, 2, 3, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(action((Q, R), x), Q @ x @ R.mT)


def test_unitary_matrices_move_complex_points() -> None:
    g = torch.diag(torch.tensor([1j, 1.0]))
    x = torch.tensor([[1.0, 2.0], [1j, 3.0]])
    assert Matrix(U(2))(g, x).tolist() == [[1j, 2.0], [-1.0, 3.0]]
    moved = Matrix(U(2), (-2,), (-1,))(g, x)
    assert moved.tolist() == (g @ x @ g.mH).tolist() == [[1.0, 2j], [1.0, 3.0]]


def test_a_form_is_invariant_where_points_are_moved() -> None:
    g = torch.tensor([[2.0, 1.0], [0.0, 1.0]])
    x, y = torch.tensor([1.0, -1.0]), torch.tensor([3.0, 2.0])
    form = Matrix(GL(2), (), (-2, -1))(g, X)
    assert ((g @ x) @ form @ (g @ y)).item() == pytest.approx((x @ X @ y).item())


def test_the_first_of_several_axes() -> None:
    x = torch.arange(12.0).reshape(2, 3, 2)
    found = Matrix(GL(2), (-3,))(A, x)
    torch.testing.assert_close(found, torch.einsum("ij,jkl->ikl", A, x))
    found = Matrix(GL(2), (-3, -1))(A, x)
    torch.testing.assert_close(found, torch.einsum("ij,jkl,ml->ikm", A, x, A))


def test_matrices_of_another_batch_are_refused() -> None:
    eye = torch.eye(2).expand(3, 2, 2)
    with pytest.raises(SpaceError) as caught:
        Matrix(GL(2))(eye, torch.zeros(4, 5, 2))
    assert str(caught.value) == (
        "wanted matrices of the batch shape of the points, or one for all; got (3, 2, 2) for "
        "points of shape (4, 5, 2)"
    )


@pytest.mark.parametrize(
    ("action", "shape", "kind", "bound"),
    [
        (Matrix(GL(2), (-2,)), (3, 2), Kind.REAL, Free()),
        (Matrix(GL(2), (-2, -1)), (2, 3), Kind.REAL, Free()),
        (Matrix(GL(2), (-2,), (-1,)), (2, 3), Kind.REAL, Free()),
        (Matrix(GL(2), (-2,)), (2,), Kind.REAL, Free()),
        (Matrix(GL(2), (0,)), (2, 2), Kind.REAL, Free()),
        (Matrix(GL(2), (-1, -1)), (2, 2), Kind.REAL, Free()),
        (Matrix(GL(2), (-1,), (-1,)), (2, 2), Kind.REAL, Free()),
        (Matrix(GL(2), (-2,)), (2, 2), Kind.REAL, CentreFree()),
        (Matrix(GL(2), (-2, -1)), (2, 2), Kind.REAL, CentreFree()),
        (Matrix(GL(2), (-1,), (-2,)), (2, 2), Kind.REAL, CentreFree()),
        (Matrix(O(2)), (2, 2), Kind.REAL, Orthogonal()),
        (Matrix(U(2)), (2, 2), Kind.REAL, Free()),
        (Matrix(O(2)), (2, 2), Kind.COMPLEX, Free()),
    ],
    ids=str,
)
def test_a_space_without_such_axes_is_refused(
    action: Matrix, shape: tuple[int, ...], kind: Kind, bound: Constraint
) -> None:
    with pytest.raises(CompositionError, match=r"^Matrix\(.*\) cannot act on (float|complex)"):
        gspace(shape, action, kind, bound)
