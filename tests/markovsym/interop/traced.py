"""What a drawing says: its lines are followed upwards, as with a finger."""

from typing import final

from markovsym.interop.shapes import Curve, Dot, Frame, Point, Shape, Word


@final
class Traced:
    """A drawing that is read; nothing else is known of the diagram.

    Args:
        found: Its shapes.
    """

    def __init__(self, found: list[Shape]) -> None:
        self.above: dict[Point, Point] = {}
        for curve in (shape for shape in found if isinstance(shape, Curve)):
            ends = {near(curve.start), near(curve.end)}
            if len(ends) == 2:
                low, high = sorted(ends, key=lambda point: point.y)
                assert low not in self.above, "two lines merge"
                self.above[low] = high
        self.frames = [shape for shape in found if isinstance(shape, Frame)]
        self.words = [shape for shape in found if isinstance(shape, Word)]
        dots = {near(shape.centre) for shape in found if isinstance(shape, Dot)}
        ends = set(self.above) - set(self.above.values()) - dots
        self.outputs = sorted(end for end in ends if not self._on(end, "high"))
        starts = set(self.above.values()) - set(self.above)
        self.inputs = sorted(start for start in starts if not self._on(start, "low"))

    def terms(self) -> list[str]:
        """For every output, from left to right, what it is of which inputs."""
        return [self.term(output) for output in self.outputs]

    def term(self, point: Point) -> str:
        """What comes down to a point."""
        while point in self.above:
            point = self.above[point]
        for frame in self._on(point, "low"):
            port = self._ports(set(self.above.values()), frame, "low").index(point)
            read = tuple(self.term(one) for one in self._ports(set(self.above), frame, "high"))
            return f"{self.name(frame)}, {frame.deterministic}, {port}{read}"
        return f"x{self.inputs.index(point)}"

    def name(self, frame: Frame) -> str:
        """The word in a box."""
        (word,) = (word for word in self.words if _within(word.point, frame))
        return word.text

    def _on(self, point: Point, side: str) -> list[Frame]:
        return [frame for frame in self.frames if point in self._ports({point}, frame, side)]

    def _ports(self, points: set[Point], frame: Frame, side: str) -> list[Point]:
        y = near(frame.low if side == "low" else frame.high).y
        return sorted(p for p in points if p.y == y and frame.low.x < p.x < frame.high.x)


def near(point: Point) -> Point:
    """The point without the last digits."""
    return Point(round(point.x, 6), round(point.y, 6))


def _within(point: Point, frame: Frame) -> bool:
    return frame.low.x < point.x < frame.high.x and frame.low.y < point.y < frame.high.y
