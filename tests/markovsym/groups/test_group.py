"""The laws that every group obeys; a new group is one more line in ``GROUPS``."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.groups import (
    GL,
    SL,
    SO,
    C,
    D,
    Direct,
    FiniteGroup,
    Group,
    LorentzGroup,
    O,
    S,
    Scalings,
    T,
    TrivialGroup,
    U,
)
from markovsym.testing.algebra.group_laws import check_group

GROUPS: list[Group] = [
    *(O(n) for n in (1, 2, 3, 4)),
    *(SO(n) for n in (1, 2, 3, 4)),
    *(U(n) for n in (1, 2, 3)),
    *(S(n) for n in (1, 2, 3, 4, 5, 6)),
    *(C(n) for n in (1, 2, 3, 8, 4096)),
    *(D(n) for n in (1, 2, 3, 4)),
    *(FiniteGroup.of(S(n), S(n).elements()) for n in (1, 2, 3, 4)),
    *(GL(n) for n in (1, 2, 3)),
    *(SL(n) for n in (2, 3)),
    *(LorentzGroup(n) for n in (2, 3, 4)),
    *(T(n) for n in (1, 3)),
    Scalings(),
    Direct(S(4), O(3)),
    Direct(Direct(S(2), SO(2)), TrivialGroup()),
    TrivialGroup(),
]
every_group = pytest.mark.parametrize("G", GROUPS, ids=str)


@every_group
def test_a_group_obeys_the_laws(G: Group) -> None:
    check_group(G)


@every_group
def test_groups_are_equal_by_content(G: Group) -> None:
    assert [other for other in GROUPS if other == G] == [G]
    assert len({*GROUPS, *GROUPS}) == len(GROUPS)


@every_group
@given(seed=st.integers(0, 2**32 - 1))
def test_a_seed_fixes_a_draw(G: Group, seed: int) -> None:
    first, again = (G.random(2, 3, generator=torch.Generator().manual_seed(seed)) for _ in range(2))
    torch.testing.assert_close(first, again, rtol=0, atol=0)
