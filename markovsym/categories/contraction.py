"""Sums of products of tables over shared wires, two tables at a time.

The einsum of numpy knows 52 letters; here a wire is a number, and any number of them will do.
Tables of Python integers are contracted exactly.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import prod
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

Table = NDArray[Any]
Pair = tuple[int, int]


class Factor(NamedTuple):
    """A table with one axis for each wire; no wire comes twice."""

    wires: tuple[int, ...]
    table: Table

    @property
    def sizes(self) -> dict[int, int]:
        """How many values each wire takes."""
        return dict(zip(self.wires, self.table.shape, strict=True))


def factor(wires: Sequence[int], table: Table) -> Factor:
    """The factor of a table that may hold a wire twice; wires of size one drop out."""
    sizes = dict(zip(wires, table.shape, strict=True))
    once = tuple(wire for wire, size in sizes.items() if size > 1)
    if len(once) == len(wires):
        return Factor(once, table)
    axes = dict(zip(once, np.ix_(*(range(sizes[wire]) for wire in once)), strict=True))
    values = table[tuple(axes.get(wire, 0) for wire in wires)]
    return Factor(once, np.asarray(values, dtype=table.dtype))  # a number, if no wire is left


def contract(factors: Sequence[Factor], kept: Collection[int]) -> Factor:
    """The product of the factors, summed over every wire that is not kept.

    Of the pairs that share a wire, that one goes first whose product takes the least more room.

    Source:
        Gray and Kourtis (2021), the greedy order.
    """
    network = _Network(factors, frozenset(kept))
    queue = [(network.growth(pair), pair) for pair in network.pairs()]
    heapify(queue)
    while queue:
        _, pair = heappop(queue)
        if pair in network:
            for new in network.merge(pair):
                heappush(queue, (network.growth(new), new))
    apart = sorted(network.factors.values(), key=lambda one: one.table.size)
    return reduce(_product, apart) if apart else Factor((), np.array(1, dtype=object))


def spread(one: Factor, ends: Sequence[int], sizes: Mapping[int, int]) -> Table:
    """The table with an axis for each end of a size above one; zero where ends of a wire differ.

    Args:
        one: A factor with no other wires than the ends.
        ends: Wires; one may come several times, or be none of the factor's.
        sizes: How many values each wire takes.
    """
    once = [wire for wire in dict.fromkeys(ends) if sizes[wire] > 1]
    axes = dict(zip(once, np.ix_(*(range(sizes[wire]) for wire in once)), strict=True))
    wide = [wire for wire in ends if wire in axes]
    ordered = one.table.transpose([one.wires.index(wire) for wire in once if wire in one.wires])
    values = ordered.reshape([one.sizes.get(wire, 1) for wire in once])
    table = np.zeros([sizes[wire] for wire in wide], dtype=one.table.dtype)
    places = (..., *(axes[wire] for wire in wide))  # the dots: at () alone it would be stored whole
    table[places] = values
    return table


@final
class _Network:
    """Numbered factors and, for each wire, which of them hold it."""

    def __init__(self, factors: Sequence[Factor], kept: frozenset[int]) -> None:
        self.kept = kept
        self.made = 0
        self.factors: dict[int, Factor] = {}
        self.holders: dict[int, set[int]] = {}
        uses = [wire for one in factors for wire in one.wires]
        again = kept | _repeated(uses)
        for one in factors:
            self._add(_summed(one, [wire for wire in one.wires if wire not in again]))

    def __contains__(self, pair: Pair) -> bool:
        return pair[0] in self.factors and pair[1] in self.factors

    def pairs(self) -> set[Pair]:
        """The pairs that share a wire."""
        rows = self.holders.values()
        return {pair for holders in rows for pair in combinations(sorted(holders), 2)}

    def growth(self, pair: Pair) -> int:
        """How much more room the product takes than the pair."""
        a, b = (self.factors[name] for name in pair)
        closed = self._closed(pair)
        sizes = a.sizes | b.sizes
        size = prod(size for wire, size in sizes.items() if wire not in closed)
        return size - a.table.size - b.table.size

    def merge(self, pair: Pair) -> set[Pair]:
        """Put the product in place of the pair; the pairs that it makes with its neighbours."""
        closed = self._closed(pair)
        a, b = (self.factors.pop(name) for name in pair)
        for wire in (*a.wires, *b.wires):
            self.holders[wire].difference_update(pair)
        new = self._add(_product(a, b, closed))
        wires = self.factors[new].wires
        return {(old, new) for wire in wires for old in self.holders[wire] if old != new}

    def _add(self, one: Factor) -> int:
        name = self.made
        self.made += 1
        self.factors[name] = one
        for wire in one.wires:
            self.holders.setdefault(wire, set()).add(name)
        return name

    def _closed(self, pair: Pair) -> set[int]:
        """The wires that no other factor holds and nobody wants."""
        a, b = (self.factors[name] for name in pair)
        shared = set(a.wires) & set(b.wires) - self.kept
        return {wire for wire in shared if len(self.holders[wire]) == 2}


def _repeated(wires: Iterable[int]) -> set[int]:
    seen: set[int] = set()
    return {wire for wire in wires if wire in seen or seen.add(wire)}


def _summed(one: Factor, over: Collection[int]) -> Factor:
    axes = tuple(one.wires.index(wire) for wire in over)
    rest = tuple(wire for wire in one.wires if wire not in over)
    return Factor(rest, np.asarray(one.table.sum(axes), dtype=one.table.dtype))


def _product(a: Factor, b: Factor, closed: Collection[int] = ()) -> Factor:
    """The product, summed over the closed wires, as one batch of matrix products."""
    sizes = a.sizes | b.sizes
    both = [wire for wire in a.wires if wire in b.wires and wire not in closed]
    left = [wire for wire in a.wires if wire not in b.wires]
    right = [wire for wire in b.wires if wire not in a.wires]
    table = _matrices(a, (both, left, closed)) @ _matrices(b, (both, closed, right))
    wires = (*both, *left, *right)
    return Factor(wires, table.reshape([sizes[wire] for wire in wires]))


def _matrices(one: Factor, rows: tuple[Collection[int], ...]) -> Table:
    """The table with three axes, each of them a row of wires."""
    sizes = one.sizes
    ordered = one.table.transpose([one.wires.index(wire) for row in rows for wire in row])
    return ordered.reshape([prod(sizes[wire] for wire in row) for row in rows])
