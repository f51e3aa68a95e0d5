"""Who reads which wire of a port graph, and in what order to draw that.

A strand is one use of a wire.
"""

from collections.abc import Iterator
from typing import final

from markovsym.syntax.diagram import Diagram, inputs_of

Strand = tuple[int, int]
"""What reads the wire, and at which port; a node by its place, the outputs as if after the last."""


@final
class Strands:
    """The strands of a diagram.

    Args:
        d: The diagram; nodes that nothing depends on count, too.
    """

    def __init__(self, d: Diagram) -> None:
        self.nodes = d.nodes
        self.ends = [*(node.inputs for node in d.nodes), d.outputs]
        self.obs = dict(zip(inputs_of(d.dom), d.dom, strict=True))
        self.makers: dict[int, int] = {}
        for reader, node in enumerate(d.nodes):
            self.obs |= zip(self.written(reader), node.box.cod, strict=True)
            self.makers |= dict.fromkeys(self.written(reader), reader)
        self.rank = {strand: rank for rank, strand in enumerate(self._upwards())}
        self.legs: dict[int, list[Strand]] = {wire: [] for wire in self.obs}
        for strand in self.rank:  # so the legs of a copy are in the order of what reads them
            self.legs[self.wire(strand)].append(strand)

    def wire(self, strand: Strand) -> int:
        """What the strand is a use of."""
        reader, port = strand
        return self.ends[reader][port]

    def read(self, reader: int) -> tuple[Strand, ...]:
        """The strands that end at a node, or at the outputs."""
        return tuple((reader, port) for port in range(len(self.ends[reader])))

    def written(self, reader: int) -> range:
        """The wires that start at a node."""
        node = self.nodes[reader]
        return range(node.first, node.first + len(node.box.cod))

    def left(self, reader: int) -> list[Strand]:
        """The strands that leave a node."""
        return [strand for wire in self.written(reader) for strand in self.legs[wire]]

    def levels(self) -> Iterator[list[int]]:
        """Nodes from the top, each as low as its readers let it; those without readers, high."""
        height = [0] * len(self.ends)
        nodes = range(len(self.nodes))
        for i in reversed(nodes):
            height[i] = 1 + max((height[reader] for reader, _ in self.left(i)), default=0)
        top = max(height)
        for i in nodes:
            if not self.left(i):
                above = (height[self.makers[wire]] for wire in self.ends[i] if wire >= 0)
                height[i] = min(above, default=top + 1) - 1
        for level in range(top, 0, -1):
            yield [i for i in nodes if height[i] == level]

    def _upwards(self) -> Iterator[Strand]:
        """All strands, depth first from the last reader: for a tree, the order with no crossing."""
        met: set[int] = set()
        for root in reversed(range(len(self.ends))):
            stack = [] if root in met else [(root, 0)]
            while stack:
                reader, port = stack.pop()
                if port == len(self.ends[reader]):
                    continue
                yield reader, port
                stack.append((reader, port + 1))
                maker = self.makers.get(self.ends[reader][port])
                if maker is not None and maker not in met:
                    met.add(maker)
                    stack.append((maker, 0))
