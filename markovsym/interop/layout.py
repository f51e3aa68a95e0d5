"""A port graph laid out in the plane: stages of boxes, copies, discards and swaps, from the top.

A row is the strands that a horizontal line meets; a stage leads from one row to the next.

Source:
    Sugiyama, Tagawa and Toda (1981): levels first, then an order within each level.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, final

from markovsym.interop.strands import Strand, Strands
from markovsym.syntax import Box, Diagram, Ob, Ty
from markovsym.syntax.diagram import inputs_of


class Crossing(NamedTuple):
    """Two neighbours that change places."""

    left: Ob
    right: Ob

    @property
    def dom(self) -> Ty:
        """Above."""
        return Ty(self.left, self.right)

    @property
    def cod(self) -> Ty:
        """Below."""
        return Ty(self.right, self.left)


class Copies(NamedTuple):
    """One strand that becomes ``n``; none if it is discarded."""

    ob: Ob
    n: int

    @property
    def dom(self) -> Ty:
        """Above."""
        return Ty(self.ob)

    @property
    def cod(self) -> Ty:
        """Below."""
        return Ty(*(self.ob,) * self.n)


Cell = Box | Crossing | Copies
Stage = tuple[Cell | Ob, ...]
"""What happens side by side; an object is a strand that passes."""


def stages(d: Diagram) -> list[Stage]:
    """The stages of a diagram, from left to right each; something happens in every one.

    All boxes are there, also those that nothing depends on.
    """
    sweep = _Sweep(Strands(d))
    found = [sweep.split(inputs_of(d.dom))]
    for nodes in sweep.strands.levels():
        found += sweep.level(nodes)
    found += sweep.permuted(sweep.strands.read(len(d.nodes)))
    return [stage for stage in found if not all(isinstance(cell, Ob) for cell in stage)]


class _Group(NamedTuple):
    """Neighbours in a row: the inputs of a node that comes next, or else one strand that passes."""

    strands: tuple[Strand, ...]
    rank: int
    reader: int | None = None


@final
class _Sweep:
    """A horizontal line that moves down over a diagram."""

    def __init__(self, strands: Strands) -> None:
        self.strands = strands
        self.row: list[Strand] = []

    def ob(self, strand: Strand) -> Ob:
        """The object of a strand."""
        return self.strands.obs[self.strands.wire(strand)]

    def level(self, nodes: Iterable[int]) -> Iterator[Stage]:
        """Gather the inputs of these nodes, let them happen, and split what they write."""
        groups = [_Group((strand,), self.strands.rank[strand]) for strand in self.row]
        for node in nodes:
            groups = _gathered(groups, self.inputs(node))
        yield from self.permuted([strand for group in groups for strand in group.strands])
        stage, below = list[Cell | Ob](), list[int | Strand]()
        for strands, _, reader in groups:
            stage.append(self.ob(strands[0]) if reader is None else self.strands.nodes[reader].box)
            below += strands if reader is None else self.strands.written(reader)
        yield tuple(stage)
        yield self.split(below)

    def inputs(self, reader: int) -> _Group:
        """The inputs of a node, ranked as its outputs, which take their place, or else as they."""
        strands = self.strands.read(reader)
        after = self.strands.left(reader) or strands
        return _Group(strands, min((self.strands.rank[one] for one in after), default=0), reader)

    def split(self, wires: Iterable[int | Strand]) -> Stage:
        """Copy or discard what is a new wire, as often as it is used; strands pass."""
        self.row, stage = [], list[Cell | Ob]()
        for wire in wires:
            legs = self.strands.legs[wire] if isinstance(wire, int) else [wire]
            ob = self.strands.obs[wire] if isinstance(wire, int) else self.ob(wire)
            stage.append(ob if len(legs) == 1 else Copies(ob, len(legs)))
            self.row += legs
        return tuple(stage)

    def permuted(self, goal: Sequence[Strand]) -> Iterator[Stage]:
        """Swap neighbours until the row is ``goal``, as many at once as can be."""
        place = {strand: i for i, strand in enumerate(goal)}
        while self.row != list(goal):
            row, stage = list[Strand](), list[Cell | Ob]()
            while len(row) < len(self.row):
                here = self.row[len(row) : len(row) + 2]
                crosses = len(here) == 2 and place[here[0]] > place[here[1]]
                stage.append(Crossing(*map(self.ob, here)) if crosses else self.ob(here[0]))
                row += reversed(here) if crosses else here[:1]
            self.row = row
            yield tuple(stage)


def _gathered(groups: Sequence[_Group], new: _Group) -> list[_Group]:
    """The row with the inputs of a node side by side, where the fewest strands cross."""
    rest, places = list[_Group](), list[int]()
    for group in groups:
        if group.reader is None and group.strands[0] in new.strands:
            places.append(len(rest))
        else:
            rest.append(group)

    def cost(at: int) -> tuple[int, int, int]:
        wrong = [one.rank > new.rank for one in rest[:at]]
        wrong += [one.rank < new.rank for one in rest[at:]]
        return sum(abs(at - place) for place in places), sum(wrong), -at

    at = min(range(len(rest) + 1), key=cost)
    return [*rest[:at], new, *rest[at:]]
