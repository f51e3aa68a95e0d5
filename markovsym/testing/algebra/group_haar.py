"""What a group promises of its Haar measure and of the list of its elements."""

import torch
from scipy import stats

from markovsym.errors import NotCompactError, NotFiniteError
from markovsym.groups.enumeration import TOLERANCE, entries, pick, places
from markovsym.groups.group import CompactGroup, Element, Group
from markovsym.testing.law.same_law import law_difference
from markovsym.testing.seeds import derived

ALPHA = 1e-9
"""Chance of failing a measure that is Haar, were the seed not fixed."""

DRAWS = 2048
"""Draws on each side, where moments are compared."""

SHORT = 1000
"""Groups of more elements are not gone through one by one."""


def check_haar(G: Group) -> None:
    """Check ``haar`` and ``elements``, by draws of a fixed seed.

    A compact group is to have a Haar measure, which is invariant from both sides: where elements
    can be listed, all are drawn equally often, elsewhere first and second moments are compared.
    Others may raise ``NotCompactError``; those that are not finite raise ``NotFiniteError``.

    Raises:
        AssertionError: With what was promised and what was found.
    """
    if not G.space.factors:
        return  # it has one element, without any entries
    compact = isinstance(G, CompactGroup)
    try:
        elements = G.elements()
        _check_elements(G, elements)
    except NotFiniteError:
        elements = None
    try:
        G.haar(generator=derived(str(G)))
    except NotCompactError as error:
        if compact:
            raise AssertionError(f"haar of {G}, which is compact, refuses: {error}") from error
        return
    if elements is not None and len(entries(elements)) <= SHORT:
        _check_uniform(G, elements)
    else:
        _check_invariant(G)


def _check_elements(G: Group, elements: Element) -> None:
    """The identity comes first, each is an element and none comes twice, none is missing."""
    rows = entries(elements)
    if not torch.equal(rows[:1], entries(G.identity(1))):
        raise AssertionError(f"elements of {G} does not begin with the identity")
    if not G.contains(elements).all():
        raise AssertionError(f"elements of {G} lists one that {G} does not contain")
    if len(rows) > SHORT:
        return
    if not torch.equal(places(rows, rows, TOLERANCE), torch.arange(len(rows))):
        raise AssertionError(f"elements of {G} lists one twice")
    for g in G.generators():
        if (places(entries(G.multiply(elements, g)), rows, TOLERANCE) < 0).any():
            raise AssertionError(f"elements of {G} misses one of its elements times {g}")


def _check_uniform(G: Group, elements: Element) -> None:
    """Every element is drawn equally often."""
    rows = entries(elements)
    draws = G.haar(max(DRAWS, 20 * len(rows)), generator=derived(str(G), "haar"))
    drawn = places(entries(draws), rows, TOLERANCE)
    if (drawn < 0).any():
        raise AssertionError(f"haar of {G} drew one that elements does not list")
    counts = drawn.bincount(minlength=len(rows))
    if len(rows) > 1 and (p := stats.chisquare(counts.numpy()).pvalue) < ALPHA:
        raise AssertionError(f"haar of {G} is not uniform: p = {p:.1e}, the counts are {counts}")


def _check_invariant(G: Group) -> None:
    """First and second moments stay when draws are multiplied, from either side."""
    generator = derived(str(G), "haar")
    here, there, generic = (
        G.haar(count, generator=generator, dtype=torch.float64) for count in (DRAWS, DRAWS, 2)
    )
    named = [*G.components(dtype=torch.float64), *G.generators(dtype=torch.float64)]
    for g in [*named, pick(generic, 0), pick(generic, 1)]:
        sides = {"left": G.multiply(g, there), "right": G.multiply(there, g)}
        for side, moved in sides.items():
            p = law_difference(here, moved)
            if p < ALPHA:
                raise AssertionError(
                    f"haar of {G} is not invariant from the {side}: p = {p:.1e} that moments are "
                    f"those of draws times {g}"
                )
