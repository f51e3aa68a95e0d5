"""A diagram as shapes in the plane; DisCoPy says what lies where."""

from collections.abc import Iterator, Mapping

from markovsym.interop import api
from markovsym.interop.shapes import (
    Dot,
    Frame,
    Point,
    Shape,
    Word,
    crossing,
    leg,
    straight,
    width_of,
)
from markovsym.interop.writing import Writer
from markovsym.syntax import Diagram

_NAME, _WIRE = 10, 8  # points of the words in boxes and on wires
_UNIT_Y = 0.6  # inches of DisCoPy's unit: a box, and the room below it
_UNIT_X = 0.6  # the least inches of its unit across, which is the least distance of two strands
_BESIDE = 0.34  # units from an outermost wire to the side of its box, so that neighbours fit
_GAP = 0.05  # inches between a word and what is beside it
_DROP = 0.12  # from a box to the base line of a name below it, which swaps below do not reach

_Places = Mapping[api.Vertex, Point]


def shapes(d: Diagram) -> list[Shape]:
    """The shapes of a diagram, each drawn over those before it."""
    drawing = Writer().side_by_side(d).to_drawing()
    unit = max([_UNIT_X, *_needed(drawing)])
    at = {node: Point(unit * p.x, _UNIT_Y * p.y) for node, p in drawing.positions.items()}
    found: list[Shape] = []
    for start, end in drawing.graph.edges:
        if "box" not in (start.kind, end.kind):
            found.append(straight(at[start], at[end]))
            found += _names(drawing, start, end, at)
    for node in drawing.box_nodes:
        above = [at[port] for port in drawing.graph.predecessors(node)]
        below = [at[port] for port in drawing.graph.successors(node)]
        if node.box.draw_as_wires:
            found += map(crossing, above, reversed(below))
        elif node.box.draw_as_spider:
            found += [*(leg(at[node], port) for port in above + below), Dot(at[node])]
        else:
            found += _box(node.box, at[node], [port.x for port in above + below], _BESIDE * unit)
    return found


def _box(box: api.DrawnBox, centre: Point, ports: list[float], beside: float) -> Iterator[Shape]:
    left, right = min(ports or [centre.x]) - beside, max(ports or [centre.x]) + beside
    low, high = Point(left, centre.y - _UNIT_Y / 4), Point(right, centre.y + _UNIT_Y / 4)
    yield Frame(low, high, deterministic=box.tikzstyle_name == "deterministic")
    base = Point((left + right) / 2, centre.y - _NAME / 200)
    yield Word(base, box.name, _NAME, centred=True)


def _names(drawing: api.Drawing, start: api.Vertex, end: api.Vertex, at: _Places) -> Iterator[Word]:
    """The name of a wire, at the ends of the diagram and below the box that it comes from."""
    text = start.x.inside[0].name
    if start.kind == "dom":
        yield Word(Point(at[start].x, at[start].y + _GAP), text, _WIRE, centred=True)
    if end.kind == "cod":
        yield Word(Point(at[end].x, at[end].y - _DROP), text, _WIRE, centred=True)
    elif start.kind == "box_cod" and _has_frame(drawing.boxes[start.j]):
        beside = Point(at[start].x + _GAP, at[start].y - _DROP)
        yield Word(beside, text, _WIRE, centred=False)


def _has_frame(box: api.DrawnBox) -> bool:
    return not box.draw_as_wires and not box.draw_as_spider


def _needed(drawing: api.Drawing) -> Iterator[float]:
    """For every word, the inches of a unit across that give it room."""
    for start, _ in drawing.graph.edges:
        if start.kind != "box":
            yield width_of(start.x.inside[0].name, _WIRE) + 2 * _GAP
    for node in drawing.box_nodes:
        if _has_frame(node.box):
            ports = [*drawing.graph.predecessors(node), *drawing.graph.successors(node)]
            across = [drawing.positions[port].x for port in ports] or [0.0]
            units = max(across) - min(across) + 2 * _BESIDE
            yield (width_of(node.box.name, _NAME) + 4 * _GAP) / units
