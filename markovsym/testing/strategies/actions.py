"""A Hypothesis strategy of actions."""

from collections.abc import Iterator

from hypothesis import strategies as st

from markovsym.actions import (
    Action,
    CosetAction,
    Matrix,
    Permutation,
    Restricted,
    Scaling,
    Shift,
    Square,
    Translation,
    Trivial,
    affine,
    together,
)
from markovsym.groups import (
    SO,
    C,
    Cosets,
    D,
    Direct,
    FactorProjection,
    FromTrivial,
    Group,
    MatrixGroup,
    O,
    S,
    Scalings,
    Semidirect,
    T,
    regular_permutations,
    rotations,
    symmetries_of_polygon,
)
from markovsym.groups.numbered import NumberedGroup


def actions(G: Group) -> st.SearchStrategy[Action]:
    """Actions of a group: the usual ones, then that on itself, last the trivial one.

    Example:
        >>> from hypothesis import find
        >>> find(actions(S(3)), lambda action: True)
        Permutation(of=SymmetricGroup(n=3), axes=(-2,))
    """
    return st.sampled_from(known_actions(G))


def known_actions(G: Group) -> list[Action]:
    """The actions of a group that ``actions`` draws from."""
    return [*_usual(G), CosetAction(Cosets(FromTrivial(G))), Trivial(G)]


def _usual(G: Group) -> Iterator[Action]:  # noqa: C901 - a table
    match G:
        case MatrixGroup():
            yield from (Matrix(G), Matrix(G, (-2, -1)), Matrix(G, (-2,), (-1,)))
        case T():
            yield Translation(G)
        case Scalings():
            yield from (Scaling(G), Scaling(G, -2.0))
        case S():
            yield from (Permutation(G), Permutation(G, (-2, -1)), Permutation(G, (-1,)))
        case Semidirect(factors=(left, right)):
            if isinstance(left, T):
                yield affine(G)
            yield from (Restricted(FactorProjection(G), one) for one in _usual(right))
        case Direct(left, right):
            yield from _side_by_side(left, right)
        case NumberedGroup():
            yield from _of_numbers(G)
        case _:
            return


def _of_numbers(G: NumberedGroup) -> Iterator[Action]:
    """By shifts, on images, by symmetries of a polygon, by permutations of the elements."""
    if isinstance(G, C):
        yield Shift(G)
        yield Restricted(rotations(G.n), Matrix(SO(2)))
    if isinstance(G, D):
        yield Restricted(symmetries_of_polygon(G.n), Matrix(O(2)))
    if isinstance(G, C | D) and G.n == 4:
        yield Square(G)
    yield Restricted(regular_permutations(G), Permutation(S(G.order), (-1,)))


def _side_by_side(left: Group, right: Group) -> Iterator[Action]:
    """Of both factors where they commute; of one of them alone."""
    match left, right:
        case (S(), MatrixGroup()):
            yield together(Permutation(left), Matrix(right))
        case (MatrixGroup(), MatrixGroup()) if left.kind is right.kind:
            yield together(Matrix(left, (-2,)), Matrix(right))
        case _:
            pass
    yield from (together(one, Trivial(right)) for one in _usual(left))
    yield from (together(Trivial(left), one) for one in _usual(right))
