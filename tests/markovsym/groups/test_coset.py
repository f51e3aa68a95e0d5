import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.groups import (
    Cosets,
    Direct,
    Element,
    FactorInclusion,
    FromTrivial,
    Group,
    O,
    S,
    TrivialGroup,
    require_compact,
)

P = Direct(S(4), O(3))
COSETS = [
    Cosets(FromTrivial(O(3))),
    Cosets(FromTrivial(S(4))),
    Cosets(FromTrivial(P)),
    Cosets(FactorInclusion(P, "left")),
    Cosets(FactorInclusion(P, "right")),
    Cosets(FactorInclusion(Direct(O(2), O(2)), "left")),
]
every_coset_space = pytest.mark.parametrize("cosets", COSETS, ids=str)
seeds = st.integers(0, 2**32 - 1)


def draw(G: Group, generator: torch.Generator) -> Element:
    return require_compact(G).haar(5, generator=generator)


@every_coset_space
@given(seed=seeds)
def test_a_group_acts_on_its_cosets(cosets: Cosets, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    G = cosets.group
    g, h, c = (draw(X, generator) for X in (G, G, cosets.representatives))
    torch.testing.assert_close(cosets.act(G.identity(5), c), c)
    torch.testing.assert_close(cosets.act(G.multiply(g, h), c), cosets.act(g, cosets.act(h, c)))


@every_coset_space
@given(seed=seeds)
def test_the_projection_is_equivariant(cosets: Cosets, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    g, h = draw(cosets.group, generator), draw(cosets.group, generator)
    moved = cosets.project(cosets.group.multiply(g, h))
    torch.testing.assert_close(moved, cosets.act(g, cosets.project(h)))


@every_coset_space
@given(seed=seeds)
def test_the_projection_forgets_the_subgroup_and_nothing_else(cosets: Cosets, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    G = cosets.group
    h = cosets.phi(require_compact(cosets.stabiliser).haar(generator=generator))
    g = draw(G, generator)
    torch.testing.assert_close(cosets.project(G.multiply(g, h)), cosets.project(g))
    if cosets.section is not None:
        rest = cosets.phi(cosets.section.other.project(g))
        torch.testing.assert_close(G.multiply(cosets.section(cosets.project(g)), rest), g)


@every_coset_space
@given(seed=seeds)
def test_the_section_picks_an_element_of_each_coset(cosets: Cosets, seed: int) -> None:
    c = draw(cosets.representatives, torch.Generator().manual_seed(seed))
    g = c if cosets.section is None else cosets.section(c)
    assert cosets.group.contains(g).all()
    torch.testing.assert_close(cosets.project(g), c)


def test_the_cosets_of_a_factor_are_the_other_factor() -> None:
    left, right = (Cosets(FactorInclusion(P, side)) for side in ("left", "right"))
    assert (left.stabiliser, left.representatives, left.group) == (S(4), O(3), P)
    assert (right.stabiliser, right.representatives, right.group) == (O(3), S(4), P)
    assert left.section == FactorInclusion(P, "right")


def test_the_cosets_of_the_trivial_group_are_the_elements() -> None:
    cosets = Cosets(FromTrivial(O(3)))
    assert (cosets.stabiliser, cosets.representatives) == (TrivialGroup(), O(3))
    assert cosets.section is None
