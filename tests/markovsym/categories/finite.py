"""Small groups of permutations, acting on rows of their places, as stochastic matrices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod
from random import Random

from markovsym.categories import FinStoch, Stochastic
from markovsym.syntax import Box, GroupObject, Ob, Ty
from markovsym.syntax.procedures import Symmetry

Permutation = tuple[int, ...]

X, Y = Ty("X"), Ty("Y")
GROUP = GroupObject(Ob("G"))
G = Symmetry(GROUP, frozenset({*X, *Y}))


def after(g: Permutation, h: Permutation) -> Permutation:
    """First ``h``, then ``g``."""
    return tuple(g[i] for i in h)


def generated(*generators: Permutation) -> list[Permutation]:
    """All products, the unit first."""
    found = [tuple(range(len(generators[0])))]
    for g in found:
        found += [h for s in generators if (h := after(s, g)) not in found]
    return found


@dataclass(frozen=True)
class World:
    """A group, and how it permutes the points of X and of Y.

    Args:
        name: What the test is called.
        elements: Permutations of places, the unit first.
        x: One permutation of the points of X for each element.
        y: One permutation of the points of Y for each element.
        category: Exact or not.
    """

    name: str
    elements: Sequence[Permutation]
    x: Sequence[Permutation]
    y: Sequence[Permutation]
    category: FinStoch

    @property
    def objects(self) -> Mapping[Ob, tuple[int, ...]]:
        rows = (self.elements, self.x[0], self.y[0])
        return {ob: (len(row),) for ob, row in zip(Ty("G", "X", "Y"), rows, strict=True)}

    @cached_property
    def structure(self) -> dict[Box, Stochastic]:
        """Multiplication, unit, inverse and the actions."""
        numbers = {g: i for i, g in enumerate(self.elements)}
        mul = [[numbers[after(g, h)] for h in self.elements] for g in self.elements]
        functions = {
            GROUP.multiply: lambda g, h: mul[g][h],
            GROUP.unit: lambda: 0,
            GROUP.inverse: lambda g: mul[g].index(0),
            GROUP.act(X.obs[0]): lambda g, x: self.x[g][x],
            GROUP.act(Y.obs[0]): lambda g, y: self.y[g][y],
        }
        return {box: self.category.function(f, *self.ends(box)) for box, f in functions.items()}

    def ends(self, box: Box) -> tuple[tuple[int, ...], tuple[int, ...]]:
        dom, cod = (sum((self.objects[ob] for ob in row), ()) for row in (box.dom, box.cod))
        return dom, cod

    def random(self, box: Box, seed: int) -> Stochastic:
        """Any kernel for the box; all its probabilities are positive."""
        random = Random(seed)
        dom, cod = self.ends(box)
        weights = [[random.randint(1, 9) for _ in range(prod(cod))] for _ in range(prod(dom))]
        rows = [[Fraction(weight, sum(row)) for weight in row] for row in weights]
        return self.category.matrix(rows, dom, cod)


S3 = generated((1, 0, 2), (1, 2, 0))
D4 = generated((1, 2, 3, 0), (0, 3, 2, 1))


def twice(g: Permutation) -> Permutation:
    """Two copies of the places."""
    return g + tuple(i + len(g) for i in g)


WORLDS = [
    World("S3-on-two-triangles", S3, [twice(g) for g in S3], S3, FinStoch(exact=True)),
    World("D4-on-two-squares", D4, [twice(g) for g in D4], D4, FinStoch(exact=True)),
]
