"""Equivariance of stochastic matrices, entry by entry."""

from collections.abc import Sequence
from math import prod

import numpy as np

from markovsym.categories import Stochastic
from markovsym.testing.finite.finite_action import FiniteAction
from markovsym.testing.outcome import InconclusiveError, check

ROUNDING = 1e-13
"""How far two probabilities may differ that are floats, where sums of products made them."""


@check("equivariance, exactly")
def assert_equivariant_exact(
    K: Stochastic, X: FiniteAction, Y: FiniteAction | None = None, *, tolerance: float = ROUNDING
) -> None:
    """Fail unless K(g y | g x) = K(y | x) for all x and y, and all generators g.

    What holds for g and h holds for g h, since K(g h y | g h x) = K(h y | h x), and for inverses,
    which are powers in a finite group: so generators are enough.

    Args:
        K: A kernel of fractions, which must agree exactly, or of floats.
        X: How the group moves the points that K starts in.
        Y: How it moves those that K ends in; by default as it moves X.
        tolerance: How far floats may differ: by their rounding. It is not used for fractions.

    Raises:
        AssertionError: With the first generator and entries that disagree, and what may have
            caused it.
        InconclusiveError: If no generator moves anything.
        ValueError: If the actions do not fit the kernel.

    Example:
        >>> from markovsym.categories import FinStoch
        >>> walk = FinStoch(exact=True).function(lambda x: (x + 1) % 4, (4,), (4,))
        >>> assert_equivariant_exact(walk, FiniteAction(((1, 2, 3, 0),)))
    """
    end = Y or X
    _require_fit(K, X, end)
    if all(list(row) == sorted(row) for row in (*X.moves, *end.moves)):
        raise InconclusiveError("no generator moves anything; wanted one that does")
    slack = 0.0 if K.exact else tolerance
    for g, (x, y) in enumerate(zip(X.moves, end.moves, strict=True), 1):
        wrong = _differing(K, x, y, slack)
        if len(wrong):
            i, j = wrong[0].tolist()
            points = [_point(K.dom, i), _point(K.dom, x[i]), _point(K.cod, j), _point(K.cod, y[j])]
            raise AssertionError(
                f"the kernel {K} is not equivariant: generator {g} takes x = {points[0]} to "
                f"{points[1]} and y = {points[2]} to {points[3]}, but K(g y | g x) = "
                f"{K.matrix[x[i], y[j]]} and K(y | x) = {K.matrix[i, j]}; {len(wrong)} of "
                f"{K.matrix.size} entries differ; {_cause(K, X, end, slack)}"
            )


def _differing(K: Stochastic, x: Sequence[int], y: Sequence[int], slack: float) -> np.ndarray:
    """Which entries are not those that they are moved to."""
    return np.argwhere(~(abs(K.matrix[np.ix_(x, y)] - K.matrix) <= slack))


def _cause(K: Stochastic, X: FiniteAction, Y: FiniteAction, slack: float) -> str:
    still = tuple(range(Y.size))
    guesses = {
        "y moves by the inverse of g: is a permutation written as where places come from?": [
            tuple(np.argsort(row).tolist()) for row in Y.moves
        ],
        "y does not move with x: has it the action that was declared?": [still] * len(Y.moves),
    }
    for guess, moves in guesses.items():
        pairs = zip(X.moves, moves, strict=True)
        if not any(len(_differing(K, x, y, slack)) for x, y in pairs):
            return guess
    return "it fits none of the usual mistakes"


def _point(sizes: tuple[int, ...], i: int) -> int | tuple[int, ...]:
    """A point by the numbers on its wires."""
    return i if len(sizes) == 1 else tuple(int(one) for one in np.unravel_index(i, sizes))


def _require_fit(K: Stochastic, X: FiniteAction, Y: FiniteAction) -> None:
    wanted, got = (prod(K.dom), prod(K.cod)), (X.size, Y.size)
    if wanted != got:
        raise ValueError(
            f"wanted actions on the {wanted[0]} inputs and {wanted[1]} outputs of {K}, got actions "
            f"on {got[0]} and {got[1]} points"
        )
    if len(X.moves) != len(Y.moves):
        raise ValueError(
            f"wanted the moves of the same generators on both sides, got {len(X.moves)} and "
            f"{len(Y.moves)}"
        )
