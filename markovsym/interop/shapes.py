"""The curves, boxes, dots and words of a string diagram, in inches."""

from typing import NamedTuple

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath


class Point(NamedTuple):
    """A place, y upwards."""

    x: float
    y: float


class Curve(NamedTuple):
    """A cubic Bézier curve."""

    start: Point
    first: Point
    second: Point
    end: Point

    @property
    def extent(self) -> tuple[Point, ...]:
        """Points that enclose it."""
        return tuple(self)


class Frame(NamedTuple):
    """A box."""

    low: Point
    high: Point
    deterministic: bool

    @property
    def extent(self) -> tuple[Point, ...]:
        """Points that enclose it."""
        return self.low, self.high


class Dot(NamedTuple):
    """Where a wire is copied or discarded."""

    centre: Point

    @property
    def extent(self) -> tuple[Point, ...]:
        """Its centre."""
        return (self.centre,)


class Word(NamedTuple):
    """A text on a base line, which starts at the point or has it in its middle."""

    point: Point
    text: str
    size: int
    centred: bool

    @property
    def extent(self) -> tuple[Point, ...]:
        """Points that enclose it; about a quarter hangs below the line."""
        x, y = self.point
        width, height = width_of(self.text, self.size), self.size / 72
        left = x - width / 2 if self.centred else x
        return Point(left, y - height / 4), Point(left + width, y + 3 * height / 4)


Shape = Curve | Frame | Dot | Word


def straight(start: Point, end: Point) -> Curve:
    """A line."""
    return Curve(start, start, end, end)


def crossing(start: Point, end: Point) -> Curve:
    """A line that leaves and comes in upright."""
    middle = (start.y + end.y) / 2
    return Curve(start, Point(start.x, middle), Point(end.x, middle), end)


def leg(dot: Point, end: Point) -> Curve:
    """A line that leaves a dot sideways and comes in upright."""
    return Curve(
        dot, Point((dot.x + 2 * end.x) / 3, dot.y), Point(end.x, (end.y + 2 * dot.y) / 3), end
    )


def width_of(text: str, size: int) -> float:
    """Inches of a text, of ``size`` in points."""
    font = FontProperties(size=size)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return width / 72
