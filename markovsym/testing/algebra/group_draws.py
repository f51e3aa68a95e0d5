"""What a group promises of ``random``, its draws for tests."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.enumeration import TOLERANCE, entries, pick, places
from markovsym.groups.group import Element, Group
from markovsym.spaces import Kind, parts_of, value_of
from markovsym.testing.seeds import derived

MANY = 1024
"""Draws: enough to come by each of 64 components."""


def check_random(G: Group) -> None:
    """Check that draws reach all components, are not all near the identity, and are reproducible.

    Where one of them is no involution, there must be a generator that is none.

    Raises:
        AssertionError: With what was promised and what was found.
    """
    if not G.space.factors:
        return  # it has one element, without any entries
    draws, again = (
        G.random(MANY, generator=derived(str(G)), dtype=torch.float64) for _ in range(2)
    )
    if not torch.equal(entries(draws), entries(again)):
        raise AssertionError(f"random of {G} gave two results for one seed")
    components = _batch(G.components(dtype=torch.float64))
    generators = _batch(G.generators(dtype=torch.float64))
    e = entries(G.identity(1, dtype=torch.float64))
    if not torch.equal(entries(generators), e.expand_as(entries(generators))):
        _check_spread(G, entries(draws), e)
    for c in (~_reached(G, components, draws)).nonzero().flatten():
        missed = pick(components, int(c))
        raise AssertionError(
            f"random of {G} did not reach the component of {missed} in {MANY} draws"
        )
    turning = ~_involutions(G, draws)
    if _involutions(G, generators).all() and turning.any():
        g = pick(draws, int(turning.int().argmax()))
        raise AssertionError(f"all generators of {G} are involutions, though {g} is none")


def _check_spread(
    G: Group, draws: Float[Tensor, "draw entry"], e: Float[Tensor, "1 entry"]
) -> None:
    near = ((draws - e).abs().amax(1) < 0.1).double().mean()
    if near > 0.75:  # one in two may be the identity itself, as in O(1)
        raise AssertionError(
            f"random of {G} gave nearly the identity in {near:.0%} of {MANY} draws"
        )
    if (draws == draws[0]).all():
        raise AssertionError(f"random of {G} gave one element {MANY} times in one batch")


def _reached(G: Group, components: Element, draws: Element) -> Bool[Tensor, "component"]:
    """Whether a draw may lie in each component: it is nearest to it, determinants have its sign.

    Both are necessary only. Numbers that are whole do not count: there all elements are components.
    """
    parts = zip(G.space.factors, parts_of(components), parts_of(draws), strict=True)
    continuous = [(f, c, x) for f, c, x in parts if f.kind in {Kind.REAL, Kind.COMPLEX}]
    if not continuous:
        return torch.ones(len(parts_of(components)[0]), dtype=torch.bool)
    here = entries(tuple(c for _, c, _ in continuous))
    there = entries(tuple(x for _, _, x in continuous))
    nearest = torch.cdist(there, here).argmin(1)
    reached = torch.isin(places(here, here, TOLERANCE), nearest)
    for factor, c, x in continuous:
        square = len(factor.shape) == 2 and factor.shape[0] == factor.shape[1]
        if square and factor.kind is Kind.REAL:
            signs = torch.linalg.det(c).sign()
            reached &= (signs == 0) | torch.isin(signs, torch.linalg.det(x).sign())
    return reached


def _involutions(G: Group, g: Element) -> Bool[Tensor, "element"]:
    squares = entries(G.multiply(g, g))
    return (squares - entries(G.identity(1, dtype=torch.float64))).abs().amax(1) <= TOLERANCE


def _batch(elements: Sequence[Element]) -> Element:
    return value_of(tuple(map(torch.stack, zip(*map(parts_of, elements), strict=True))))
