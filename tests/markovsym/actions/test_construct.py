from dataclasses import dataclass
from typing import final

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    Action,
    CosetAction,
    Matrix,
    Permutation,
    Restricted,
    Together,
    Trivial,
    coset_space,
    gspace,
    regular,
    restrict,
    restricted,
)
from markovsym.errors import ActionMismatch
from markovsym.groups import (
    Cosets,
    Direct,
    Element,
    FactorInclusion,
    FromTrivial,
    Homomorphism,
    O,
    S,
    TrivialGroup,
    require_compact,
)
from markovsym.spaces import Factor, Kind

P = Direct(S(4), O(3))
LEFT, RIGHT = (FactorInclusion(P, side) for side in ("left", "right"))
BOTH = Together(Permutation(S(4)), Matrix(O(3)))
POINTS = gspace((4, 3), BOTH)


@final
@dataclass(frozen=True)
class Handed(Action):
    """Reflections turn the sign of numbers round: an action that has no closed form below."""

    @property
    def group(self) -> Direct:
        return P

    def fits(self, factor: Factor) -> bool:
        return True

    def __call__(self, g: Element, x: Tensor) -> Tensor:
        signs = torch.linalg.det(g[1])
        return x * signs.reshape(*signs.shape, *[1] * (x.dim() - signs.dim())).to(x.dtype)


RESTRICTIONS = [
    (BOTH, LEFT),
    (BOTH, RIGHT),
    (Together(Trivial(S(4)), Matrix(O(3))), LEFT),
    (Together(Trivial(S(4)), Matrix(O(3))), RIGHT),
    (Trivial(P), LEFT),
    (Trivial(P), RIGHT),
    (Handed(), LEFT),
    (Handed(), RIGHT),
    (BOTH, FromTrivial(P)),
    (Matrix(O(3)), FromTrivial(O(3))),
    (Permutation(S(4)), FromTrivial(S(4))),
]
COSETS = [
    (Cosets(LEFT), LEFT),
    (Cosets(LEFT), RIGHT),
    (Cosets(RIGHT), LEFT),
    (Cosets(RIGHT), RIGHT),
    (Cosets(FromTrivial(O(3))), FromTrivial(O(3))),
]
seeds = st.integers(0, 2**32 - 1)


def assert_restricts(action: Action, phi: Homomorphism, x: Tensor, seed: int) -> None:
    """The restricted action by h is the action by phi(h)."""
    generator = torch.Generator().manual_seed(seed)
    h = require_compact(phi.dom).haar(generator=generator)
    kind = Kind.REAL if x.is_floating_point() else Kind.INTEGER
    X = gspace(tuple(x.shape[1:]), action, kind)
    narrow = restrict(X, phi)
    assert narrow.group == phi.dom
    assert narrow.space == X.space
    torch.testing.assert_close(narrow.act(h, x), X.act(phi(h), x))


@pytest.mark.parametrize(("action", "phi"), RESTRICTIONS, ids=str)
@given(seed=seeds)
def test_a_restricted_action_goes_through_the_homomorphism(
    action: Action, phi: Homomorphism, seed: int
) -> None:
    x = torch.randn(5, 4, 3, generator=torch.Generator().manual_seed(seed))
    assert_restricts(action, phi, x, seed)


@pytest.mark.parametrize(("cosets", "phi"), COSETS, ids=str)
@given(seed=seeds)
def test_a_restricted_action_on_cosets_goes_through_the_homomorphism(
    cosets: Cosets, phi: Homomorphism, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    x = require_compact(cosets.representatives).haar(5, generator=generator)
    assert_restricts(CosetAction(cosets), phi, x, seed)


@pytest.mark.parametrize("phi", [LEFT, RIGHT, FromTrivial(P)], ids=str)
@given(seed=seeds)
def test_a_restricted_action_is_an_action(phi: Homomorphism, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    H = require_compact(phi.dom)
    g, h = (H.haar(5, generator=generator, dtype=torch.float64) for _ in range(2))
    x = torch.randn(5, 4, 3, generator=generator, dtype=torch.float64)
    X = restrict(POINTS, phi)
    torch.testing.assert_close(X.act(H.multiply(g, h), x), X.act(g, X.act(h, x)))
    torch.testing.assert_close(X.act(H.identity(5, dtype=torch.float64), x), x)


def test_restriction_goes_factor_by_factor() -> None:
    X, Y = POINTS, gspace((2,), Trivial(P))
    for phi in (LEFT, RIGHT, FromTrivial(P)):
        assert restrict(X @ Y, phi) == restrict(X, phi) @ restrict(Y, phi)


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
    ],
    ids=str,
)
def test_a_restriction_known_in_closed_form_is_written_so(
    action: Action, phi: Homomorphism, wanted: Action
) -> None:
    assert restricted(action, phi) == wanted


def test_a_restricted_action_may_be_written_with_its_homomorphism() -> None:
    x = torch.arange(12.0).reshape(4, 3)
    for phi, action, h in [
        (LEFT, Permutation(S(4)), torch.tensor([1, 2, 3, 0])),
        (RIGHT, Matrix(O(3)), O(3).generators()[1]),
    ]:
        moved = Restricted(phi, BOTH)(h, x)
        torch.testing.assert_close(moved, action(h, x))
        assert not torch.equal(moved, x)


def test_restriction_keeps_double_precision() -> None:
    x = torch.ones(4, 3, dtype=torch.float64)
    assert torch.equal(restrict(gspace((4, 3), Matrix(O(3))), FromTrivial(O(3))).act((), x), x)
    Q = torch.eye(3, dtype=torch.float64)
    assert torch.equal(restrict(coset_space(Cosets(LEFT)), LEFT).act(S(4).identity(), Q), Q)


def test_a_product_acts_with_both_entries() -> None:
    g, x = (torch.tensor([1, 0, 2, 3]), -torch.eye(3)), torch.arange(12.0).reshape(4, 3)
    assert torch.equal(BOTH(g, x), -x[[1, 0, 2, 3]])
    assert BOTH.group == P


def test_a_homomorphism_into_another_group_is_refused() -> None:
    message = r"^O\(3\) acts on the space, the homomorphism ends in S"
    with pytest.raises(ActionMismatch, match=message):
        restrict(regular(O(3)), LEFT)
