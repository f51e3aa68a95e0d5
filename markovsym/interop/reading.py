"""Diagrams of DisCoPy, read as this library's."""

from collections.abc import Mapping, Sequence
from typing import final

from markovsym.errors import CompositionError
from markovsym.interop import api
from markovsym.syntax import Box, Node, Ob, Ty

_NO_MERGE = "where its inputs differ it leaves no probability, and with no inputs it is none"
_REFUSED = (
    (api.Merge, "merge", _NO_MERGE),
    (api.Trace, "trace", "a kernel that is fed its own output need not have a law"),
    (api.Sum, "sum", "the sum of two kernels has mass 2"),
    (api.Bubble, "bubble", "its arrows are made by >> and @ alone"),
)


def require_markov(diagram: api.AnyDiagram) -> None:
    """Refuse a box, or a diagram as a whole, that no Markov category has.

    Raises:
        CompositionError: If it is one; it says why there is none.
    """
    for kind, name, reason in _REFUSED:
        if isinstance(diagram, kind):
            raise CompositionError(_none(name, reason, diagram))
    if isinstance(diagram, api.Box) and diagram.is_dagger:
        raise CompositionError(_none("dagger", "to reverse a kernel takes a prior", diagram))
    if not isinstance(diagram, api.Diagram):
        got = f"{type(diagram).__module__}.{type(diagram).__qualname__}"
        raise CompositionError(f"wanted a diagram made with discopy.markov, got a {got}")


def _none(name: str, reason: str, diagram: api.AnyDiagram) -> str:
    return f"a Markov category has no {name}, since {reason}; got {diagram.dom} -> {diagram.cod}"


@final
class Reader:
    """The nodes that were read so far, and what the names stand for."""

    def __init__(self, boxes: Mapping[api.Box, Box], obs: Mapping[str, Ob]) -> None:
        self.boxes = boxes
        self.obs = obs
        self.nodes: list[Node] = []
        self.size = 0

    def layer(self, layer: api.Layer, row: Sequence[int]) -> list[int]:
        """The wires below a layer, from those above."""
        below, at = list[int](), 0
        for part in layer.boxes_or_types:
            wires = row[at : at + len(part if isinstance(part, api.Ty) else part.dom)]
            below += wires if isinstance(part, api.Ty) else self.after(part, wires)
            at += len(wires)
        return below

    def after(self, box: api.Box, wires: Sequence[int]) -> list[int]:
        """The wires that leave a box which reads these."""
        require_markov(box)
        match box:
            case api.Swap():
                return list(reversed(wires))
            case api.Copy():
                return list(wires) * len(box.cod)
            case _:
                first = self.size
                self.nodes.append(Node(self.box(box), tuple(wires), first))
                self.size += len(box.cod)
                return list(range(first, self.size))

    def box(self, box: api.Box) -> Box:
        """What the box stands for; by itself, a stochastic box of its name.

        Raises:
            CompositionError: If it has data or a class that is not explained, or another type.
        """
        plain = Box(box.name, self.type(box.dom), self.type(box.cod))
        if box not in self.boxes and (type(box) is not api.Box or box.data is not None):
            raise CompositionError(
                f"({plain}) is more than its name: say in boxes what it stands for"
            )
        found = self.boxes.get(box, plain)
        if (found.dom, found.cod) != (plain.dom, plain.cod):
            mend = "say in obs what its objects stand for"
            raise CompositionError(f"({plain}) is to stand for ({found}) of another type: {mend}")
        return found

    def type(self, X: api.Ty) -> Ty:
        """What the names of its objects stand for; by themselves, objects of these names."""
        return Ty(*(self.obs.get(ob.name, Ob(ob.name)) for ob in X.inside))
