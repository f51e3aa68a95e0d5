"""The canonical form of a port graph in the free Markov category, in near-linear time."""

from collections.abc import Iterator, Mapping, Sequence, Sized
from typing import Protocol, TypeVar, runtime_checkable


@runtime_checkable
class Generator(Protocol):
    """What the canonical form needs to know of a box; boxes are hashable, too."""

    @property
    def cod(self) -> Sized:
        """Its outputs."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether two uses of it on the same wires are one."""
        ...


B = TypeVar("B", bound=Generator)
Wires = tuple[int, ...]


def canonical(
    nodes: Sequence[tuple[B, Wires, int]], outputs: Wires
) -> tuple[list[tuple[B, Wires, int]], Wires]:
    """The nodes that some output depends on, each use of a deterministic box once, in one order.

    Args:
        nodes: Boxes with the wires they read and the first wire they write, in any topological
            order. Input wires are negative.
        outputs: The wires that go out.

    Returns:
        Nodes and outputs that are the same for all graphs equal in the free Markov category: the
        order is that in which a depth-first search from the outputs leaves the nodes.

    Source:
        Fritz and Liang (2023): dropping what nothing depends on makes discard natural.
    """
    shared, wires = _shared(nodes)
    outputs = _renamed(outputs, wires)
    names: dict[int, int] = {}
    kept: list[tuple[B, Wires, int]] = []
    for box, inputs, first in _departures(outputs, shared):
        kept.append((box, _renamed(inputs, names), len(names)))
        for wire in range(first, first + len(box.cod)):
            names[wire] = len(names)
    return kept, _renamed(outputs, names)


def _renamed(wires: Wires, names: Mapping[int, int]) -> Wires:
    return tuple(wire if wire < 0 else names[wire] for wire in wires)


def _shared(
    nodes: Sequence[tuple[B, Wires, int]],
) -> tuple[dict[int, tuple[B, Wires, int]], dict[int, int]]:
    """The node behind each wire, each use once; and for every wire the one that stands for it."""
    makers: dict[int, tuple[B, Wires, int]] = {}
    names: dict[int, int] = {}
    seen: dict[tuple[B, Wires], int] = {}
    for box, inputs, first in nodes:
        read = _renamed(inputs, names)
        as_first = seen.setdefault((box, read), first) if box.deterministic else first
        for port in range(len(box.cod)):
            names[first + port] = as_first + port
            makers.setdefault(as_first + port, (box, read, first))
    return makers, names


def _departures(
    outputs: Wires, makers: Mapping[int, tuple[B, Wires, int]]
) -> Iterator[tuple[B, Wires, int]]:
    """The nodes behind the outputs, each after those it reads from; a stack, for deep diagrams."""
    met: set[int] = set()
    stack: list[tuple[Iterator[int], tuple[B, Wires, int] | None]] = [(iter(outputs), None)]
    while stack:
        wires, node = stack[-1]
        for wire in wires:
            if wire >= 0 and makers[wire][2] not in met:
                behind = makers[wire]
                met.add(behind[2])
                stack.append((iter(behind[1]), behind))
                break
        else:
            stack.pop()
            if node is not None:
                yield node
