"""Homogeneous spaces by hand."""

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import SpaceError
from markovsym.groups import (
    GL,
    SO,
    C,
    Cosets,
    D,
    E,
    FactorInclusion,
    FixingAxes,
    FixingPlaces,
    Inclusion,
    Injections,
    O,
    OrthonormalAxes,
    PositiveDefinite,
    Root,
    S,
    Same,
    Sign,
    Tabulated,
)
from markovsym.groups.homogeneous import Determinants
from markovsym.groups.listed import Listed
from markovsym.spaces import UNIT, Kind, space

TURN = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
seeds = st.integers(0, 2**32 - 1)


def test_motions_modulo_rotations_are_vectors() -> None:
    g, c = (torch.tensor([5.0, 0.0]), TURN), torch.tensor([1.0, 2.0])
    cosets = Cosets(FactorInclusion(E(2), "right"))
    assert cosets.act(g, c).tolist() == [3.0, 1.0]
    assert cosets.project(g).tolist() == [5.0, 0.0]
    torch.testing.assert_close(cosets.section(c), (c, torch.eye(2)))


def test_motions_modulo_translations_are_rotations() -> None:
    g = (torch.tensor([5.0, 0.0]), TURN)
    cosets = Cosets(FactorInclusion(E(2), "left"))
    assert torch.equal(cosets.act(g, TURN), -torch.eye(2))
    assert torch.equal(cosets.project(g), TURN)
    torch.testing.assert_close(cosets.section(TURN), (torch.zeros(2), TURN))


@pytest.mark.parametrize("root", Root)
def test_matrices_modulo_rotations_are_positive_definite(root: Root) -> None:
    A, P = torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.diag(torch.tensor([4.0, 9.0]))
    writing = PositiveDefinite(2, root)
    assert writing.project(A).tolist() == [[5.0, 2.0], [2.0, 1.0]]
    assert writing.act(A, P).tolist() == [[40.0, 18.0], [18.0, 9.0]]
    torch.testing.assert_close(writing.section(P), torch.diag(torch.tensor([2.0, 3.0])))
    assert writing.space == space((2, 2))


@given(seed=seeds)
def test_the_roots_are_those_of_numpy(seed: int) -> None:
    A = GL(3).random(generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    P = A @ A.mT
    symmetric, lower = (PositiveDefinite(3, r).section(P) for r in (Root.SYMMETRIC, Root.CHOLESKY))
    np.testing.assert_allclose(lower.numpy(), np.linalg.cholesky(P.numpy()), atol=1e-9)
    np.testing.assert_allclose(symmetric.numpy(), scipy.linalg.sqrtm(P.numpy()), atol=1e-9)
    torch.testing.assert_close(symmetric, symmetric.mT)


def test_the_sphere() -> None:
    cosets = Cosets(FixingAxes(3, 1))
    assert cosets.space == space((3, 1))
    north = cosets.project(torch.eye(3))
    assert north.tolist() == [[1.0], [0.0], [0.0]]
    still = FixingAxes(3, 1)(TURN)
    assert torch.equal(cosets.act(still, north), north)
    assert torch.equal(cosets.act(-torch.eye(3), north), -north)


@pytest.mark.parametrize("proper", [False, True])
def test_a_frame_starts_with_the_columns_that_were_given(proper: bool) -> None:
    columns = torch.tensor([[0.0], [0.0], [1.0]]).expand(2, 3, 1) * torch.tensor(
        [[[1.0]], [[-1.0]]]
    )
    frame = OrthonormalAxes(3, 1, proper=proper).section(columns)
    assert torch.equal(frame[..., :1], columns)
    assert (SO(3) if proper else O(3)).contains(frame, tolerance=1e-6).all()


def test_injections() -> None:
    writing = Injections(5, 2)
    assert writing.space == space((2,), Kind.INTEGER)
    assert writing.project(torch.tensor([3, 1, 0, 2, 4])).tolist() == [3, 1]
    assert writing.section(torch.tensor([3, 1])).tolist() == [3, 1, 0, 2, 4]
    assert writing.act(torch.tensor([1, 2, 3, 4, 0]), torch.tensor([3, 1])).tolist() == [4, 2]
    many = Cosets(FixingPlaces(4, 2)).project(S(4).elements()).unique(dim=0)
    assert len(many) == 12


def test_one_element_moves_many_injections_and_many_elements_one() -> None:
    writing, g = Injections(4, 2), S(4).elements()
    c = writing.project(g)
    wanted = torch.stack([writing.act(one, c[5]) for one in g])
    assert torch.equal(writing.act(g, c[5]), wanted)
    wanted = torch.stack([writing.act(g[5], one) for one in c])
    assert torch.equal(writing.act(g[5], c), wanted)


def test_determinants() -> None:
    mirror = torch.diag(torch.tensor([1.0, -1.0, 1.0]))
    cosets = Cosets(Inclusion(SO(3), O(3)))
    assert cosets.project(mirror).tolist() == [[-1.0]]
    assert (
        cosets.section(torch.tensor([[-1.0]])).tolist()
        == torch.diag(torch.tensor([-1.0, 1.0, 1.0])).tolist()
    )
    assert cosets.act(mirror, torch.tensor([[-1.0]])).tolist() == [[1.0]]
    assert (
        Determinants(GL(2)).act(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([[0.5]])) == 3
    )


def test_a_group_modulo_itself_is_a_point() -> None:
    cosets = Cosets(Same(O(3)))
    assert cosets.space == UNIT
    assert cosets.project(torch.eye(3)) == cosets.act(-torch.eye(3), ()) == ()
    assert torch.equal(cosets.section(()), torch.eye(3))


def test_cosets_of_multiples_of_four() -> None:
    cosets = Cosets(Listed.of(C(3), C(12), torch.tensor([0, 4, 8])))
    assert cosets.space == space((), Kind.INTEGER)
    assert cosets.project(C(12).elements()).tolist() == [0, 1, 2, 3] * 3
    assert cosets.section(torch.arange(4)).tolist() == [0, 1, 2, 3]
    assert cosets.act(torch.tensor(7), torch.arange(4)).tolist() == [3, 0, 1, 2]


def test_left_cosets_are_not_right_cosets() -> None:
    flip = Listed.of(C(2), D(3), torch.tensor([0, 3]))
    number = Cosets(flip).project(D(3).elements()).tolist()
    for r in range(3):  # r and r after the flip; the flip after r is r^-1 after it
        assert number[r] == number[int(D(3).multiply(torch.tensor(r), torch.tensor(3)))] == r
    assert number[int(D(3).multiply(torch.tensor(3), torch.tensor(1)))] == 2


def test_reflections_are_one_coset_of_the_rotations() -> None:
    cosets = Cosets(Inclusion(C(4), D(4)))
    assert cosets.project(D(4).elements()).tolist() == [0] * 4 + [1] * 4
    assert cosets.section(torch.tensor([0, 1])).tolist() == [0, 4]
    assert cosets.act(torch.tensor(6), torch.tensor([0, 1])).tolist() == [1, 0]


def test_a_homomorphism_onto_the_group_leaves_one_coset() -> None:
    assert Tabulated(Sign(3)).project(torch.tensor([0, 1])).tolist() == [0, 0]
    assert Tabulated(Sign(1)).project(torch.tensor([0, 1])).tolist() == [0, 1]


def test_a_matrix_that_is_not_positive_definite_has_no_section() -> None:
    flat = torch.stack([torch.eye(3), torch.diag(torch.tensor([1.0, 1.0, -1.0]))])
    with pytest.raises(
        SpaceError, match=r"^wanted positive definite .* span R\^3 .*; got some that"
    ):
        Cosets(Inclusion(O(3), GL(3))).section(flat)
