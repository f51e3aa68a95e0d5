"""The laws that every group obeys, checked on a group of anybody's."""

from collections.abc import Callable

import torch
from hypothesis import HealthCheck, given, settings

from markovsym.groups.group import Element, Group
from markovsym.testing.algebra.group_batches import check_batches
from markovsym.testing.algebra.group_draws import check_random
from markovsym.testing.algebra.group_haar import check_haar
from markovsym.testing.inputs.rounding import PRECISION, same, size
from markovsym.testing.strategies.elements import elements

Law = Callable[[Group, Element, Element, Element], tuple[Element, Element | None]]
"""Both sides of an equation; without a right side, the left one is to lie in the group."""

LAWS: dict[str, Law] = {
    "g h is in G": lambda G, g, h, k: (G.multiply(g, h), None),
    "g^-1 is in G": lambda G, g, h, k: (G.inverse(g), None),
    "e g = g": lambda G, g, h, k: (G.multiply(_one(G), g), g),
    "g e = g": lambda G, g, h, k: (G.multiply(g, _one(G)), g),
    "g^-1 g = e": lambda G, g, h, k: (G.multiply(G.inverse(g), g), _one(G)),
    "g g^-1 = e": lambda G, g, h, k: (G.multiply(g, G.inverse(g)), _one(G)),
    "(g h) k = g (h k)": lambda G, g, h, k: (
        G.multiply(G.multiply(g, h), k),
        G.multiply(g, G.multiply(h, k)),
    ),
    "(g h)^-1 = h^-1 g^-1": lambda G, g, h, k: (
        G.inverse(G.multiply(g, h)),
        G.multiply(G.inverse(h), G.inverse(g)),
    ),
}


def check_group(G: Group, *, examples: int = 25) -> None:
    """Check the laws of a group, and what ``Group`` promises of its methods.

    Equations are tried on elements that Hypothesis picks, in double precision and up to an error
    that grows with the entries of the elements and of their inverses. Every run tries the same.

    Args:
        G: The group.
        examples: How many triples of elements each law is tried on.

    Raises:
        AssertionError: With the first law that fails, and the simplest elements found.

    Example:
        >>> from markovsym.groups.orthogonal import OrthogonalGroup
        >>> check_group(OrthogonalGroup(2), examples=5)
    """
    for dtype in (torch.float32, torch.float64):
        _check_named(G, dtype)
    if failure := _failure(G, LAWS, examples):  # shrinking may have gone on to another law
        alone = (_failure(G, {name: law}, examples) for name, law in LAWS.items())
        raise next(filter(None, alone), failure)
    check_batches(G)
    check_random(G)
    check_haar(G)


def _check_named(G: Group, dtype: torch.dtype) -> None:
    """Components and generators are elements, and the first component is the identity."""
    e, components = G.identity(dtype=dtype), G.components(dtype=dtype)
    if not same(components[0], e, 0.0):
        raise AssertionError(f"the first component of {G} is {components[0]}, not the identity {e}")
    for what, named in {"component": components, "generator": G.generators(dtype=dtype)}.items():
        for g in named:
            if not G.contains(g).all():
                raise AssertionError(f"{G} does not contain its {what} {g}")


def _failure(G: Group, laws: dict[str, Law], examples: int) -> AssertionError | None:
    """How a law fails at the simplest elements found."""
    some = elements(G)

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(some, some, some)
    def laws_hold(g: Element, h: Element, k: Element) -> None:
        error = PRECISION * size(G, g, h, k)
        for name, law in laws.items():
            left, right = law(G, g, h, k)
            if right is None:
                # no more than that: in an open set such as GL(n), more tolerance lets in less
                holds = bool(G.contains(left, tolerance=min(1e3 * error, 1e-4)).all())
            else:
                holds = same(left, right, error)
            if not holds:
                named = zip("ghk", (g, h, k), strict=True)
                at = ", ".join(f"{letter} = {x}" for letter, x in named if letter in name)
                found = f"{left} is " + ("no element" if right is None else f"not {right}")
                raise AssertionError(f"{G} breaks the law {name} at {at}: {found}")

    try:
        laws_hold()
    except AssertionError as error:
        return error
    return None


def _one(G: Group) -> Element:
    return G.identity(dtype=torch.float64)
