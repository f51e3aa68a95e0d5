import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.groups import (
    SO,
    Direct,
    FactorInclusion,
    FromTrivial,
    Homomorphism,
    O,
    S,
    TrivialGroup,
    require_compact,
)

P, Q = Direct(S(4), O(3)), Direct(O(2), O(2))
INCLUSIONS = [FactorInclusion(G, side) for G in (P, Q) for side in ("left", "right")]
HOMOMORPHISMS = [*INCLUSIONS, *(FromTrivial(G) for G in (O(3), S(4), P))]
every_homomorphism = pytest.mark.parametrize("phi", HOMOMORPHISMS, ids=str)
every_inclusion = pytest.mark.parametrize("phi", INCLUSIONS, ids=str)
seeds = st.integers(0, 2**32 - 1)


@every_homomorphism
@given(seed=seeds)
def test_products_are_respected(phi: Homomorphism, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    H, G = require_compact(phi.dom), phi.cod
    g, h = (H.haar(generator=generator) for _ in range(2))
    torch.testing.assert_close(phi(H.multiply(g, h)), G.multiply(phi(g), phi(h)))
    torch.testing.assert_close(phi(H.identity()), G.identity())
    torch.testing.assert_close(phi(H.inverse(g)), G.inverse(phi(g)))
    assert G.contains(phi(g)).all()


@every_inclusion
@given(seed=seeds)
def test_a_factor_is_found_again_and_the_other_is_not_touched(
    phi: FactorInclusion, seed: int
) -> None:
    h = require_compact(phi.dom).haar(5, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(phi.project(phi(h)), h)
    torch.testing.assert_close(phi.other.project(phi(h)), phi.other.dom.identity())


@every_inclusion
@given(seed=seeds)
def test_the_two_factors_commute_and_make_the_pair(phi: FactorInclusion, seed: int) -> None:
    g = phi.product.haar(generator=torch.Generator().manual_seed(seed))
    a, b = phi(phi.project(g)), phi.other(phi.other.project(g))
    torch.testing.assert_close(phi.cod.multiply(a, b), g)
    torch.testing.assert_close(phi.cod.multiply(b, a), g)


@every_inclusion
def test_the_other_of_the_other_is_the_first(phi: FactorInclusion) -> None:
    assert phi.other.other == phi != phi.other
    assert phi.other.cod == phi.cod == phi.product


def test_homomorphisms_start_and_end_where_they_say() -> None:
    left, right = FactorInclusion(P, "left"), FactorInclusion(P, "right")
    assert (left.dom, left.cod) == (S(4), P)
    assert (right.dom, right.cod) == (O(3), P)
    assert (FromTrivial(SO(2)).dom, FromTrivial(SO(2)).cod) == (TrivialGroup(), SO(2))


def test_a_factor_lands_on_its_own_side() -> None:
    swap = torch.tensor([1, 0, 2, 3])
    torch.testing.assert_close(FactorInclusion(P, "left")(swap), (swap, torch.eye(3)))
    torch.testing.assert_close(FactorInclusion(P, "right")(-torch.eye(3))[1], -torch.eye(3))
