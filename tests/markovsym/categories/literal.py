"""The slow twin of ``evaluate``: a diagram read layer by layer, with nothing but the operations."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TypeVar

from markovsym.categories import MarkovCategory
from markovsym.categories.category import object_of
from markovsym.syntax import Box, Diagram, Ob

Obj = TypeVar("Obj")
Mor = TypeVar("Mor")


def literal(
    category: MarkovCategory[Obj, Mor],
    diagram: Diagram,
    objects: Mapping[Ob, Obj],
    boxes: Mapping[Box, Mor],
) -> Mor:
    """Each box beside the wires that are still needed; dead boxes run, too."""
    carried = {~i: objects[ob] for i, ob in enumerate(diagram.dom)}
    last = {wire: at for at, node in enumerate(diagram.nodes) for wire in node.inputs}
    last |= dict.fromkeys(diagram.outputs, len(diagram.nodes))
    live = list(carried)
    f = category.identity(object_of(category, diagram.dom, objects))
    for at, node in enumerate(diagram.nodes):
        needed = [wire for wire in live if last.get(wire, -1) > at]
        wires = rewired(category, [carried[wire] for wire in live], places(live, needed, node[1]))
        beside = category.identity(_all(category, [carried[wire] for wire in needed]))
        layer = category.compose(wires, category.tensor(beside, boxes[node.box]))
        f = category.compose(f, layer)
        made = dict(enumerate((objects[ob] for ob in node.box.cod), node.first))
        carried |= made
        live = needed + list(made)
    end = places(live, diagram.outputs)
    return category.compose(f, rewired(category, [carried[wire] for wire in live], end))


def places(live: Sequence[int], *wanted: Sequence[int]) -> list[int]:
    """Where the wanted wires stand among the live ones."""
    return [live.index(wire) for row in wanted for wire in row]


def rewired(category: MarkovCategory[Obj, Mor], row: Sequence[Obj], order: Sequence[int]) -> Mor:
    """The wires ``order`` of a row: first each is copied or discarded, then neighbours swap."""
    copies = [_copies(category, X, order.count(at)) for at, X in enumerate(row)]
    f = reduce(category.tensor, copies, category.identity(category.unit))
    now = sorted(order)
    for place, wanted in enumerate(order):
        for at in range(now.index(wanted, place), place, -1):
            f = category.compose(f, _exchange(category, [row[i] for i in now], at))
            now[at - 1], now[at] = now[at], now[at - 1]
    return f


def _copies(category: MarkovCategory[Obj, Mor], X: Obj, n: int) -> Mor:
    if n == 0:
        return category.discard(X)
    f = category.identity(X)
    for _ in range(n - 1):
        f = category.compose(category.copy(X), category.tensor(category.identity(X), f))
    return f


def _exchange(category: MarkovCategory[Obj, Mor], row: Sequence[Obj], at: int) -> Mor:
    """The row with wire ``at`` and the one before it exchanged."""
    before, after = (
        category.identity(_all(category, part)) for part in (row[: at - 1], row[at + 1 :])
    )
    return category.tensor(category.tensor(before, category.swap(row[at - 1], row[at])), after)


def _all(category: MarkovCategory[Obj, Mor], row: Sequence[Obj]) -> Obj:
    return reduce(category.product, row, category.unit)
