import pytest
from matplotlib.patches import BoxStyle, Circle, FancyBboxPatch, PathPatch
from matplotlib.text import Text

from markovsym.interop.canvas import figure, tikz
from markovsym.interop.plane import shapes
from markovsym.interop.shapes import Curve, Dot, Frame, Point, Word
from markovsym.syntax import Box, Diagram, Ty

X = Ty("X")
FOUND = shapes(Diagram.copy(X) >> Box("f", X, X) @ Box("d", X, X, deterministic=True))
ARTISTS = {Curve: PathPatch, Frame: FancyBboxPatch, Dot: Circle, Word: Text}
COMMANDS = {Curve: r"\draw (", Frame: r"\draw[", Dot: r"\fill", Word: r"\node"}


@pytest.mark.parametrize("kind", ARTISTS, ids=lambda kind: kind.__name__)
def test_every_shape_is_put_on_paper(kind: type) -> None:
    wanted = sum(isinstance(shape, kind) for shape in FOUND)
    artists = [type(artist) for artist in figure(FOUND).get_children()]
    lines = [line.strip() for line in tikz(FOUND).splitlines()]
    assert artists.count(ARTISTS[kind]) == wanted > 0
    assert sum(line.startswith(COMMANDS[kind]) for line in lines) == wanted


def test_the_paper_is_as_large_as_the_shapes_and_a_margin() -> None:
    made = figure([Frame(Point(1.0, 2.0), Point(4.0, 3.0), deterministic=True)])
    assert tuple(made.get_size_inches()) == pytest.approx((3.2, 1.2))


def test_nothing_is_a_small_white_paper() -> None:
    assert tuple(figure([]).get_size_inches()) == pytest.approx((0.2, 0.2))


def test_a_stochastic_box_is_round_and_tinted() -> None:
    corners = Point(0.0, 0.0), Point(1.0, 1.0)
    made = figure([Frame(*corners, deterministic=False), Frame(*corners, deterministic=True)])
    draws, maps = (one for one in made.get_children() if isinstance(one, FancyBboxPatch))
    assert (type(draws.get_boxstyle()), type(maps.get_boxstyle())) == (
        BoxStyle.Round,
        BoxStyle.Square,
    )
    assert draws.get_facecolor() != maps.get_facecolor() == (1, 1, 1, 1)
