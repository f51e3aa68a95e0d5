"""What a difference of f(g x) from g f(x) looks like, if it looks like something known."""

from collections.abc import Callable, Iterator, Sequence

import torch

from markovsym.actions import GSpace
from markovsym.groups import Element, Group, PairGroup
from markovsym.groups.enumeration import each
from markovsym.groups.product import pair
from markovsym.spaces import Value, parts_of
from markovsym.testing.inputs.named import Named
from markovsym.testing.pointwise.functions import Function

Change = Callable[[Group, Element], Element]
Guess = Callable[[Element, Value], Value]

DISORDER = (
    "its entries are right and stand in wrong places: are rows permuted by the inverse of the "
    "permutation, as argsort in place of its own argsort does?"
)
UNKNOWN = "it fits none of the usual mistakes"


def cause(f: Function, X: GSpace, Y: GSpace, x: Value, at: Named, named: Sequence[Named]) -> str:
    """What a function that is not equivariant does instead.

    Args:
        f: The function, in double precision.
        X: Where it starts.
        Y: Where it ends.
        x: Points, along one batch dimension.
        at: The element at which it was seen.
        named: Other elements: what fits at all of them is more likely than what fits at one.
    """
    here = f(*parts_of(x))
    for among in ([*named, at], [at]):
        seen = [(one.element, f(*parts_of(X.act(one.element, x)))) for one in among]
        for text, guess in guesses(Y):
            if all(_near(there, guess(g, here)) for g, there in seen):
                return text
        if all(_near(_sorted(there), _sorted(Y.act(g, here))) for g, there in seen):
            return DISORDER
    return UNKNOWN


def guesses(Y: GSpace) -> Iterator[tuple[str, Guess]]:
    """What f(g x) may be, given g and f(x), instead of g f(x)."""
    for part, change_of in _factors(Y.group):
        for text, change in ((_backwards(part, Y), _inverse), (_ignored(part, Y), _nothing)):
            yield (
                text,
                lambda g, y, change_of=change_of, change=change: Y.act(change_of(change, g), y),
            )
    yield (
        "it has the opposite sign: does the output turn round under reflections?",
        lambda g, y: each(_negative, Y.act(g, y)),
    )


def _factors(G: Group) -> Iterator[tuple[Group, Callable[[Change, Element], Element]]]:
    """A group and its factors at any depth, each with how to change the part of an element."""
    yield G, lambda change, g: change(G, g)
    match G:
        case PairGroup(factors=(left, right)):
            for part, inner in _factors(left):
                yield (
                    part,
                    lambda change, g, inner=inner: pair(
                        inner(change, G.split(g)[0]), G.split(g)[1]
                    ),
                )
            for part, inner in _factors(right):
                yield (
                    part,
                    lambda change, g, inner=inner: pair(
                        G.split(g)[0], inner(change, G.split(g)[1])
                    ),
                )
        case _:
            return


def _backwards(part: Group, Y: GSpace) -> str:
    of = "g" if part == Y.group else f"the part of g in {part}"
    return f"it moves by the inverse of {of}: is a matrix transposed, or an inverse missing?"


def _ignored(part: Group, Y: GSpace) -> str:
    if part == Y.group:
        return "it is invariant there: has the output the action that was declared?"
    return f"it does not move with the part of g in {part}: is that forgotten?"


def _inverse(G: Group, g: Element) -> Element:
    return G.inverse(g)


def _nothing(G: Group, g: Element) -> Element:
    """The identity, of the size and on the device of ``g``."""
    return G.multiply(g, G.inverse(g))


def _negative(part: torch.Tensor) -> torch.Tensor:
    return part if part.dtype == torch.bool else -part


def _sorted(value: Value) -> Value:
    """The entries of each point in order; complex numbers have none."""
    return each(lambda part: part if part.is_complex() else part.flatten(1).sort(1).values, value)


def _near(there: Value, guess: Value) -> bool:
    pairs = zip(parts_of(there), parts_of(guess), strict=True)
    return all(torch.allclose(a, b, rtol=1e-6, atol=1e-8) for a, b in pairs)
