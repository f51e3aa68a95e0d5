"""Random diagrams, narrow enough for the slow twin of ``evaluate``."""

from collections.abc import Sequence
from random import Random

from markovsym.syntax import Box, Diagram, Node, Ob, Ty

WIDTH = 5
"""The most wires side by side; a stochastic matrix on six of size three is a large one."""


def random_diagram(obs: Sequence[Ob], seed: int) -> Diagram:
    """A diagram that copies, discards, swaps, leaves boxes dead and uses boxes twice."""
    random = Random(seed)
    while True:
        drawn = _draw(obs, random)
        if _width(drawn) <= WIDTH:
            return drawn


def _draw(obs: Sequence[Ob], random: Random) -> Diagram:
    dom = Ty(*random.choices(obs, k=random.randint(0, 2)))
    wires = {~i: ob for i, ob in enumerate(dom)}
    nodes: list[Node] = []
    size = 0
    for number in range(random.choice([0, 2, 3, 4, 5, 6])):
        box, inputs = _next(nodes, wires, obs, random, number)
        nodes.append(Node(box, inputs, size))
        wires |= dict(enumerate(box.cod, size))
        size += len(box.cod)
    outputs = _some(nodes, wires, random, random.choice([1, 2, 3, 3]))
    return Diagram(dom, Ty(*(wires[wire] for wire in outputs)), tuple(nodes), outputs)


def _next(
    nodes: list[Node], wires: dict[int, Ob], obs: Sequence[Ob], random: Random, number: int
) -> tuple[Box, tuple[int, ...]]:
    """A new box, or one that is there already, on the same wires or on others of their kind."""
    if nodes and random.random() < 0.5:
        box, inputs, _ = random.choice(nodes)
        if random.random() < 0.7:
            return box, inputs
        kin = [[wire for wire in wires if wires[wire] == ob] for ob in box.dom]
        return box, tuple(random.choice(row) for row in kin)
    inputs = _some(nodes, wires, random, random.choice([0, 1, 1, 2, 2]))
    dom = Ty(*(wires[wire] for wire in inputs))
    cod = Ty(*random.choices(obs, k=random.choice([0, 1, 1, 1, 1, 1, 2, 2])))
    return Box(f"b{number}", dom, cod, deterministic=random.random() < 0.25), inputs


def _some(nodes: list[Node], wires: dict[int, Ob], random: Random, n: int) -> tuple[int, ...]:
    """Some of the wires, mostly those that nobody reads yet: else most boxes would be dead."""
    read = {wire for node in nodes for wire in node.inputs}
    weights = [1 if wire in read else 9 + wire for wire in wires]
    return tuple(random.choices(list(wires), weights, k=n)) if wires else ()


def _width(drawn: Diagram) -> int:
    """The most wires that are held at a time, counting copies."""
    last = {wire: at for at, node in enumerate(drawn.nodes) for wire in node.inputs}
    last |= dict.fromkeys(drawn.outputs, len(drawn.nodes))
    live, widest = list(range(-len(drawn.dom), 0)), max(len(drawn.dom), len(drawn.outputs))
    for at, (box, inputs, first) in enumerate(drawn.nodes):
        live = [wire for wire in live if last.get(wire, -1) > at]
        widest = max(widest, len(live) + max(len(inputs), len(box.cod)))
        live += range(first, first + len(box.cod))
    return max(widest, len(live))
