"""How translations move the points of a space, as its group says or else as its shape does."""

import torch

from markovsym.actions import Acted, Action, GSpace, Matrix, Restricted, Together, Translation
from markovsym.actions.standard import Trivial
from markovsym.groups import Element, Group, PairGroup, T, TranslationGroup
from markovsym.groups.product import alike, pair
from markovsym.randomness import normal
from markovsym.spaces import Value, dtype_of
from markovsym.testing.inputs.named import Named, sized

LENGTHS = (1.0, 3.0, 10.0)
"""How far points are moved, in units of their usual size."""


def translated(X: GSpace, Y: GSpace) -> tuple[GSpace, GSpace]:
    """The two spaces, if their group has translations; else under T(n), for points that it turns.

    Clouds of points whose centre is bound are left alone.
    """
    if _dimension(X.group):
        return X, Y
    turned = (_turned(block.action) for block in X.blocks)
    n = next(filter(None, turned), 1)  # of nothing that is turned, nothing will move
    return _under(T(n), X), _under(T(n), Y)


def still(X: GSpace) -> GSpace:
    """The space, left alone by its group."""
    blocks = (Acted(block.space, Trivial(X.group)) for block in X.blocks)
    return GSpace(X.group, tuple(blocks))


def vectors(X: GSpace, x: Value, rng: torch.Generator) -> list[Named]:
    """Translations of several lengths, as elements of the group, and what to call them."""
    G = sized(X.group, X.space.measure(x)[1])
    found: list[Named] = []
    for length in LENGTHS:
        v = normal(_dimension(G), generator=rng, dtype=torch.float64)
        v = alike(length * v / v.norm(), x)
        words = ", ".join(f"{entry:.3g}" for entry in v.tolist())
        found.append(Named(f"a translation by ({words})", _embedded(G, v, dtype_of(x))))
    return found


def _dimension(G: Group) -> int:
    """Of the translations in a group; 0 if there are none."""
    match G:
        case TranslationGroup(n):
            return n
        case PairGroup(factors=(left, right)):
            return _dimension(left) or _dimension(right)
        case _:
            return 0


def _embedded(G: Group, v: torch.Tensor, dtype: torch.dtype) -> Element:
    match G:
        case PairGroup(factors=(left, right)) if _dimension(left):
            return pair(_embedded(left, v, dtype), right.identity(dtype=dtype, device=v.device))
        case PairGroup(factors=(left, right)):
            return pair(left.identity(dtype=dtype, device=v.device), _embedded(right, v, dtype))
        case _:
            return v


def _under(G: TranslationGroup, X: GSpace) -> GSpace:
    def of(block: Acted) -> Action:
        moves = Translation(G)
        turned = _turned(block.action) == G.n
        return moves if turned and moves.fits(block.space) else Trivial(G)

    return GSpace(G, tuple(Acted(block.space, of(block)) for block in X.blocks))


def _turned(action: Action) -> int | None:
    """The dimension of points on the last axis that matrices move, if they do."""
    match action:
        case Matrix(of, axes=(-1,), dual=()):
            return of.n
        case Together(left=left, right=right):
            return _turned(left) or _turned(right)
        case Restricted(action=inner):
            return _turned(inner)
        case _:
            return None
