"""Finite groups as tables, with random homomorphisms and actions: the models of the soundness test.

Nothing here knows the rewriter. Element 0 of every group is the unit.
"""

from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import final

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Finite:
    """A finite group: ``table[a, b]`` is ab."""

    name: str
    table: Table

    @property
    def size(self) -> int:
        """The number of elements."""
        return len(self.table)

    @property
    def inverse(self) -> Table:
        """The inverse of each element."""
        return np.argmin(self.table, axis=1)

    def __str__(self) -> str:
        return self.name


def cyclic(n: int) -> Finite:
    """Addition modulo n."""
    a = np.arange(n)
    return Finite(f"C{n}", (a[:, None] + a) % n)


def of_permutations(name: str, elements: list[tuple[int, ...]]) -> Finite:
    """A group of permutations; the identity comes first."""
    number = {p: i for i, p in enumerate(elements)}
    rows = [[number[tuple(a[i] for i in b)] for b in elements] for a in elements]
    return Finite(name, np.array(rows))


def symmetric() -> Finite:
    """S_3."""
    return of_permutations("S3", sorted(permutations(range(3))))


def dihedral() -> Finite:
    """D_4, the symmetries of a square."""
    turns = [tuple((r + s * i) % 4 for i in range(4)) for s in (1, -1) for r in range(4)]
    return of_permutations("D4", turns)


def semidirect(N: Finite, H: Finite, rho: Table) -> Finite:
    """N x| H on pairs, n first; ``rho[h, n]``."""
    n, h = np.divmod(np.arange(N.size * H.size), H.size)
    left = N.table[n[:, None], rho[h[:, None], n]]
    return Finite(f"{N}x|{H}", left * H.size + H.table[h[:, None], h])


def direct(name: str, A: Finite, B: Finite) -> Finite:
    """The direct product."""
    return Finite(name, semidirect(A, B, np.tile(np.arange(A.size), (B.size, 1))).table)


C2, C3, C4, S3, D4 = cyclic(2), cyclic(3), cyclic(4), symmetric(), dihedral()
C6, V4 = direct("C6", C2, C3), direct("V4", C2, C2)


def generated(G: Finite, some: Table) -> Table:
    """The subgroup of ``G`` that some elements generate, as sorted numbers."""
    found = np.union1d([0], some)
    while True:
        more = np.union1d(found, G.table[np.ix_(found, found)])
        if len(more) == len(found):
            return found
        found = more


@cache
def homomorphisms(H: Finite, G: Finite) -> list[Table]:
    """All homomorphisms, by the images of generators."""
    generators: list[int] = []
    for h in range(H.size):
        if h not in generated(H, np.array(generators, dtype=np.int64)):
            generators.append(h)
    images = product(range(G.size), repeat=len(generators))
    found = (_extended(H, G, generators, image) for image in images)
    return [phi for phi in found if phi is not None]


def _extended(H: Finite, G: Finite, generators: list[int], images: tuple[int, ...]) -> Table | None:
    phi = np.full(H.size, -1)
    phi[0] = 0
    queue = [0]
    for h in queue:
        for generator, image in zip(generators, images, strict=True):
            if phi[H.table[h, generator]] < 0:
                phi[H.table[h, generator]] = G.table[phi[h], image]
                queue.append(int(H.table[h, generator]))
    lawful = (phi[H.table] == G.table[phi[:, None], phi]).all()
    return phi if lawful else None


@cache
def automorphic_actions(H: Finite, N: Finite) -> list[Table]:
    """All actions ``rho[h, n]`` of H on N by automorphisms."""
    autos = sorted(tuple(map(int, a)) for a in homomorphisms(N, N) if len(set(a)) == len(a))
    Aut = of_permutations(f"Aut {N}", autos)
    return [np.array(autos)[phi] for phi in homomorphisms(H, Aut)]


def random_action(G: Finite, points: int, rng: np.random.Generator) -> Table:
    """A random action ``act[g, x]``: orbits G/S for random S, fixed points last."""
    orbits: list[Table] = []
    left = points
    while left:
        sizes = (0, 1, 1, *[2] * 6, *[3] * 3)
        stabilisers = [generated(G, rng.integers(G.size, size=size)) for size in sizes]
        few = [S for S in stabilisers if 1 < G.size // len(S) <= left]
        orbit = coset_action(G, few[rng.integers(len(few))] if few else np.arange(G.size))
        orbits.append(orbit + points - left)
        left -= orbit.shape[1]
    name = rng.permutation(points)
    act = np.empty((G.size, points), dtype=np.int64)
    act[:, name] = name[np.concatenate(orbits, axis=1)]
    return act


def cosets(G: Finite, S: Table) -> Table:
    """The number of the coset gS of each g; cosets are numbered as they come."""
    least = G.table[:, S].min(axis=1)
    return np.unique(least, return_inverse=True)[1]


def coset_action(G: Finite, S: Table) -> Table:
    """The action of ``G`` on ``G/S``."""
    q = cosets(G, S)
    _, representatives = np.unique(q, return_index=True)
    return q[G.table[:, representatives]]
