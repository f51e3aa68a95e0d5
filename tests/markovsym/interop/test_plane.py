from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given

from markovsym.interop.plane import shapes
from markovsym.interop.shapes import Curve, Dot, Frame, Point, Shape, Word
from markovsym.syntax import Box, Diagram, Ob, Ty
from tests.markovsym.interop.terms import terms
from tests.markovsym.interop.traced import Traced
from tests.markovsym.syntax.strategies import diagrams

X, Y, CLOUD = Ty("X"), Ty("Y"), Ty("Cloud(20, 3)")
F, D = Box("f", X, Y), Box("d", X, Y, deterministic=True)
LONG = Box("an equivariant network", CLOUD @ X, CLOUD @ Y)
PLAIN = (Ob("X"), Ob("Y"))
EDGES = [
    pytest.param(LONG @ LONG, id="long names"),
    pytest.param(Box("an equivariant network", X, X) @ F, id="a long name on one wire"),
    pytest.param(Diagram.id(CLOUD @ CLOUD @ CLOUD).permute(2, 1, 0), id="long wires that cross"),
    pytest.param(Box("s", Ty(), Ty()) @ Box("t", Ty(), Ty()), id="no wires"),
]


def meet(one: tuple[Point, ...], other: tuple[Point, ...]) -> bool:
    """Whether the rectangles around these points share more than a border."""
    (left, low), (right, high) = corners(one)
    (other_left, other_low), (other_right, other_high) = corners(other)
    least = 1e-6
    across = min(right, other_right) - max(left, other_left)
    up = min(high, other_high) - max(low, other_low)
    return across > least and up > least


def corners(points: tuple[Point, ...]) -> tuple[Point, Point]:
    across, up = [point.x for point in points], [point.y for point in points]
    return Point(min(across), min(up)), Point(max(across), max(up))


def ink(curve: Curve, pieces: int = 12) -> list[tuple[Point, ...]]:
    """Rectangles that cover the curve, as wide as a pen."""
    points = [_along(curve, piece / pieces) for piece in range(pieces + 1)]
    pen = 0.01
    return [
        (Point(min(a.x, b.x) - pen, min(a.y, b.y)), Point(max(a.x, b.x) + pen, max(a.y, b.y)))
        for a, b in pairwise(points)
    ]


def _along(curve: Curve, t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    across = sum(weight * point.x for weight, point in zip(weights, curve, strict=True))
    return Point(
        across, sum(weight * point.y for weight, point in zip(weights, curve, strict=True))
    )


def require_readable(found: list[Shape]) -> None:
    frames = [shape for shape in found if isinstance(shape, Frame)]
    words = [shape for shape in found if isinstance(shape, Word)]
    strokes = [stroke for shape in found if isinstance(shape, Curve) for stroke in ink(shape)]
    strokes += [_spot(shape) for shape in found if isinstance(shape, Dot)]
    boxes = [frame.extent for frame in frames]
    texts = [word.extent for word in words]
    assert not any(meet(one, other) for one, other in combinations(boxes, 2))
    assert not any(meet(one, other) for one, other in combinations(texts, 2))
    assert not any(meet(stroke, one) for one in boxes + texts for stroke in strokes)
    crowded = [text for text in texts if any(meet(text, box) for box in boxes)]
    assert all(any(_inside(text, box) for box in boxes) for text in crowded)


def named(found: list[Shape], point: Point, heights: tuple[float, float]) -> list[str]:
    """The words centred over a point, within some inches of its height."""
    words = [shape for shape in found if isinstance(shape, Word) and shape.centred]
    low, high = (point.y + height for height in heights)
    here = [word for word in words if abs(word.point.x - point.x) < 1e-5]
    return [word.text for word in here if low < word.point.y < high]


def _spot(dot: Dot) -> tuple[Point, Point]:
    (x, y), radius = dot.centre, 0.045
    return Point(x - radius, y - radius), Point(x + radius, y + radius)


def _inside(text: tuple[Point, ...], box: tuple[Point, ...]) -> bool:
    return corners(text + box) == corners(box)


# Laws


@given(d=diagrams(most=5))
def test_no_word_lies_on_a_wire_on_another_word_or_across_a_side_of_a_box(d: Diagram) -> None:
    require_readable(shapes(d))


@pytest.mark.parametrize("d", EDGES)
def test_long_names_have_room(d: Diagram) -> None:
    require_readable(shapes(d))


@given(d=diagrams(most=5))
def test_every_box_is_framed_and_named(d: Diagram) -> None:
    found = shapes(d)
    frames = Counter(shape.deterministic for shape in found if isinstance(shape, Frame))
    assert frames == Counter(node.box.deterministic for node in d.nodes)
    names = Counter(shape.text for shape in found if isinstance(shape, Word) and shape.size == 10)
    assert names == Counter(node.box.name for node in d.nodes)


@given(d=diagrams(most=5))
def test_the_lines_lead_where_the_wires_do(d: Diagram) -> None:
    assert Traced(shapes(d)).terms() == terms(d)


@given(d=diagrams(obs=PLAIN, most=5))
def test_inputs_are_named_above_and_outputs_below(d: Diagram) -> None:
    found = shapes(d)
    traced = Traced(found)
    assert [named(found, point, (0, 0.1)) for point in traced.inputs] == [[ob.name] for ob in d.dom]
    assert [named(found, point, (-0.2, -0.1)) for point in traced.outputs] == [
        [ob.name] for ob in d.cod
    ]


@given(d=diagrams(most=5))
def test_lines_are_upright_at_both_ends_unless_they_leave_a_dot(d: Diagram) -> None:
    found = shapes(d)
    dots = {shape.centre for shape in found if isinstance(shape, Dot)}
    for curve in (shape for shape in found if isinstance(shape, Curve)):
        assert curve.second.x == curve.end.x
        assert curve.start in dots or curve.first.x == curve.start.x


# Values known by hand


def test_boxes_side_by_side_stand_at_one_height() -> None:
    frames = [shape for shape in shapes(F @ D @ F) if isinstance(shape, Frame)]
    assert len({frame.low.y for frame in frames}) == 1


@pytest.mark.parametrize(
    ("d", "texts"),
    [
        pytest.param(F >> Box("g", Y, X), ["Y"], id="below a box"),
        pytest.param(F >> Diagram.copy(Y), ["Y"], id="not below a dot"),
        pytest.param(Diagram.id(X @ Y @ X).permute(2, 1, 0), [], id="not below a swap"),
        pytest.param(F.diagram, [], id="not where it is named as an output"),
    ],
)
def test_between_the_ends_a_wire_is_named_once(d: Diagram, texts: list[str]) -> None:
    found = [shape for shape in shapes(d) if isinstance(shape, Word) and not shape.centred]
    assert [word.text for word in found] == texts


def test_a_dot_copies_and_a_dot_discards() -> None:
    found = shapes(Diagram.copy(X) >> Diagram.discard(X) @ Diagram.copy(X, 3))
    assert [type(shape) for shape in found].count(Dot) == 1
    assert [type(shape) for shape in shapes(Diagram.discard(X))].count(Dot) == 1
