"""Shapes on paper: as a figure of Matplotlib, or as a picture of TikZ."""

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from markovsym.interop.shapes import Curve, Dot, Frame, Point, Shape, Word

_MARGIN = 0.1  # inches
_DOT = 0.045
_ROUND = 0.08
_LINE = 0.8  # points
_INK = "black"
_TINT = "#e2ebf7"
_TIKZ = f"x=1in, y=1in, inner sep=0pt, line width={_LINE}pt"
_SPECIAL = {char: rf"\{char}" for char in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}


def figure(shapes: Sequence[Shape]) -> Figure:
    """A figure that pyplot does not know of, just as large as the shapes."""
    corners = [corner for shape in shapes for corner in shape.extent] or [Point(0.0, 0.0)]
    left, low = (min(place) - _MARGIN for place in zip(*corners, strict=True))
    right, high = (max(place) + _MARGIN for place in zip(*corners, strict=True))
    made = Figure((right - left, high - low), facecolor="white", edgecolor="white")
    for shape in shapes:
        artist = _artist(shape)
        artist.set_transform(Affine2D().translate(-left, -low) + made.dpi_scale_trans)
        made.add_artist(artist)
    return made


def _artist(shape: Shape) -> Artist:
    match shape:
        case Curve():
            codes = [Path.MOVETO, *[Path.CURVE4] * 3]
            return PathPatch(Path(shape, codes), facecolor="none", edgecolor=_INK, linewidth=_LINE)
        case Frame(low, high, deterministic):
            style = "square,pad=0" if deterministic else f"round,pad=0,rounding_size={_ROUND}"
            fill = "white" if deterministic else _TINT
            across, up = high.x - low.x, high.y - low.y
            return FancyBboxPatch(
                low, across, up, style, facecolor=fill, edgecolor=_INK, linewidth=_LINE
            )
        case Dot(centre):
            return Circle(centre, _DOT, facecolor=_INK, edgecolor=_INK, linewidth=0)
        case Word((x, y), text, size, centred):
            side = "center" if centred else "left"
            return Text(x, y, text, color=_INK, size=size, ha=side, parse_math=False, usetex=False)


def tikz(shapes: Sequence[Shape]) -> str:
    """A picture, for any document that loads TikZ."""
    lines = map(_line, shapes)
    return "\n".join([rf"\begin{{tikzpicture}}[{_TIKZ}]", *lines, r"\end{tikzpicture}", ""])


def _line(shape: Shape) -> str:
    match shape:
        case Curve():
            start, first, second, end = map(_place, shape)
            return rf"  \draw {start} .. controls {first} and {second} .. {end};"
        case Frame(low, high, deterministic):
            look = "fill=white" if deterministic else f"fill=blue!8, rounded corners={_ROUND}in"
            return rf"  \draw[{look}] {_place(low)} rectangle {_place(high)};"
        case Dot(centre):
            return rf"  \fill {_place(centre)} circle[radius={_DOT}in];"
        case Word(point, text, size, centred):
            anchor = "base" if centred else "base west"
            written = "".join(_SPECIAL.get(char, char) for char in text)
            font = rf"\fontsize{{{size}}}{{{size}}}\selectfont"
            return rf"  \node[anchor={anchor}, font={font}] at {_place(point)} {{{written}}};"


def _place(point: Point) -> str:
    return f"({point.x:.3f}, {point.y:.3f})"
