"""Finite groups of permutations, subgroups, spaces and cosets, as exact stochastic matrices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from random import Random

import numpy as np

from markovsym.categories import FinStoch, Stochastic
from markovsym.syntax import Arrow, Box, CosetObject, GroupObject, Hom, Ob, Section, Semidirect, Ty
from markovsym.syntax.procedures import Symmetry, equivariance
from tests.markovsym.categories.finite import D4, S3, Permutation, after, generated

Point = tuple[int, ...]
Table = Sequence[Sequence[int]]

C = FinStoch(exact=True)
X, Y, Z, W = (Ty(name) for name in "XYZW")
SPACES = frozenset({*X, *Y, *Z, *W})
G, H, K, N = (GroupObject(Ob(name)) for name in "GHKN")
GROUPS = {group.carrier.name: group for group in (G, H, K, N)}
TWISTED = Semidirect(N, H)


def cosets_of(big: str, small: str) -> CosetObject:
    """G/H, and G/K and K/H, by the letters of the groups."""
    return CosetObject(Hom(GROUPS[small], GROUPS[big]), Ob(f"{big}/{small}"))


def acted_on_by(
    group: GroupObject, *cosets: CosetObject, twist: Semidirect | None = None
) -> Symmetry:
    """The group, acting on all spaces and on some cosets."""
    return Symmetry(group, SPACES | {one.carrier for one in cosets}, twist)


G_H, G_K, K_H, G_G = (cosets_of(*pair) for pair in ("GH", "GK", "KH", "GG"))
IN_G, IN_H, IN_K = acted_on_by(G, G_H, G_K, G_G), acted_on_by(H, G_H), acted_on_by(K, G_H, K_H)


@dataclass(frozen=True)
class World:
    """A group G of permutations of places, subgroups of it, and sets of tuples of places.

    Args:
        name: What the test is called.
        groups: By their letters; the unit comes first in each, and G holds all others. If there is
            an N, it is normal and G is N x| H.
        spaces: By their letters; G moves every entry of a tuple.
    """

    name: str
    groups: Mapping[str, Sequence[Permutation]]
    spaces: Mapping[str, Sequence[Point]]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def objects(self) -> dict[Ob, tuple[int, ...]]:
        """The size of everything that a wire can carry."""
        sizes = {Ob(name): len(rows) for name, rows in (self.groups | self.spaces).items()}
        sizes |= {one.carrier: len(self.cosets(one)) for one in self.known}
        return {ob: (size,) for ob, size in sizes.items()}

    @cached_property
    def known(self) -> list[CosetObject]:
        """The cosets of every subgroup in every group of the world."""
        pairs = product(self.groups, repeat=2)
        return [
            cosets_of(big, small)
            for big, small in pairs
            if set(self.groups[small]) <= set(self.groups[big])
        ]

    def cosets(self, one: CosetObject) -> list[tuple[Permutation, ...]]:
        """The elements of each coset, the least first."""
        big, small = (self.groups[name] for name in one.carrier.name.split("/"))
        return sorted({tuple(sorted(after(g, h) for h in small)) for g in big})

    def moves(self, letter: str) -> dict[Ob, Table]:
        """How each element of a group moves each point of everything: by element, by point."""
        if letter not in self._moves:
            self._moves[letter] = self._tables(letter)
        return self._moves[letter]

    @cached_property
    def _moves(self) -> dict[str, dict[Ob, Table]]:
        return {}

    def _tables(self, letter: str) -> dict[Ob, Table]:
        found: dict[Ob, Table] = {}
        for g in self.groups[letter]:
            for ob, points in self._points(letter):
                row = [points.index(_moved(g, point)) for point in points]
                found[ob] = [*found.get(ob, []), row]
        if letter == "H" and "N" in self.groups:
            found[N.carrier] = self.conjugation
        return found

    @cached_property
    def conjugation(self) -> Table:
        """How H moves N, by element and by point."""
        normal = self.groups["N"]
        rows = []
        for h in self.groups["H"]:
            back = tuple(h.index(i) for i in range(len(h)))
            rows.append([normal.index(after(after(h, n), back)) for n in normal])
        return rows

    def _points(self, letter: str) -> Iterator[tuple[Ob, list]]:
        yield from ((Ob(name), list(points)) for name, points in self.spaces.items())
        yield Ob(letter), [(g,) for g in self.groups[letter]]
        for one in self.known:
            if set(self.groups[letter]) <= set(self.groups[one.carrier.name[0]]):
                yield one.carrier, self.cosets(one)

    @cached_property
    def structure(self) -> dict[Box, Stochastic]:
        """Groups, actions, inclusions, projections and two sections, the second one unlike."""
        found: dict[Box, Stochastic] = {}
        for letter in self.groups:
            A, moves = GROUPS[letter], self.moves(letter)
            back = [row.index(0) for row in moves[A.carrier]]
            found[A.unit] = self.function(A.unit, lambda: 0)
            found[A.inverse] = self.function(A.inverse, lambda g, back=back: back[g])
            for ob, table in moves.items():
                box = TWISTED.rho if ob == N.carrier and A != N else A.act(ob)
                found[box] = self.function(box, lambda g, x, table=table: table[g][x])
        for one in self.known:
            big, small = (self.groups[name] for name in one.carrier.name.split("/"))
            rows = self.cosets(one)
            numbers = [[big.index(g) for g in row] for row in rows]
            where = [next(i for i, row in enumerate(rows) if g in row) for g in big]
            included = [big.index(h) for h in small]
            found[one.phi.box] = self.function(one.phi.box, included.__getitem__)
            found[one.project] = self.function(one.project, where.__getitem__)
            for name, place in (("s", 0), ("t", -1)):
                box = Section(one, name).box
                found[box] = self.function(box, [row[place] for row in numbers].__getitem__)
        return found

    def ends(self, dom: Ty, cod: Ty) -> tuple[tuple[int, ...], tuple[int, ...]]:
        left, right = (sum((self.objects[ob] for ob in row), ()) for row in (dom, cod))
        return left, right

    def function(self, box: Box, f) -> Stochastic:
        return C.function(f, *self.ends(box.dom, box.cod))

    def random(self, box: Box, seed: int = 0) -> Stochastic:
        """A kernel that likes a few values, and can take all."""
        draw = Random(f"{box} {seed}")
        dom, cod = self.ends(box.dom, box.cod)
        count, rows = prod(cod), []
        for _ in range(prod(dom)):
            row = [1] * count
            for weight in (5, 2, 1):
                row[draw.randrange(count)] += weight * count
            rows.append([Fraction(one, 9 * count) for one in row])
        return C.matrix(rows, dom, cod)

    def averaged(self, box: Box, *overs: str, seed: int = 0) -> Stochastic:
        """A random kernel, averaged over one group and then the next: equivariant under them."""
        k = self.random(box, seed)
        for letter in overs:
            k = self.mean(k, (*box.dom, *box.cod), letter)
        return k

    def mean(self, k: Stochastic, wires: Sequence[Ob], letter: str) -> Stochastic:
        """The mean of g^-1.k(g.x) over a group."""
        moves, count = self.moves(letter), len(self.groups[letter])
        still = {ob: [range(n)] * count for ob, (n,) in self.objects.items()}
        rows = [(still | moves)[ob] for ob in wires]
        total = sum(k.table[np.ix_(*(row[g] for row in rows))] for g in range(count))
        return Stochastic(k.dom, k.cod, total / Fraction(count))

    def evaluate(self, arrow: Arrow, boxes: Mapping[Box, Stochastic]) -> Stochastic:
        """The kernel that a diagram stands for."""
        return C.evaluate(arrow.diagram, self.objects, {**self.structure, **boxes})

    def respects(self, arrow: Arrow, symmetry: Symmetry, boxes: Mapping[Box, Stochastic]) -> bool:
        """Whether a diagram is equivariant."""
        left, right = equivariance(arrow, symmetry)
        return self.evaluate(left, boxes) == self.evaluate(right, boxes)

    def stabiliser(self, x: int, space: Ob = X.obs[0]) -> list[int]:
        """Which elements of G leave a point where it is."""
        return [g for g, row in enumerate(self.moves("G")[space]) if row[x] == x]


def _moved(g: Permutation, point: tuple) -> tuple:
    """A tuple of places, of one element, or of all elements of a coset."""
    if isinstance(point[0], int):
        return tuple(g[i] for i in point)
    return tuple(sorted(after(g, h) for h in point))


def apart(f: Stochastic, g: Stochastic) -> Fraction:
    """The largest difference of two probabilities."""
    return abs(f.table - g.table).max()


def tuples(n: int, length: int) -> list[Point]:
    """All rows of places."""
    return list(product(range(n), repeat=length))


def different(n: int) -> list[Point]:
    """All pairs of two places: S_3 moves them freely."""
    return [(i, j) for i, j in tuples(n, 2) if i != j]


TRIANGLE = World(
    "S3-on-two-corners-of-a-triangle",
    {"G": S3, "H": generated((1, 0, 2))},
    {"X": tuples(3, 2), "Y": tuples(3, 1), "Z": tuples(3, 1), "W": different(3)},
)
SQUARE = World(
    "D4-on-two-corners-of-a-square",
    {"G": D4, "K": generated((2, 3, 0, 1), (0, 3, 2, 1)), "H": generated((0, 3, 2, 1))},
    {
        "X": tuples(4, 2),
        "Y": tuples(4, 1),
        "Z": tuples(4, 1),
        "W": [(i, j) for i, j in tuples(4, 2) if (i - j) % 2],
    },
)
TETRAHEDRON = World(
    "S4-on-two-corners-of-a-tetrahedron",
    {"G": generated((1, 0, 2, 3), (1, 2, 3, 0)), "K": D4, "H": generated((2, 3, 0, 1))},
    {"X": tuples(4, 2), "Y": tuples(4, 1), "Z": tuples(4, 1)},
)
PRODUCT = World(
    "S2-x-S3",
    {
        "G": generated((1, 0, 2, 3, 4), (0, 1, 3, 2, 4), (0, 1, 3, 4, 2)),
        "N": generated((1, 0, 2, 3, 4)),
        "H": generated((0, 1, 3, 2, 4), (0, 1, 3, 4, 2)),
    },
    {
        "X": [(i, j, k) for i, j, k in tuples(5, 3) if i < 2 <= min(j, k)],
        "Y": [(i, j) for i, j in tuples(5, 2) if i < 2 <= j],
    },
)
TURNED = World(
    "C3-x|-C2",
    {"G": S3, "N": generated((1, 2, 0)), "H": generated((1, 0, 2))},
    {"X": tuples(3, 2), "Y": tuples(3, 1)},
)
