"""The laws that every way of writing cosets obeys; a new one is one more line in ``COSETS``."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.errors import CompositionError, NotCompactError
from markovsym.groups import (
    GL,
    SE,
    SL,
    SO,
    Aff,
    C,
    Complement,
    Cosets,
    D,
    Determinant,
    Direct,
    E,
    Element,
    Elements,
    FactorInclusion,
    FactorProjection,
    FiniteGroup,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Group,
    Homomorphism,
    Inclusion,
    Inversion,
    Linear,
    O,
    PermutationMatrices,
    Point,
    PositiveDefinite,
    Root,
    S,
    Same,
    Scalings,
    Semidirect,
    Sign,
    Stacked,
    T,
    Tabulated,
    TrivialGroup,
    Writing,
)
from markovsym.groups.homogeneous import Determinants, Injections, OrthonormalAxes
from markovsym.groups.listed import Listed, subgroup
from markovsym.spaces import parts_of

P, DIHEDRAL, NESTED = Direct(S(4), O(3)), Semidirect(Inversion(5)), Direct(S(3), E(2))
S3 = FiniteGroup.of(S(3), S(3).elements())  # in lexical order: 1 and 2 are exchanges, 3 a cycle


def numbers(*images: int, of: Group, into: Group) -> Listed:
    """The homomorphism that sends the elements 0, 1, ... to these numbers."""
    return Listed.of(of, into, torch.tensor(images))


COSETS = [
    *(Cosets(FromTrivial(G)) for G in (O(3), S(4), P, E(2), D(3), NESTED)),
    *(Cosets(Same(G)) for G in (O(3), E(2), TrivialGroup())),
    *(
        Cosets(FactorInclusion(G, side))
        for G in (P, Direct(O(2), O(2)), E(3), SE(2), Aff(2), DIHEDRAL, NESTED, Direct(E(2), C(3)))
        for side in ("left", "right")
    ),
    *(Cosets(Inclusion(O(n), GL(n)), PositiveDefinite(n, root)) for n in (1, 3) for root in Root),
    *(Cosets(FixingAxes(n, k)) for n, k in ((2, 1), (3, 1), (3, 2), (4, 2))),
    *(Cosets(FixingAxes(n, k, proper=True)) for n, k in ((2, 1), (3, 1), (3, 2), (4, 2))),
    *(Cosets(FixingPlaces(n, k)) for n, k in ((3, 1), (4, 2), (5, 4))),
    *(Cosets(Inclusion(SO(n), O(n))) for n in (1, 2, 3)),
    *(Cosets(Inclusion(SL(n), GL(n))) for n in (2, 3)),
    *(Cosets(numbers(*range(0, 12, 12 // n), of=C(n), into=C(12))) for n in (1, 2, 3, 4, 6, 12)),
    Cosets(numbers(0, 6, 0, 6, of=C(4), into=C(12))),
    Cosets(Inclusion(C(4), D(4))),
    Cosets(numbers(0, 2, of=C(2), into=D(4))),
    Cosets(numbers(0, 5, of=C(2), into=D(4))),
    Cosets(numbers(0, 2, 4, 6, of=D(2), into=D(4))),
    Cosets(numbers(0, 1, of=C(2), into=S3)),
    Cosets(numbers(0, 3, 4, of=C(3), into=S3)),
    Cosets(Sign(4)),
    Cosets(FixingAxes(3, 1) >> FixingAxes(5, 2)),
    Cosets(FixingPlaces(3, 1) >> FixingPlaces(5, 2)),
    Cosets(FactorInclusion(E(2), "right") >> FactorInclusion(NESTED, "right")),
    Cosets(FixingPlaces(4, 2) >> FactorInclusion(P, "left")),
    Cosets(Inclusion(SO(3), O(3)) >> Inclusion(O(3), GL(3)) >> FactorInclusion(Aff(3), "right")),
]
COMPACT = [one for one in COSETS if not isinstance(one.stabiliser, SL | GL)]
FINITE = [one for one in COSETS if isinstance(one.group, D | C | FiniteGroup | S)]
every_coset_space = pytest.mark.parametrize("cosets", COSETS, ids=lambda one: repr(one.writing))
seeds = st.integers(0, 2**32 - 1)


def draw(G: Group, seed: int, *batch: int) -> Element:
    generator = torch.Generator().manual_seed(seed)
    return G.random(*batch, generator=generator, dtype=torch.float64)


def close(left: Element, right: Element) -> None:
    torch.testing.assert_close(left, right, check_dtype=False, rtol=1e-7, atol=1e-7)


@every_coset_space
@settings(max_examples=8)
@given(seed=seeds)
def test_a_group_acts_on_its_cosets(cosets: Cosets, seed: int) -> None:
    G = cosets.group
    g, h, c = draw(G, seed, 5), draw(G, seed + 1, 5), cosets.project(draw(G, seed + 2, 5))
    close(cosets.act(G.identity(5, dtype=torch.float64), c), c)
    close(cosets.act(G.multiply(g, h), c), cosets.act(g, cosets.act(h, c)))


@every_coset_space
@settings(max_examples=8)
@given(seed=seeds)
def test_the_projection_is_equivariant_and_forgets_the_subgroup(cosets: Cosets, seed: int) -> None:
    G = cosets.group
    g, h = draw(G, seed, 5), draw(G, seed + 1, 5)
    close(cosets.project(G.multiply(g, h)), cosets.act(g, cosets.project(h)))
    k = cosets.phi(draw(cosets.stabiliser, seed + 2, 5))
    k = value_like(k, g)
    close(cosets.project(G.multiply(g, k)), cosets.project(g))


def value_like(k: Element, g: Element) -> Element:
    """What lies beside a permutation has single precision: the unit of a product, say."""
    pairs = zip(parts_of(k), parts_of(g), strict=True)
    parts = tuple(one.to(other.dtype) for one, other in pairs)
    return parts if isinstance(k, tuple) else parts[0]


@every_coset_space
@settings(max_examples=8)
@given(seed=seeds)
def test_the_section_picks_an_element_of_each_coset(cosets: Cosets, seed: int) -> None:
    G = cosets.group
    g, c = draw(G, seed, 5), cosets.project(draw(G, seed + 1, 5))
    s = cosets.section(c)
    assert G.contains(s, tolerance=1e-8).all()
    close(cosets.project(s), c)
    moved = G.multiply(g, value_like(s, g))
    close(cosets.act(g, c), cosets.project(moved))
    assert cosets.space.measure(c)[0] == ((5,) if cosets.space.factors else ())


@pytest.mark.parametrize("cosets", FINITE, ids=lambda one: repr(one.writing))
def test_nothing_but_the_subgroup_is_forgotten(cosets: Cosets) -> None:
    G, H = cosets.group, cosets.stabiliser
    order, image = len(G.elements()), torch.atleast_1d(cosets.phi(H.elements())).unique(dim=0)
    found = [part.reshape(order, -1) for part in parts_of(cosets.project(G.elements()))]
    size = 1 if isinstance(H, TrivialGroup) else len(image)
    assert len(torch.cat(found, 1).unique(dim=0)) == order // size


@every_coset_space
@settings(max_examples=8)
@given(seed=seeds)
def test_a_lift_is_an_element_of_the_coset(cosets: Cosets, seed: int) -> None:
    if isinstance(cosets.stabiliser, SL | GL | Scalings | T) or cosets in UNBOUNDED:
        return
    c = cosets.project(draw(cosets.group, seed, 5))
    g = cosets.lift(c, generator=torch.Generator().manual_seed(seed))
    assert cosets.group.contains(g, tolerance=1e-5).all()  # of a permutation it is a single
    close(cosets.project(g), c)


UNBOUNDED = [one for one in COSETS if str(one.stabiliser) in ("E(2)", "SE(2)", "Aff(2)")]


def test_a_lift_needs_a_compact_subgroup(generator: torch.Generator) -> None:
    cosets = Cosets(FactorInclusion(E(3), "left"))
    with pytest.raises(NotCompactError, match=r"^T\(3\) is not compact"):
        cosets.lift(torch.eye(3), generator=generator)


@pytest.mark.parametrize(
    "phi",
    [
        FixingAxes(3, 1),
        FixingAxes(3, 1, proper=True),
        Inclusion(SO(2), O(2)),
        FixingAxes(2, 1) >> FixingAxes(3, 1),
        Inclusion(O(2), GL(2)),
    ],
    ids=str,
)
def test_the_law_of_a_lift_is_equivariant(phi: Homomorphism, generator: torch.Generator) -> None:
    cosets, n = Cosets(phi), 20_000
    g = draw(cosets.group, 3)
    c = cosets.project(draw(cosets.group, 4))
    here = _moments(g @ cosets.lift(_many(c, n), generator=generator))
    there = _moments(cosets.lift(_many(cosets.act(g, c), n), generator=generator))
    error = ((here.var(0) + there.var(0)) / n).sqrt()
    assert ((here.mean(0) - there.mean(0)).abs() < 5 * error + 1e-9).all()


def _many(c: Element, n: int) -> Element:
    parts = tuple(part.expand(n, *part.shape) for part in parts_of(c))
    return parts if isinstance(c, tuple) else parts[0]


def _moments(g: Tensor) -> Tensor:
    flat = g.flatten(1)
    return torch.cat([flat, flat.square(), flat.pow(3), flat[:, :1] * flat], dim=1)


@pytest.mark.parametrize(
    "cosets", [one for one in COMPACT if isinstance(one.writing, Tabulated | Injections)], ids=str
)
def test_every_element_of_a_coset_is_lifted_to_equally_often(
    cosets: Cosets, generator: torch.Generator
) -> None:
    G, H = cosets.group, cosets.stabiliser
    g = G.elements()[-1]
    drawn = cosets.lift(_many(cosets.project(g), 4000), generator=generator)
    rows, counts = drawn.unique(dim=0, return_counts=True)
    wanted = G.multiply(g, cosets.phi(H.elements())).unique(dim=0)
    assert torch.equal(rows, wanted)
    expected = 4000 / len(rows)
    assert (counts - expected).abs().max() <= 5 * expected**0.5


def test_a_lift_keeps_the_precision_of_the_coset(generator: torch.Generator) -> None:
    for dtype in (torch.float32, torch.float64):
        Q = torch.eye(3, dtype=dtype).expand(2, 3, 3)
        for phi in (FromTrivial(O(3)), FactorInclusion(P, "left"), Inclusion(O(3), GL(3))):
            found = parts_of(Cosets(phi).lift(Q, generator=generator))[-1]
            assert (found.shape, found.dtype) == ((2, 3, 3), dtype)


@pytest.mark.parametrize(
    ("phi", "writing"),
    [
        (FromTrivial(P), Elements(P)),
        (Same(P), Point(P)),
        (FactorInclusion(E(3), "left"), Complement(FactorInclusion(E(3), "left"))),
        (Inclusion(O(3), GL(3)), PositiveDefinite(3)),
        (Inclusion(SO(3), O(3)), Determinants(O(3))),
        (Inclusion(SL(3), GL(3)), Determinants(GL(3))),
        (FixingAxes(3, 1), OrthonormalAxes(3, 1)),
        (FixingAxes(3, 1, proper=True), OrthonormalAxes(3, 1, proper=True)),
        (FixingPlaces(4, 2), Injections(4, 2)),
        (Inclusion(C(4), D(4)), Tabulated(Inclusion(C(4), D(4)))),
        (Sign(3), Tabulated(Sign(3))),
        (
            FixingAxes(2, 1) >> FixingAxes(3, 1),
            Stacked(FixingAxes(3, 1), OrthonormalAxes(3, 1), OrthonormalAxes(2, 1)),
        ),
    ],
    ids=str,
)
def test_known_cosets_are_written_without_being_told(phi: Homomorphism, writing: Writing) -> None:
    assert Cosets(phi).writing == writing
    assert Cosets(phi) == Cosets(phi, writing)


@pytest.mark.parametrize(
    "phi",
    [
        PermutationMatrices(3),
        subgroup(S(3), S(3).elements()),
        Inclusion(SO(2), GL(2)),
        Inclusion(SO(3), SL(3)),
        FactorProjection(E(3)),
        Determinant(O(3)),
        Inclusion(SE(3), E(3)),
    ],
    ids=str,
)
def test_other_cosets_have_to_be_handed_over(phi: Homomorphism) -> None:
    with pytest.raises(CompositionError) as caught:
        Cosets(phi)
    assert str(caught.value) == (
        f"no way is known to write the cosets of {phi}; hand over Cosets(phi, writing)"
    )


def test_a_writing_may_be_handed_over() -> None:
    cosets = Cosets(FactorProjection(E(3)), Point(O(3)))
    assert (cosets.group, cosets.stabiliser, cosets.project(torch.eye(3))) == (O(3), E(3), ())


def test_the_cosets_of_a_factor_are_the_other_factor() -> None:
    left, right = (Cosets(FactorInclusion(P, side)) for side in ("left", "right"))
    assert (left.stabiliser, left.representatives, left.group) == (S(4), O(3), P)
    assert (right.stabiliser, right.representatives, right.group) == (O(3), S(4), P)
    assert left.inclusion == FactorInclusion(P, "right")
    assert (left.plain, str(left), str(right)) == (True, "O(3)", "S(4)")


def test_the_cosets_of_the_trivial_group_are_the_elements() -> None:
    cosets = Cosets(FromTrivial(O(3)))
    assert (cosets.stabiliser, cosets.representatives) == (TrivialGroup(), O(3))
    assert (cosets.inclusion, cosets.plain, str(cosets)) == (None, True, "O(3)")


def test_other_cosets_are_represented_by_elements_of_the_group() -> None:
    cosets = Cosets(FixingAxes(3, 1))
    assert (cosets.representatives, cosets.inclusion, cosets.plain) == (O(3), None, False)
    assert str(cosets) == "O(3)/O(2)"
    assert Linear(O(3)).group == cosets.group
