"""Hypothesis strategies, ordered from simple to generic: shrinking ends at a named element."""

from hashlib import sha256
from itertools import islice, product

import torch
from hypothesis import strategies as st

from markovsym.groups.enumeration import pick
from markovsym.groups.group import Element, Group

GENERIC = 32
"""Elements are drawn from so many random ones, beside those that have names."""


WORDS = 64
"""Of products of two elements that have names, so many at most."""


def elements(
    G: Group, *, dtype: torch.dtype = torch.float64, generic: int = GENERIC
) -> st.SearchStrategy[Element]:
    """Elements without batch dimensions: named ones, products of two of these, random ones.

    The named ones are the identity, the components and the generators. The random ones come from a
    list that the name of the group fixes: where a seed is drawn, Hypothesis searches the seeds.

    Args:
        G: Any group.
        dtype: Floating point type, where elements have one.
        generic: Length of the list of random elements.
    """
    _, *others = G.components(dtype=dtype)
    named = [G.identity(dtype=dtype), *others, *G.generators(dtype=dtype)]
    # multiplied here, not in the strategy: what checks types may draw random numbers of its own
    words = [G.multiply(g, h) for g, h in islice(product(named[1:], repeat=2), WORDS)]
    drawn = G.random(generic, generator=derived(str(G)), dtype=dtype)
    some = [pick(drawn, i) for i in range(generic)]
    return st.sampled_from(named) | st.sampled_from(words) | st.sampled_from(some)


def derived(*of: str) -> torch.Generator:
    """A source of randomness whose seed is a function of some words."""
    digest = sha256("\n".join(of).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little"))
