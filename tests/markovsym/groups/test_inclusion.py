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
    Direct,
    E,
    FactorInclusion,
    FactorProjection,
    FiniteGroup,
    Group,
    Inclusion,
    Inversion,
    O,
    PairGroup,
    S,
    Scalings,
    Semidirect,
    T,
    TrivialGroup,
    U,
)

P, DIHEDRAL = Direct(S(4), O(3)), Semidirect(Inversion(5))
PRODUCTS = [P, Direct(O(2), O(2)), E(3), Aff(2), DIHEDRAL, Direct(S(3), E(2)), Direct(E(2), C(3))]
INCLUSIONS = [FactorInclusion(G, side) for G in PRODUCTS for side in ("left", "right")]
every_inclusion = pytest.mark.parametrize("phi", INCLUSIONS, ids=str)
seeds = st.integers(0, 2**32 - 1)


def source(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@every_inclusion
@given(seed=seeds)
def test_a_factor_is_found_again_and_the_other_is_not_touched(
    phi: FactorInclusion, seed: int
) -> None:
    h = phi.dom.random(5, generator=source(seed))
    torch.testing.assert_close(phi.back(phi(h)), h)
    torch.testing.assert_close(phi.other.back(phi(h)), phi.other.dom.identity(5))


@every_inclusion
@given(seed=seeds)
def test_the_left_factor_after_the_right_one_makes_the_pair(
    phi: FactorInclusion, seed: int
) -> None:
    G = phi.product
    g = G.random(generator=source(seed))  # what lies beside a permutation has single precision
    left, right = (FactorInclusion(G, side) for side in ("left", "right"))
    n, h = left(left.back(g)), right(right.back(g))
    torch.testing.assert_close(G.multiply(n, h), g)
    if G.direct:
        torch.testing.assert_close(G.multiply(h, n), g)


@pytest.mark.parametrize("G", [E(3), Aff(2), DIHEDRAL], ids=str)
def test_the_factors_of_a_twisted_product_do_not_commute(G: PairGroup) -> None:
    left, right = (FactorInclusion(G, side) for side in ("left", "right"))
    n, h = left(left.dom.generators()[0]), right(right.dom.generators()[0])
    one, other = G.multiply(n, h), G.multiply(h, n)
    assert any(not torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("G", PRODUCTS, ids=str)
@given(seed=seeds)
def test_a_projection_undoes_the_inclusion_and_forgets_the_other_factor(
    G: PairGroup, seed: int
) -> None:
    for side in ("left", "right") if G.direct else ("right",):
        phi, back = FactorInclusion(G, side), FactorProjection(G, side)
        h = phi.dom.random(5, generator=source(seed))
        n = phi.other.dom.random(5, generator=source(seed))
        torch.testing.assert_close(back(phi(h)), h)
        torch.testing.assert_close(back(phi.other(n)), phi.dom.identity(5))


@every_inclusion
def test_the_other_of_the_other_is_the_first(phi: FactorInclusion) -> None:
    assert phi.other.other == phi != phi.other
    assert phi.other.cod == phi.cod == phi.product


def test_a_factor_lands_on_its_own_side() -> None:
    swap = torch.tensor([1, 0, 2, 3])
    torch.testing.assert_close(FactorInclusion(P, "left")(swap), (swap, torch.eye(3)))
    torch.testing.assert_close(FactorInclusion(P, "right")(-torch.eye(3))[1], -torch.eye(3))
    t, e = torch.tensor([1.0, 2.0]), torch.eye(2)
    torch.testing.assert_close(FactorInclusion(E(2), "left")(t), (t, e))
    torch.testing.assert_close(FactorInclusion(E(2), "right")(-e), (0 * t, -e))


def test_a_factor_of_several_tensors_lands_beside_the_other() -> None:
    swap, t, Q = torch.tensor([1, 0]), torch.tensor([1.0, 2.0]), -torch.eye(2)
    right, left = Direct(S(2), E(2)), Direct(E(2), S(2))
    still = torch.arange(2)
    torch.testing.assert_close(FactorInclusion(right, "right")((t, Q)), (still, t, Q))
    torch.testing.assert_close(FactorInclusion(left, "left")((t, Q)), (t, Q, still))
    torch.testing.assert_close(FactorInclusion(left, "right")(swap), (0 * t, -Q, swap))
    assert FactorProjection(right)((swap, t, Q)) == (t, Q)
    assert FactorProjection(left, "left")((t, Q, swap)) == (t, Q)
    assert torch.equal(FactorProjection(left)((t, Q, swap)), swap)


def test_an_inclusion_keeps_double_precision() -> None:
    Q = torch.eye(3, dtype=torch.float64).expand(2, 3, 3)
    t, same = FactorInclusion(E(3), "right")(Q)
    assert (t.shape, t.dtype, same is Q) == ((2, 3), torch.float64, True)


def test_there_is_no_projection_onto_what_is_moved() -> None:
    message = (
        r"^E\(3\) has no projection onto T\(3\), which its other factor moves; wanted side = "
        r'"right"$'
    )
    with pytest.raises(CompositionError, match=message):
        FactorProjection(E(3), "left")


@pytest.mark.parametrize(
    ("sub", "group"),
    [
        (SO(3), O(3)),
        (O(3), O(3)),
        (SO(3), SL(3)),
        (SL(2), GL(2)),
        (C(1), C(5)),
        (C(5), D(5)),
        (C(4), FiniteGroup.of(C(4), C(4).elements())),
        (SE(3), E(3)),
        (E(3), Aff(3)),
        (Direct(S(4), SO(3)), P),
        (Direct(TrivialGroup(), SO(3)), O(3)),
    ],
    ids=str,
)
def test_an_inclusion_changes_nothing(sub: Group, group: Group, generator: torch.Generator) -> None:
    phi, h = Inclusion(sub, group), sub.random(4, generator=generator)
    assert phi(h) is h
    assert group.contains(h).all()
    torch.testing.assert_close(sub.multiply(h, h), group.multiply(h, h))


@pytest.mark.parametrize(
    ("sub", "group"),
    [
        (O(3), SO(3)),
        (O(3), SL(3)),
        (GL(2), O(2)),
        (GL(2), SL(2)),
        (O(2), O(3)),
        (O(2), U(2)),
        (S(3), C(3)),
        (S(3), T(3)),
        (TrivialGroup(), O(3)),
        (E(3), SE(3)),
        (D(4), C(4)),
        (C(6), C(3)),
        (P, E(3)),
    ],
    ids=str,
)
def test_what_is_no_subset_is_refused(sub: Group, group: Group) -> None:
    with pytest.raises(CompositionError) as caught:
        Inclusion(sub, group)
    assert str(caught.value) == (
        f"wanted a subgroup of {group} with elements written alike, got {sub}"
    )


KLEIN = FiniteGroup(((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)))


@pytest.mark.parametrize(
    ("sub", "group"),
    [
        (C(3), C(6)),
        (C(2), D(4)),
        (D(3), D(6)),
        (C(4), KLEIN),
        (KLEIN, C(4)),
        (Direct(T(3), O(3)), E(3)),
        (E(3), Direct(T(3), O(3))),
        (Direct(C(5), C(2)), DIHEDRAL),
        (Scalings(), Direct(T(1), TrivialGroup())),
    ],
    ids=str,
)
def test_a_subset_with_other_products_is_refused(sub: Group, group: Group) -> None:
    with pytest.raises(CompositionError, match=r"^wanted a subgroup of .* written alike, got "):
        Inclusion(sub, group)
