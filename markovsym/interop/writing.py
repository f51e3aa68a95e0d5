"""Diagrams of this library, written as DisCoPy's."""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import matmul
from typing import final

from markovsym.interop import api
from markovsym.interop.layout import Cell, Copies, Crossing, Stage, stages
from markovsym.syntax import Box, Diagram, Ob


@final
class Writer:
    """Names for objects and boxes, different for different ones, and what they stand for."""

    def __init__(self) -> None:
        self.boxes: dict[api.Box, Box] = {}
        self.obs: dict[str, Ob] = {}
        self.names: dict[Ob, str] = {}

    def side_by_side(self, d: Diagram) -> api.Diagram:
        """The diagram, with as much in one layer as there is room for."""
        dom, cod = self.type(d.dom), self.type(d.cod)
        return api.Diagram(tuple(map(self.layer, stages(d))), dom, cod)

    def one_by_one(self, d: Diagram) -> api.Diagram:
        """The diagram with one box in a layer, which all of DisCoPy can work with."""
        wide = self.side_by_side(d)
        layers = [layer for whole in wide.inside for layer in _split(whole)]
        return api.Diagram(tuple(layers), wide.dom, wide.cod)

    def layer(self, stage: Stage) -> api.Layer:
        """Boxes, and between them the types that pass."""
        parts, passing = list[api.Ty | api.Box](), self.type(())
        for cell in stage:
            if isinstance(cell, Ob):
                passing @= self.type([cell])
            else:
                parts += [passing, self.box(cell)]
                passing = self.type(())
        return api.Layer(*parts, passing)

    def box(self, cell: Cell) -> api.Box:
        """The box; data counts when DisCoPy compares boxes, and its drawings keep a style."""
        match cell:
            case Crossing(left, right):
                return api.Swap(self.type([left]), self.type([right]))
            case Copies(ob, n):
                return api.Copy(self.type([ob]), n)
            case Box(name, dom, cod, deterministic):
                X, Y, data = self.type(dom), self.type(cod), "deterministic"
                style = data if deterministic else "stochastic"
                box = api.Box(
                    name, X, Y, data=data if deterministic else None, tikzstyle_name=style
                )
                self.boxes[box] = cell
                return box

    def type(self, X: Iterable[Ob]) -> api.Ty:
        """The row of their names."""
        return api.Ty(*map(self.name, X))

    def name(self, ob: Ob) -> str:
        """The name of an object, with primes if others have it already."""
        if ob not in self.names:
            name = ob.name
            while name in self.obs:
                name += "'"
            self.names[ob], self.obs[name] = name, ob
        return self.names[ob]


def _split(layer: api.Layer) -> Iterator[api.Layer]:
    parts = layer.boxes_or_types
    for at, box in enumerate(parts):
        if isinstance(box, api.Box):
            left = [part.cod if isinstance(part, api.Box) else part for part in parts[:at]]
            right = [part.dom if isinstance(part, api.Box) else part for part in parts[at + 1 :]]
            yield api.Layer(reduce(matmul, left), box, reduce(matmul, right))
