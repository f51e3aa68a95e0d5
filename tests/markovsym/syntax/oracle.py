"""Equality in the free Markov category by brute force, and graphs that are, or may be, equal."""

from itertools import permutations
from random import Random
from typing import NamedTuple

from markovsym.syntax import Box, Diagram, Node

Port = tuple[int, int]
"""A node and one of its outputs; an input of the diagram is an output of node -1."""


class Graph(NamedTuple):
    """Boxes with the ports they read, and the ports that go out."""

    boxes: list[tuple[Box, tuple[Port, ...]]]
    outputs: tuple[Port, ...]


def equal(f: Diagram, g: Diagram) -> bool:
    """Whether some bijection of the live nodes, equal uses merged, is an isomorphism."""
    if (f.dom, f.cod) != (g.dom, g.cod):
        return False
    left, right = (_live(_merged(_graph(d))) for d in (f, g))
    if len(left.boxes) != len(right.boxes):
        return False
    return any(_renamed(left, order) == right for order in permutations(range(len(left.boxes))))


def _graph(d: Diagram) -> Graph:
    ports: dict[int, Port] = {~place: (-1, place) for place in range(len(d.dom))}
    for number, node in enumerate(d.nodes):
        ports |= {node.first + port: (number, port) for port in range(len(node.box.cod))}
    boxes = [(node.box, tuple(ports[w] for w in node.inputs)) for node in d.nodes]
    return Graph(boxes, tuple(ports[w] for w in d.outputs))


def _merged(graph: Graph) -> Graph:
    """Every reader of a deterministic box reads its first equal use; the others die."""
    for later, (box, inputs) in enumerate(graph.boxes):
        for first in range(later):
            if box.deterministic and graph.boxes[first] == (box, inputs):
                names = [first if i == later else i for i in range(len(graph.boxes))]
                if _reads(graph, later):
                    return _merged(_renamed_ports(graph, names))
    return graph


def _reads(graph: Graph, number: int) -> bool:
    reads = [*graph.outputs, *(port for _, inputs in graph.boxes for port in inputs)]
    return any(node == number for node, _ in reads)


def _live(graph: Graph) -> Graph:
    """Without the nodes that nobody reads."""
    for number in range(len(graph.boxes)):
        if not _reads(graph, number):
            names = [i - (i > number) for i in range(len(graph.boxes))]
            rest = Graph(graph.boxes[:number] + graph.boxes[number + 1 :], graph.outputs)
            return _live(_renamed_ports(rest, names))
    return graph


def _renamed(graph: Graph, order: tuple[int, ...]) -> Graph:
    """Node i becomes node ``order[i]``."""
    moved = _renamed_ports(graph, list(order))
    boxes = [moved.boxes[order.index(i)] for i in range(len(order))]
    return Graph(boxes, moved.outputs)


def _renamed_ports(graph: Graph, names: list[int]) -> Graph:
    def renamed(ports: tuple[Port, ...]) -> tuple[Port, ...]:
        return tuple((names[node] if node >= 0 else node, port) for node, port in ports)

    boxes = [(box, renamed(inputs)) for box, inputs in graph.boxes]
    return Graph(boxes, renamed(graph.outputs))


def shuffled(d: Diagram, rng: Random) -> Diagram:
    """An equal diagram: another order, deterministic boxes used twice, dead boxes added."""
    uses = list(enumerate(d.nodes))
    extra = [(len(uses) + i, node) for i, (_, node) in enumerate(uses) if rng.random() < 0.4]
    twice = {node.first: number for number, node in extra if node.box.deterministic}
    waiting, done = uses + extra, set[int]()
    names: dict[tuple[int, int], int] = {}
    nodes: list[Node] = []
    makers = {n.first + p: (i, p) for i, n in uses for p in range(len(n.box.cod))}
    free = 0

    def name(wire: int) -> int:
        if wire < 0:
            return wire
        maker, port = makers[wire]
        other = twice.get(d.nodes[maker].first, maker)
        use = rng.choice([maker, other]) if other in done else maker
        return names[use, port]

    while waiting:
        ready = [one for one in waiting if _behind(one[1], makers) <= done]
        number, node = rng.choice(ready)
        waiting.remove((number, node))
        done.add(number)
        nodes.append(Node(node.box, tuple(map(name, node.inputs)), free))
        for port in range(len(node.box.cod)):
            names[number, port] = free + port
        free += len(node.box.cod)
    return Diagram(d.dom, d.cod, tuple(nodes), tuple(map(name, d.outputs)))


def _behind(node: Node, makers: dict[int, Port]) -> set[int]:
    return {makers[wire][0] for wire in node.inputs if wire >= 0}


def altered(d: Diagram, rng: Random) -> Diagram:
    """The diagram with one wire read in place of another of its type; it may be equal still."""
    carried = {~place: ob for place, ob in enumerate(d.dom)}
    readers: list[tuple[int, int, list[int]]] = []
    for number, node in enumerate([*d.nodes, None]):
        read = d.outputs if node is None else node.inputs
        for place, wire in enumerate(read):
            others = [w for w, ob in carried.items() if ob == carried[wire] and w != wire]
            readers += [(number, place, others)] if others else []
        if node is not None:
            carried |= {node.first + port: ob for port, ob in enumerate(node.box.cod)}
    if not readers:
        return d
    number, place, others = rng.choice(readers)
    if number == len(d.nodes):
        outputs = (*d.outputs[:place], rng.choice(others), *d.outputs[place + 1 :])
        return Diagram(d.dom, d.cod, d.nodes, outputs)
    box, inputs, first = d.nodes[number]
    changed = Node(box, (*inputs[:place], rng.choice(others), *inputs[place + 1 :]), first)
    return Diagram(d.dom, d.cod, (*d.nodes[:number], changed, *d.nodes[number + 1 :]), d.outputs)
