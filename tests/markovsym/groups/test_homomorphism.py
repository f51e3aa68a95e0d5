"""The laws that every homomorphism obeys; a new one is one more line in ``HOMOMORPHISMS``."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import CompositionError
from markovsym.groups import (
    GL,
    SE,
    SL,
    SO,
    Aff,
    C,
    D,
    Determinant,
    Direct,
    E,
    Element,
    Embedding,
    FactorInclusion,
    FactorProjection,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Group,
    Homomorphism,
    Inclusion,
    Inversion,
    LorentzGroup,
    O,
    PermutationMatrices,
    S,
    Same,
    Semidirect,
    Sign,
    T,
    TrivialGroup,
    U,
)
from markovsym.groups.homomorphism import InTurn
from markovsym.spaces import parts_of

P, DIHEDRAL, NESTED = Direct(S(4), O(3)), Semidirect(Inversion(5)), Direct(S(3), E(2))
PRODUCTS = [P, Direct(O(2), O(2)), E(3), SE(2), Aff(2), DIHEDRAL, NESTED, Direct(E(2), C(3))]
PLACES, MATRICES = FixingPlaces(4, 2), PermutationMatrices(4)
HOMOMORPHISMS: list[Homomorphism] = [
    *(FromTrivial(G) for G in (O(3), S(4), P, E(2))),
    *(Same(G) for G in (O(3), S(4), E(2), TrivialGroup())),
    *(FactorInclusion(G, side) for G in PRODUCTS for side in ("left", "right")),
    *(FactorProjection(G) for G in PRODUCTS),
    *(FactorProjection(G, "left") for G in PRODUCTS if G.direct),
    *(Inclusion(SO(n), O(n)) for n in (1, 2, 3)),
    Inclusion(O(3), GL(3)),
    Inclusion(SL(2), GL(2)),
    Inclusion(SO(3), SL(3)),
    Inclusion(LorentzGroup(3), GL(3)),
    Inclusion(C(4), D(4)),
    Inclusion(SE(3), E(3)),
    Inclusion(E(2), Aff(2)),
    Inclusion(Direct(S(4), SO(3)), P),
    *(Determinant(G) for G in (O(1), O(2), O(3), U(1), U(2), U(3), GL(1), GL(2), GL(3))),
    *(Sign(n) for n in (1, 2, 3, 5)),
    *(PermutationMatrices(n) for n in (1, 2, 4)),
    FixingAxes(4, 1),
    FixingAxes(3, 2),
    FixingAxes(4, 2, proper=True),
    FixingPlaces(5, 1),
    FixingPlaces(4, 3),
    PLACES >> MATRICES,
    PLACES >> MATRICES >> Determinant(O(4)),
    MATRICES >> Inclusion(O(4), GL(4)) >> FactorInclusion(Aff(4), "right"),
    FixingAxes(3, 1) >> FixingAxes(5, 2) >> Determinant(O(5)),
    FactorInclusion(E(2), "right") >> FactorInclusion(NESTED, "right"),
    FactorProjection(NESTED) >> FactorProjection(E(2)) >> Determinant(O(2)),
]
every_homomorphism = pytest.mark.parametrize("phi", HOMOMORPHISMS, ids=str)
seeds = st.integers(0, 2**32 - 1)


def draw(G: Group, seed: int, *batch: int) -> Element:
    generator = torch.Generator().manual_seed(seed)
    return G.random(*batch, generator=generator, dtype=torch.float64)


def assert_same(left: Element, right: Element) -> None:
    """Equal but for the precision: some homomorphisms end in doubles, some in singles."""
    torch.testing.assert_close(left, right, check_dtype=False, rtol=1e-9, atol=1e-9)


@every_homomorphism
@given(seed=seeds, batch=st.sampled_from([(), (4,), (2, 3)]))
def test_products_are_respected(phi: Homomorphism, seed: int, batch: tuple[int, ...]) -> None:
    H, G = phi.dom, phi.cod
    g, h = draw(H, seed, *batch), draw(H, seed + 1, *batch)
    kept = batch if H.space.factors else ()  # there is no batch of empty tuples
    assert_same(phi(H.multiply(g, h)), G.multiply(phi(g), phi(h)))
    assert_same(phi(H.identity(*batch)), G.identity(*kept))
    assert_same(phi(H.inverse(g)), G.inverse(phi(g)))
    assert G.contains(phi(g), tolerance=1e-8).all()
    assert G.space.measure(phi(g))[0] == (kept if G.space.factors else ())


EMBEDDINGS = [phi for phi in HOMOMORPHISMS if isinstance(phi, Embedding)]


@pytest.mark.parametrize("phi", EMBEDDINGS, ids=str)
@given(seed=seeds)
def test_an_embedding_can_be_undone(phi: Embedding, seed: int) -> None:
    h = draw(phi.dom, seed, 4)
    torch.testing.assert_close(phi.back(phi(h)), h)
    if phi.dom.space.factors:
        torch.testing.assert_close(phi(phi.back(phi(h))), phi(h))


@every_homomorphism
def test_the_image_of_a_batch_is_that_of_each_entry(phi: Homomorphism) -> None:
    h = draw(phi.dom, 0, 3)
    for i in range(3):
        alone = tuple(part[i] for part in parts_of(h))
        image = phi(alone[0] if len(alone) == 1 else alone)
        rows = parts_of(phi(h))
        assert_same(parts_of(image), tuple(row[i] for row in rows) if alone else rows)


@every_homomorphism
def test_doubles_stay_doubles(phi: Homomorphism) -> None:
    if phi.dom.space.factors and not isinstance(phi, FactorInclusion):
        found = parts_of(phi(draw(phi.dom, 0, 3)))
        assert all(part.dtype.to_real() == torch.float64 for part in found if _real(part))


def _real(part: torch.Tensor) -> bool:
    return part.is_floating_point() or part.is_complex()


@every_homomorphism
def test_the_identity_changes_no_homomorphism(phi: Homomorphism) -> None:
    assert Same(phi.dom) >> phi == phi == phi >> Same(phi.cod)
    assert FromTrivial(phi.dom) >> phi == FromTrivial(phi.cod)


CHAINS = [
    (PLACES, MATRICES, Determinant(O(4))),
    (PLACES, Same(S(4)), MATRICES),
    (FromTrivial(S(2)), PLACES, MATRICES),
    (FixingAxes(2, 1), FixingAxes(3, 1), FixingAxes(5, 2)),
    (Inclusion(SO(3), O(3)), Inclusion(O(3), GL(3)), FactorInclusion(Aff(3), "right")),
    (FactorProjection(NESTED), FactorProjection(E(2)), Determinant(O(2))),
    (PLACES >> MATRICES, Inclusion(O(4), GL(4)), Determinant(GL(4))),
    (PLACES, MATRICES >> Inclusion(O(4), GL(4)), Determinant(GL(4)) >> Same(GL(1))),
]


@pytest.mark.parametrize("chain", CHAINS, ids=str)
@given(seed=seeds)
def test_composition_is_associative_and_goes_from_left_to_right(
    chain: tuple[Homomorphism, Homomorphism, Homomorphism], seed: int
) -> None:
    first, second, third = chain
    assert (first >> second) >> third == first >> (second >> third)
    whole = first.then(second).then(third)
    assert (whole.dom, whole.cod) == (first.dom, third.cod)
    h = draw(first.dom, seed, 4)
    assert_same(whole(h), third(second(first(h))))


def test_composites_are_nested_to_the_right() -> None:
    first, second, third = CHAINS[3]
    assert first >> second >> third == InTurn(first, InTurn(second, third))
    assert (PLACES >> Same(S(4))) >> MATRICES == InTurn(PLACES, MATRICES)


def test_homomorphisms_that_do_not_meet_are_refused() -> None:
    message = r"^the first homomorphism ends in S\(4\), the second starts in S\(5\)$"
    for second in (PermutationMatrices(5), Same(S(5))):
        with pytest.raises(CompositionError, match=message):
            PLACES >> second
    message = r"^the first homomorphism ends in O\(3\), the second starts in O\(4\)$"
    for first in (FromTrivial(O(3)), Same(O(3)), FixingAxes(2, 1) >> FixingAxes(3, 1)):
        with pytest.raises(CompositionError, match=message):
            first >> Determinant(O(4))


def test_homomorphisms_start_and_end_where_they_say() -> None:
    left, right = FactorInclusion(P, "left"), FactorInclusion(P, "right")
    assert (left.dom, left.cod) == (S(4), P)
    assert (right.dom, right.cod) == (O(3), P)
    assert (FromTrivial(SO(2)).dom, FromTrivial(SO(2)).cod) == (TrivialGroup(), SO(2))
    assert (FactorInclusion(E(3), "left").dom, FactorProjection(E(3)).cod) == (T(3), O(3))
    assert [Determinant(G(3)).cod for G in (O, U, GL)] == [O(1), U(1), GL(1)]
    assert (Sign(3).dom, Sign(3).cod) == (S(3), C(2))
    assert (FixingAxes(5, 2).dom, FixingAxes(5, 2).cod) == (O(3), O(5))
    assert (FixingAxes(5, 2, proper=True).dom, FixingPlaces(5, 2).dom) == (SO(3), S(3))
    assert (Inclusion(SO(2), O(2)).dom, Inclusion(SO(2), O(2)).cod) == (SO(2), O(2))
