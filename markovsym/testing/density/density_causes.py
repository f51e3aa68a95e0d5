"""Laws that are not equivariant in one of the usual ways."""

from collections.abc import Iterator
from dataclasses import replace

from torch import Tensor

from markovsym.actions import Acted, GSpace, Matrix
from markovsym.groups import Element
from markovsym.spaces import FREE, Space, Value
from markovsym.testing.density.log_probs import LogProb


def guesses(
    log_prob: LogProb, X: GSpace, Y: GSpace, at: tuple[Value, Value], g: Element
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Mistakes, each with two log densities at moved points that it would make equal."""
    (x, y), moved = at, X.act(g, at[0])
    here, there, volume = log_prob(y, x), log_prob(Y.act(g, y), moved), Y.log_volume(g, y)
    yield "log |det g| is added where it is to be taken away", there, here + volume
    yield "log |det g| is missing: does the scale of the law move with x?", there, here
    whole = _changed(Y, unbound=True)
    yield (
        "log |det g| is that of all clouds of points, where their centre of mass is bound",
        there,
        here - whole.log_volume(g, y),
    )
    back = Y.group.inverse(g)
    yield (
        "the law moves by the inverse of g: is a matrix transposed, or an inverse missing?",
        log_prob(Y.act(back, y), moved),
        here - Y.log_volume(back, y),
    )
    dual = _changed(Y, unbound=False)
    yield (
        "the law moves by the inverse transpose of g: is a matrix transposed?",
        log_prob(dual.act(g, y), moved),
        here - dual.log_volume(g, y),
    )
    yield (
        "the law does not move with x: has it the action that was declared?",
        log_prob(y, moved),
        here,
    )


def _changed(Y: GSpace, *, unbound: bool) -> GSpace:
    """Y without equations; or with matrices whose inverses are transposed the other way."""
    blocks = []
    for block in Y.blocks:
        match block.action:
            case Matrix(of, axes, dual) if not unbound:
                blocks.append(Acted(block.space, Matrix(of, dual, axes)))
            case _ if unbound:
                free = tuple(replace(factor, constraint=FREE) for factor in block.space.factors)
                blocks.append(Acted(Space(free), block.action))
            case _:
                blocks.append(block)
    return GSpace(Y.group, tuple(blocks))
