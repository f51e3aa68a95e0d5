"""How groups move finite sets, by their generators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import final

import numpy as np

from markovsym.groups import Element, Group


@final
@dataclass(frozen=True)
class FiniteAction:
    """How a group moves a finite set: generator g takes the point x to ``moves[g][x]``.

    Args:
        moves: For each generator, where it takes each point, counted from 0. Where a set has
            several wires its points are counted with the last wire running fastest.

    Raises:
        ValueError: If there is no generator, or one takes two points to one.

    Example:
        >>> FiniteAction.on_words([(1, 2, 0)], letters=2).moves
        ((0, 4, 1, 5, 2, 6, 3, 7),)
    """

    moves: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if not self.moves:
            raise ValueError("wanted the moves of one generator at least, got none")
        for g, row in enumerate(self.moves, 1):
            if sorted(row) != list(range(len(self.moves[0]))):
                wanted = f"each of the numbers below {len(self.moves[0])} once"
                raise ValueError(f"wanted {wanted} in the moves of generator {g}, got {row}")

    @staticmethod
    def of(group: Group, act: Callable[[Element, int], int], size: int) -> "FiniteAction":
        """The moves of the generators of a group of the library.

        Args:
            group: The group.
            act: Where an element takes a point.
            size: How many points there are.

        Raises:
            ValueError: If the product of two generators does not act as they do in turn.

        Example:
            >>> from markovsym.groups import C
            >>> FiniteAction.of(C(4), lambda g, x: (x + int(g)) % 4, 4).moves
            ((1, 2, 3, 0),)
        """
        generators = group.generators()
        for (i, g), (j, h) in product(enumerate(generators, 1), repeat=2):
            both = group.multiply(g, h)
            for x in range(size):
                if int(act(both, x)) != int(act(g, int(act(h, x)))):
                    raise ValueError(
                        f"wanted an action from the left, (g h).x = g.(h.x), got another at "
                        f"generators g = {i} and h = {j} of {group} and x = {x}"
                    )
        return FiniteAction(tuple(tuple(int(act(g, x)) for x in range(size)) for g in generators))

    @staticmethod
    def on_words(permutations: Sequence[Sequence[int]], letters: int) -> "FiniteAction":
        """Permutations of places, each as where it takes each place, on all words of letters.

        Args:
            permutations: The generators; the letter at place i goes to place g[i].
            letters: How many letters there are.
        """
        length = len(permutations[0])
        words = np.indices((letters,) * length).reshape(length, -1)
        rows = []
        for g in permutations:
            moved = np.empty_like(words)
            moved[list(g)] = words
            rows.append(tuple(np.ravel_multi_index(tuple(moved), (letters,) * length).tolist()))
        return FiniteAction(tuple(rows))

    @property
    def size(self) -> int:
        """How many points there are."""
        return len(self.moves[0])

    def __matmul__(self, other: "FiniteAction") -> "FiniteAction":
        """Pairs of points, both moved."""
        if len(self.moves) != len(other.moves):
            raise ValueError(
                f"wanted as many generators on both sets, got {len(self.moves)} and "
                f"{len(other.moves)}"
            )
        pairs = zip(self.moves, other.moves, strict=True)
        return FiniteAction(
            tuple(tuple(i * other.size + j for i in left for j in right) for left, right in pairs)
        )
