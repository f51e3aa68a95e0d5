"""Actions of products, and the laws of restriction along homomorphisms."""

from dataclasses import dataclass
from typing import final

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    Action,
    CosetAction,
    GSpace,
    Matrix,
    Permutation,
    Restricted,
    Shift,
    Square,
    Together,
    Translation,
    Trivial,
    affine,
    coset_space,
    gspace,
    regular,
    restrict,
    restricted,
    together,
)
from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import (
    GL,
    SE,
    SO,
    Aff,
    C,
    Cosets,
    D,
    Determinant,
    Direct,
    E,
    Element,
    FactorInclusion,
    FactorProjection,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Group,
    Homomorphism,
    Inclusion,
    Inversion,
    O,
    PermutationMatrices,
    S,
    Same,
    Semidirect,
    Sign,
    T,
    TrivialGroup,
)
from markovsym.spaces import Space, Value, parts_of, value_of

P, NESTED = Direct(S(4), O(3)), Direct(S(3), E(2))
LEFT, RIGHT = (FactorInclusion(P, side) for side in ("left", "right"))
BOTH = together(Permutation(S(4)), Matrix(O(3)))
MOTION, WITHIN = affine(E(2)), FactorInclusion(NESTED, "right")
SEVERAL = Together(NESTED, Permutation(S(3)), MOTION)


@final
@dataclass(frozen=True)
class Handed(Action):
    """Reflections turn the sign of numbers round: an action that has no closed form below."""

    @property
    def group(self) -> Direct:
        return P

    @property
    def affine(self) -> bool:
        return True

    def fits(self, space: Space) -> bool:
        return True

    def __call__(self, g: Element, x: Tensor) -> Tensor:
        signs = torch.linalg.det(g[1])
        return x * signs.reshape(*signs.shape, *[1] * (x.dim() - signs.dim())).to(x.dtype)

    def log_volume(self, g: Element, x: Value, space: Space) -> float:
        return 0.0


RESTRICTIONS: list[tuple[GSpace, Homomorphism]] = [
    *((gspace((4, 3), one), phi) for one in (BOTH, Trivial(P), Handed()) for phi in (LEFT, RIGHT)),
    (gspace((4, 3), BOTH), FromTrivial(P)),
    (gspace((4, 3), BOTH), Same(P)),
    (gspace((4, 3), Matrix(O(3))), FromTrivial(O(3))),
    (gspace((4, 3), Matrix(O(3))), Inclusion(SO(3), O(3))),
    (gspace((4, 3), Matrix(O(3))), FixingAxes(3, 1)),
    (gspace((4, 3), Matrix(O(3))), PermutationMatrices(3)),
    (gspace((4, 3), Matrix(O(3))), FactorProjection(P)),
    (gspace((2, 2), Matrix(GL(2), (-2,), (-1,))), Inclusion(O(2), GL(2))),
    (gspace((4, 2), Permutation(S(4))), FixingPlaces(4, 1)),
    (gspace((4, 1), Matrix(O(1))), Determinant(O(3))),
    (gspace((6,), Shift(C(2))), Sign(4)),
    (gspace((3, 3), Square(D(4))), Inclusion(C(4), D(4))),
    *((gspace((3, 2), MOTION), FactorInclusion(E(2), side)) for side in ("left", "right")),
    *((gspace((3, 2), SEVERAL), FactorInclusion(NESTED, side)) for side in ("left", "right")),
    (gspace((3, 2), MOTION), Inclusion(SE(2), E(2))),
    (gspace((3, 2), affine(Aff(2))), Inclusion(E(2), Aff(2))),
    (gspace((3, 2), SEVERAL), FactorInclusion(E(2), "right") >> WITHIN),
    *((coset_space(Cosets(phi)), psi) for phi in (LEFT, RIGHT) for psi in (LEFT, RIGHT)),
    *(
        (coset_space(Cosets(FactorInclusion(G, side))), FactorInclusion(G, other))
        for G in (E(2), NESTED, Semidirect(Inversion(5)))
        for side in ("left", "right")
        for other in ("left", "right")
    ),
    *((regular(P), phi) for phi in (LEFT, RIGHT, FromTrivial(P))),
    (regular(E(2)), FactorInclusion(E(2), "right")),
    (regular(O(3)), PermutationMatrices(3)),
    (coset_space(Cosets(FixingAxes(3, 1))), PermutationMatrices(3)),
    (coset_space(Cosets(FixingAxes(3, 1))), FixingAxes(3, 1)),
]
every_restriction = pytest.mark.parametrize(
    ("X", "phi"), RESTRICTIONS, ids=lambda one: str(one.actions if isinstance(one, GSpace) else one)
)
seeds = st.integers(0, 2**32 - 1)


def element(G: Group, seed: int, *batch: int) -> Element:
    generator = torch.Generator().manual_seed(seed)
    return G.random(*batch, generator=generator, dtype=torch.float64)


def point(X: GSpace, seed: int, *batch: int) -> Value:
    """A value of a space without named sizes, in double precision."""
    (action,) = X.actions
    if isinstance(action, CosetAction):
        return action.cosets.project(element(X.group, seed, *batch))
    (factor,), generator = X.space.factors, torch.Generator().manual_seed(seed)
    return torch.randn(*batch, *factor.shape, generator=generator, dtype=torch.float64)


@every_restriction
@settings(max_examples=10)
@given(seed=seeds, batch=st.sampled_from([(), (4,), (2, 3)]))
def test_a_restricted_action_goes_through_the_homomorphism(
    X: GSpace, phi: Homomorphism, seed: int, batch: tuple[int, ...]
) -> None:
    h, x = element(phi.dom, seed, *batch), point(X, seed + 1, *batch)
    narrow = restrict(X, phi)
    assert (narrow.group, narrow.space) == (phi.dom, X.space)
    torch.testing.assert_close(narrow.act(h, x), X.act(phi(h), x))


@every_restriction
@settings(max_examples=10)
@given(seed=seeds)
def test_a_restricted_action_is_an_action(X: GSpace, phi: Homomorphism, seed: int) -> None:
    H, narrow = phi.dom, restrict(X, phi)
    g, h, x = element(H, seed, 5), element(H, seed + 1, 5), point(X, seed + 2, 5)
    torch.testing.assert_close(narrow.act(H.multiply(g, h), x), narrow.act(g, narrow.act(h, x)))
    torch.testing.assert_close(narrow.act(H.identity(5, dtype=torch.float64), x), x)


@every_restriction
def test_restriction_along_the_identity_changes_nothing(X: GSpace, phi: Homomorphism) -> None:
    assert restrict(X, Same(X.group)) == X
    assert restrict(restrict(X, phi), Same(phi.dom)) == restrict(X, phi)


@every_restriction
def test_a_restriction_keeps_the_precision_of_the_point(X: GSpace, phi: Homomorphism) -> None:
    x = value_of(tuple(_single(part) for part in parts_of(point(X, 0, 3))))
    moved = restrict(X, phi).act(element(phi.dom, 1, 3), x)
    assert [one.dtype for one in parts_of(moved)] == [one.dtype for one in parts_of(x)]


def _single(part: Tensor) -> Tensor:
    return part.float() if part.is_floating_point() else part


INCLUDED = Inclusion(O(2), GL(2)) >> FactorInclusion(Aff(2), "right")
CHAINS: list[tuple[GSpace, Homomorphism, Homomorphism]] = [
    (gspace((4, 3), BOTH), FixingPlaces(4, 2), LEFT),
    (gspace((4, 3), BOTH), Inclusion(SO(3), O(3)), RIGHT),
    (gspace((4, 3), BOTH), FixingAxes(3, 1), RIGHT),
    (gspace((4, 3), BOTH), FromTrivial(O(3)), RIGHT),
    (gspace((4, 3), Handed()), FixingAxes(3, 1), RIGHT),
    (gspace((4, 3), Handed()), PermutationMatrices(3), RIGHT),
    (gspace((3, 2), SEVERAL), FactorInclusion(E(2), "left"), WITHIN),
    (gspace((3, 2), SEVERAL), FactorInclusion(E(2), "right"), WITHIN),
    (gspace((3, 2), SEVERAL), Inclusion(SO(2), O(2)) >> FactorInclusion(E(2), "right"), WITHIN),
    (gspace((3, 2), affine(Aff(2))), Inclusion(SO(2), O(2)), INCLUDED),
    (gspace((3, 2), affine(Aff(2))), FixingAxes(2, 1), INCLUDED),
    (gspace((3, 2), affine(Aff(2))), PermutationMatrices(2), INCLUDED),
    (gspace((4, 3), Matrix(O(3))), FactorInclusion(P, "right"), FactorProjection(P)),
    (coset_space(Cosets(LEFT)), Inclusion(SO(3), O(3)), RIGHT),
    (coset_space(Cosets(LEFT)), FixingPlaces(4, 1), LEFT),
    (coset_space(Cosets(FactorInclusion(NESTED, "left"))), FactorInclusion(E(2), "right"), WITHIN),
    (regular(P), FixingPlaces(4, 1), LEFT),
    (regular(O(3)), FixingPlaces(3, 1), PermutationMatrices(3)),
]


@pytest.mark.parametrize(("X", "first", "second"), CHAINS, ids=lambda one: str(one)[:80])
@settings(max_examples=10)
@given(seed=seeds)
def test_restricting_twice_is_restricting_along_both_in_turn(
    X: GSpace, first: Homomorphism, second: Homomorphism, seed: int
) -> None:
    once, twice = restrict(X, first >> second), restrict(restrict(X, second), first)
    assert once == twice
    h, x = element(first.dom, seed, 5), point(X, seed + 1, 5)
    torch.testing.assert_close(once.act(h, x), X.act(second(first(h)), x))


def test_restriction_goes_block_by_block() -> None:
    X, Y = gspace((4, 3), BOTH), gspace((2,), Trivial(P))
    for phi in (LEFT, RIGHT, FromTrivial(P)):
        assert restrict(X @ regular(P) @ Y, phi) == (
            restrict(X, phi) @ restrict(regular(P), phi) @ restrict(Y, phi)
        )
    assert restrict(X.unit, LEFT) == GSpace(S(4), ())


@pytest.mark.parametrize(
    ("action", "phi", "wanted"),
    [
        (BOTH, LEFT, Permutation(S(4))),
        (BOTH, RIGHT, Matrix(O(3))),
        (Trivial(P), LEFT, Trivial(S(4))),
        (Handed(), RIGHT, Restricted(RIGHT, Handed())),
        (BOTH, FromTrivial(P), Trivial(TrivialGroup())),
        (CosetAction(Cosets(LEFT)), RIGHT, CosetAction(Cosets(FromTrivial(O(3))))),
        (CosetAction(Cosets(LEFT)), LEFT, Trivial(S(4))),
        (CosetAction(Cosets(RIGHT)), RIGHT, Trivial(O(3))),
        (MOTION, FactorInclusion(E(2), "left"), Translation(T(2))),
        (MOTION, FactorInclusion(E(2), "right"), Matrix(O(2))),
        (SEVERAL, FactorInclusion(E(2), "right") >> WITHIN, Matrix(O(2))),
        (Matrix(GL(2), (-2,), (-1,)), Inclusion(O(2), GL(2)), Matrix(O(2), (-2,), (-1,))),
        (affine(Aff(2)), INCLUDED, Matrix(O(2))),
        (
            Restricted(RIGHT, Handed()),
            FixingAxes(3, 1),
            Restricted(FixingAxes(3, 1) >> RIGHT, Handed()),
        ),
        (
            CosetAction(Cosets(FactorInclusion(E(2), "left"))),
            FactorInclusion(E(2), "left"),
            Trivial(T(2)),
        ),
    ],
    ids=str,
)
def test_a_restriction_known_in_closed_form_is_written_so(
    action: Action, phi: Homomorphism, wanted: Action
) -> None:
    assert restricted(action, phi) == wanted


def test_a_rotation_about_the_origin_moves_the_cosets_of_all_such() -> None:
    phi = FactorInclusion(E(2), "right")
    action = restricted(CosetAction(Cosets(phi)), phi)
    assert action == Restricted(phi, CosetAction(Cosets(phi)))
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    assert action(turn, torch.tensor([1.0, 2.0])).tolist() == [-2.0, 1.0]


def test_a_product_acts_with_both_entries_the_right_one_first() -> None:
    g, x = (torch.tensor([1, 0, 2, 3]), -torch.eye(3)), torch.arange(12.0).reshape(4, 3)
    assert torch.equal(BOTH(g, x), -x[[1, 0, 2, 3]])
    assert BOTH.group == P
    stretch = (torch.tensor([1.0, 0.0]), torch.tensor([[2.0, 0.0], [0.0, 3.0]]))
    assert affine(Aff(2))(stretch, torch.tensor([[1.0, 1.0]])).tolist() == [[3.0, 3.0]]


def test_permutation_matrices_permute_rows() -> None:
    x = torch.arange(12.0).reshape(4, 3)
    rows = Restricted(PermutationMatrices(4), Matrix(O(4), (-2,)))
    for g in S(4).generators():
        torch.testing.assert_close(rows(g, x), Permutation(S(4))(g, x))


def test_actions_of_other_factors_are_refused() -> None:
    message = (
        r"^wanted actions of both factors of S\(4\) x O\(3\), got actions of O\(3\) and S\(4\)$"
    )
    with pytest.raises(ActionMismatch, match=message):
        Together(P, Matrix(O(3)), Permutation(S(4)))
    with pytest.raises(ActionMismatch, match=r"^wanted actions of both factors of E\(3\), got "):
        Together(E(3), Translation(T(3)), Matrix(SO(3)))


def test_only_translations_and_matrices_are_affine_maps() -> None:
    with pytest.raises(CompositionError) as caught:
        affine(Semidirect(Inversion(5)))
    assert str(caught.value) == "wanted a group such as E(3), got C(5) x| C(2)"


def test_a_homomorphism_into_another_group_is_refused() -> None:
    message = r"^O\(3\) acts on the space, the homomorphism ends in S\(4\) x O\(3\)$"
    with pytest.raises(ActionMismatch, match=message):
        restrict(regular(O(3)), LEFT)
