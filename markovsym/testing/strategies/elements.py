"""Hypothesis strategies of groups and their elements; shrinking ends at one that has a name."""

from itertools import islice, product

import torch
from hypothesis import strategies as st

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
    Element,
    FiniteGroup,
    Group,
    Inversion,
    LorentzGroup,
    O,
    S,
    Scalings,
    Semidirect,
    T,
    TrivialGroup,
    U,
)
from markovsym.groups.enumeration import pick
from markovsym.testing.inputs.named import named_elements
from markovsym.testing.seeds import derived

GENERIC = 32
"""Elements are drawn from so many random ones, beside those that have names."""

WORDS = 64
"""Of products of two elements that have names, so many at most."""

KLEIN = FiniteGroup(((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)))
"""The smallest group that is not cyclic, as a table."""

FINITE: tuple[Group, ...] = (TrivialGroup(), C(2), C(3), S(2), S(3), D(3), C(4), D(4), KLEIN)
COMPACT: tuple[Group, ...] = (O(1), SO(2), O(2), SO(3), O(3), U(1), U(2))
OTHERS: tuple[Group, ...] = (T(1), T(3), Scalings(), SL(2), GL(2), GL(3), LorentzGroup(3))
PAIRS: tuple[Group, ...] = (
    Direct(C(2), SO(2)),
    Direct(S(3), O(3)),
    Semidirect(Inversion(3)),
    SE(2),
    E(3),
    SE(3),
    Aff(2),
)
GROUPS = (*FINITE, *COMPACT, *OTHERS, *PAIRS)
"""Groups to test on, simple ones first."""


def groups(of: type[Group] = Group) -> st.SearchStrategy[Group]:
    """Groups: named ones, from the trivial one to Aff(2), then direct products of two of these.

    Args:
        of: A class, whose instances are wanted; by default all.

    Raises:
        ValueError: If none of the named ones is an instance.

    Example:
        >>> from hypothesis import find
        >>> find(groups(), lambda G: True)
        TrivialGroup()
    """
    named = [G for G in GROUPS if isinstance(G, of)]
    if not named:
        raise ValueError(
            f"wanted a class of which one of {', '.join(map(str, GROUPS))} is, got {of}"
        )
    if not issubclass(Direct, of):
        return st.sampled_from(named)
    small = st.sampled_from([*FINITE, *COMPACT, *OTHERS])
    return st.sampled_from(named) | st.builds(Direct, small, small)


def elements(
    G: Group, *, dtype: torch.dtype = torch.float64, generic: int = GENERIC
) -> st.SearchStrategy[Element]:
    """Elements without batch dimensions: named ones, products of two of these, random ones.

    The named ones are the identity, the components, of groups of matrices minus the identity, a
    mirror and turns of order 4 and 3, and the generators; they are half of what is drawn. The
    random ones come from a list that the name of the group fixes: where a seed is drawn, Hypothesis
    searches the seeds.

    Args:
        G: Any group.
        dtype: Floating point type, where elements have one.
        generic: Length of the list of random elements.
    """
    _, *others = G.components(dtype=dtype)
    letters = [*others, *G.generators(dtype=dtype)]
    named = named_elements(G, generator=derived(str(G)), dtype=dtype, generic=0)
    simple = sorted(named, key=lambda one: one.name.startswith("generator"))
    # multiplied here, not in the strategy: what checks types may draw random numbers of its own
    words = [G.multiply(g, h) for g, h in islice(product(letters, repeat=2), WORDS)]
    drawn = G.random(generic, generator=derived(str(G)), dtype=dtype)
    some = [pick(drawn, i) for i in range(generic)]
    # in one list with the others, lest shrinking never comes from those to the simple ones
    few = [one.element for one in simple]
    return st.sampled_from(few) | st.sampled_from([*few, *words, *some])
