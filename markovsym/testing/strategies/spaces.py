"""A Hypothesis strategy of spaces that carry actions."""

from collections.abc import Iterator
from functools import reduce
from itertools import product

from hypothesis import strategies as st

from markovsym.actions import (
    Acted,
    Action,
    CosetAction,
    GSpace,
    Matrix,
    Permutation,
    Restricted,
    Shift,
    Together,
    Translation,
    coset_space,
)
from markovsym.groups import Group
from markovsym.spaces import CentreFree, Kind, Space, space
from markovsym.testing.strategies.actions import known_actions
from markovsym.testing.strategies.composites import Draw, composite

ROWS = "point"
"""The number of points, where it is left open."""

BLOCKS = 3
"""A space has so many blocks at most."""


def gspaces(G: Group) -> st.SearchStrategy[GSpace]:
    """Spaces with actions of a group: of one block, then products of up to three.

    They are real, complex, integer or boolean, with the centre fixed or not, and the number of
    points is a number or is left open.

    Example:
        >>> from hypothesis import find
        >>> from markovsym.groups import O
        >>> print(find(gspaces(O(3)), lambda X: True))
        floating point of shape (*batch, point, 3) under O(3)
    """
    single = st.sampled_from([X for action in known_actions(G) for X in known_spaces(action)])
    return single | _product(single)


@composite
def _product(draw: Draw, single: st.SearchStrategy[GSpace]) -> GSpace:
    return reduce(GSpace.__matmul__, draw(st.lists(single, min_size=2, max_size=BLOCKS)))


def known_spaces(action: Action) -> list[GSpace]:
    """Small spaces that an action fits, those of points first."""
    match action:
        case CosetAction(cosets):
            return [coset_space(cosets)]
        case _:
            fitting = [one for one in _small(_lengths(action)) if action.fits(one)]
            return [GSpace(action.group, (Acted(one, action),)) for one in fitting]


def _small(lengths: list[int]) -> Iterator[Space]:
    """Of every kind, with axes of these lengths."""
    rows: list[int | str] = [ROWS, *lengths]
    clouds = list(product(rows, lengths))
    for kind in Kind:
        yield from (space(shape, kind) for shape in (*clouds, *product(lengths), ()))
    yield from (space(shape, constraint=CentreFree()) for shape in clouds)


def _lengths(action: Action) -> list[int]:
    """Lengths of axes that an action may ask for; 2, where any will do."""
    match action:
        case Matrix(of) | Permutation(of) | Translation(of) | Shift(of) if isinstance(of.n, int):
            return [of.n]
        case Together(_, left, right):
            return sorted({*_lengths(left), *_lengths(right)})
        case Restricted(_, inner):
            return _lengths(inner)
        case _:
            return [2]
