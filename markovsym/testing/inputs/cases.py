"""Which group elements, at which points, a test in law tries."""

from collections.abc import Sequence

import torch

from markovsym.actions import GSpace
from markovsym.groups import Element, Group
from markovsym.groups.enumeration import each, pick
from markovsym.groups.product import alike
from markovsym.spaces import Value, parts_of
from markovsym.testing.effort import Effort
from markovsym.testing.inputs.masked import padded_points
from markovsym.testing.inputs.named import Named, named_elements, sized
from markovsym.testing.law.same_law import Case
from markovsym.testing.seeds import derived

Elements = Sequence[Named | Element]
"""Group elements without batch dimensions, with names or without."""


def cases(
    X: GSpace,
    x: Value | None,
    elements: Elements | None,
    effort: Effort,
    like: torch.Tensor,
) -> list[Case]:
    """The examples of a test: every element at a point, and every point with an element.

    Args:
        X: The space, of whose group the elements are.
        x: A point, or several along one batch dimension; by default a random one for each element.
        elements: By default random ones and those that have names.
        effort: How many random ones, and their seed.
        like: What random points share precision and device with.
    """
    rng = derived("cases", str(X), str(effort.seed))
    _, sizes = X.space.measure(drawn_like(X, 1, rng, like) if x is None else x)
    named = _named(sized(X.group, sizes), elements, effort, rng)
    many = max(len(named), effort.examples)
    at = _apart(X, drawn_like(X, many, rng, like) if x is None else x)
    found: list[Case] = []
    for i in range(max(len(named), len(at))):
        one, point = named[i % len(named)], at[i % len(at)]
        found.append(Case(Named(one.name, alike(one.element, point)), point))
    return found


def drawn_like(X: GSpace, count: int, rng: torch.Generator, like: torch.Tensor) -> Value:
    """Random points, with rows that do not exist where X has masks, on the device of a tensor."""
    drawn = padded_points(X, count, generator=rng, dtype=torch.float64)
    return alike(drawn, like)


def _named(
    G: Group, elements: Elements | None, effort: Effort, rng: torch.Generator
) -> list[Named]:
    """Random elements come first, since most bugs show at them; the identity shows none."""
    if elements is not None:
        return [
            one if isinstance(one, Named) else Named(f"element {i + 1}", one)
            for i, one in enumerate(elements)
        ]
    identity, *others = named_elements(G, generator=rng, generic=effort.examples)
    generic = [one for one in others if one.name.startswith("random")]
    return [*generic, *(one for one in others if one not in generic)] or [identity]


def _apart(X: GSpace, x: Value) -> list[Value]:
    """The points of a batch."""
    batch, _ = X.space.measure(x)
    return [pick(x, i) for i in range(batch[0])] if batch else [x]


def repeated(x: Value, count: int) -> Value:
    """A point without batch dimensions, so many times."""
    return each(lambda part: part.expand(count, *part.shape), x) if parts_of(x) else x
