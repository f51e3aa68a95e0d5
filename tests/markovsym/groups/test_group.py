"""The laws that every group obeys; a new group is one more line in ``GROUPS``."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.groups import SO, CompactGroup, Direct, Element, O, S, TrivialGroup
from markovsym.spaces import value_of

GROUPS: list[CompactGroup] = [
    *(O(n) for n in (1, 2, 3, 4)),
    *(SO(n) for n in (1, 2, 3, 4)),
    *(S(n) for n in (1, 2, 3, 4, 5, 6)),
    Direct(S(4), O(3)),
    Direct(Direct(S(2), SO(2)), TrivialGroup()),
    TrivialGroup(),
]
every_group = pytest.mark.parametrize("G", GROUPS, ids=str)
seeds = st.integers(0, 2**32 - 1)
BATCH = (2, 3)


def parts(g: Element) -> tuple[Tensor, ...]:
    """The tensors of an element, of whatever depth."""
    if isinstance(g, Tensor):
        return (g,)
    return tuple(part for entry in g for part in parts(entry))


def draw(G: CompactGroup, count: int, seed: int, *batch: int) -> list[Element]:
    generator = torch.Generator().manual_seed(seed)
    return [G.haar(*batch, generator=generator, dtype=torch.float64) for _ in range(count)]


@every_group
@given(seed=seeds)
def test_multiplication_is_associative(G: CompactGroup, seed: int) -> None:
    g, h, k = draw(G, 3, seed, *BATCH)
    left, right = G.multiply(G.multiply(g, h), k), G.multiply(g, G.multiply(h, k))
    torch.testing.assert_close(left, right)


@every_group
@given(seed=seeds)
def test_the_identity_changes_nothing_and_the_inverse_undoes(G: CompactGroup, seed: int) -> None:
    (g,) = draw(G, 1, seed, *BATCH)
    e, back = G.identity(*BATCH, dtype=torch.float64), G.inverse(g)
    for product, wanted in [((e, g), g), ((g, e), g), ((g, back), e), ((back, g), e)]:
        torch.testing.assert_close(G.multiply(*product), wanted)


@every_group
@given(seed=seeds)
def test_draws_products_and_inverses_are_elements(G: CompactGroup, seed: int) -> None:
    g, h = draw(G, 2, seed, *BATCH)
    for element in (g, G.multiply(g, h), G.inverse(g), G.identity(*BATCH, dtype=torch.float64)):
        assert G.contains(element, tolerance=1e-10).all()
        G.space.measure(value_of(parts(element)))


@every_group
def test_one_element_multiplies_a_whole_batch(G: CompactGroup) -> None:
    (g,), (many,) = draw(G, 1, 0), draw(G, 1, 1, *BATCH)
    e = G.identity(*BATCH, dtype=torch.float64)
    repeated = G.multiply(e, g)
    torch.testing.assert_close(G.multiply(g, many), G.multiply(repeated, many))
    torch.testing.assert_close(G.multiply(many, g), G.multiply(many, repeated))


@every_group
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_components_and_generators_are_elements(G: CompactGroup, dtype: torch.dtype) -> None:
    for g in [*G.components(dtype=dtype), *G.generators(dtype=dtype)]:
        assert G.contains(g).all()
        torch.testing.assert_close(G.multiply(g, G.identity(dtype=dtype)), g)


@every_group
def test_the_identity_is_the_first_component(G: CompactGroup) -> None:
    torch.testing.assert_close(G.components()[0], G.identity())


@every_group
def test_draws_have_the_batch_shape_that_was_asked_for(
    G: CompactGroup, generator: torch.Generator
) -> None:
    for batch in [(), (7,), (2, 3)]:
        element = G.haar(*batch, generator=generator)
        assert G.space.measure(value_of(parts(element)))[0] == (batch if G.space.factors else ())
        torch.testing.assert_close(G.multiply(element, G.identity(*batch)), element)


@every_group
def test_a_seed_fixes_a_draw(G: CompactGroup) -> None:
    torch.testing.assert_close(draw(G, 2, 5, *BATCH), draw(G, 2, 5, *BATCH), rtol=0, atol=0)


@every_group
def test_groups_are_equal_by_content(G: CompactGroup) -> None:
    assert [other for other in GROUPS if other == G] == [G]
    assert len({*GROUPS, *GROUPS}) == len(GROUPS)
