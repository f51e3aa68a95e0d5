"""Random diagrams of a given type over given boxes."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from markovsym.syntax import Arrow, Box, Diagram, Node, Ob, Ty

X, Y = Ty("X"), Ty("Y")
F = Box("f", X, Y)
SPLIT = Box("split", X, X @ Y)
DRAW = Box("draw", Ty(), X)
D = Box("d", X, Y, deterministic=True)
BACK = Box("back", Y, X, deterministic=True)
PAIR = Box("pair", Y @ X, Y @ X, deterministic=True)
CONSTANT = Box("c", Ty(), Y, deterministic=True)
BURN = Box("burn", X, Ty())
FREE = (F, SPLIT, DRAW, D, D, BACK, PAIR, CONSTANT, BURN)
"""Generators of a free Markov category, of every shape."""


def random_diagram(
    rng: Random, dom: Ty, cod: Ty | int, arrows: Sequence[Arrow], size: int
) -> Diagram:
    """Uses of ``size`` arrows on wires that exist, late ones more often; so are the outputs.

    Args:
        rng: Source of randomness.
        dom: The inputs.
        cod: The outputs, or how many there are.
        arrows: What is used; what stands there twice is used twice as often.
        size: The number of uses.
    """
    while True:
        wires = [(~place, ob) for place, ob in enumerate(dom)]
        nodes = _uses(rng, arrows, size, wires)
        wanted = cod if isinstance(cod, Ty) else Ty(*(_late(rng, wires)[1] for _ in range(cod)))
        if set(wanted) <= {ob for _, ob in wires}:
            return Diagram(dom, wanted, nodes, tuple(_carrying(rng, ob, wires) for ob in wanted))


def random_type(rng: Random, most: int, obs: Sequence[str] = ("X", "Y")) -> Ty:
    """At most so many wires."""
    return Ty(*(rng.choice(obs) for _ in range(rng.randint(0, most))))


def chain(rng: Random, count: int) -> list[Diagram]:
    """Random diagrams, each ending where the next starts."""
    types = [random_type(rng, 3) for _ in range(count + 1)]
    return [random_diagram(rng, *ends, FREE, rng.randint(3, 6)) for ends in pairwise(types)]


def loose(rng: Random, count: int) -> list[Diagram]:
    """Random diagrams of any types."""
    return [chain(rng, 1)[0] for _ in range(count)]


Wires = list[tuple[int, Ob]]


def _uses(rng: Random, arrows: Sequence[Arrow], size: int, wires: Wires) -> tuple[Node, ...]:
    nodes: list[Node] = []
    free = 0
    for _ in range(size):
        here = {ob for _, ob in wires}
        ready = [arrow for arrow in arrows if here.issuperset(arrow.dom)]
        if ready:
            used = rng.choice(ready).diagram
            inputs = tuple(_carrying(rng, ob, wires) for ob in used.dom)
            more, outputs = used.moved(inputs, free)
            nodes += more
            free += used.size
            wires += zip(outputs, used.cod, strict=True)
    return tuple(nodes)


def _carrying(rng: Random, ob: Ob, wires: Wires) -> int:
    return _late(rng, [one for one in wires if one[1] == ob])[0]


def _late(rng: Random, wires: Wires) -> tuple[int, Ob]:
    return wires[max(rng.randrange(len(wires)), rng.randrange(len(wires)))]
