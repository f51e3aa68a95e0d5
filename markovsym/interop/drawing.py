"""String diagrams drawn into files and notebooks."""

import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from markovsym.errors import CompositionError, FileError
from markovsym.files import replace_file
from markovsym.interop.canvas import figure, tikz
from markovsym.interop.plane import shapes
from markovsym.interop.shapes import Shape
from markovsym.syntax import Diagram


@final
@dataclass(frozen=True)
class Picture:
    """A drawn diagram, which notebooks show."""

    shapes: tuple[Shape, ...]

    def _repr_svg_(self) -> str:
        return _svg(self.shapes).decode()


def draw(thing: object, path: str | os.PathLike[str] | None = None) -> Picture:
    """Draw a string diagram, from its inputs above to its outputs below.

    A box with round corners and a tint is stochastic, a white square one deterministic; a dot
    copies a wire or, at its end, discards it. Boxes that nothing depends on are drawn, too.

    Args:
        thing: A box, a diagram, or anything with a ``diagram``.
        path: A file to write, of SVG, PNG, PDF, or TikZ (``.tikz`` or ``.tex``: a picture for any
            document that loads TikZ).

    Raises:
        CompositionError: If ``thing`` has no diagram.
        FileError: If the file is of another kind or cannot be written; an older file of that
            name then is as it was.

    Example:
        >>> from markovsym.syntax import Box, Diagram, Ty
        >>> X, Y = Ty("X"), Ty("Y")
        >>> picture = draw(Diagram.copy(X) >> Box("f", X, Y) @ Diagram.id(X))
    """
    diagram = getattr(thing, "diagram", None)
    if not isinstance(diagram, Diagram):
        wanted = "wanted a box, a diagram or what has a diagram"
        raise CompositionError(f"{wanted}, got a {type(thing).__name__}")
    if path is None:
        return Picture(tuple(shapes(diagram)))
    file = Path(path)
    if file.suffix.lower() not in _FORMATS:
        *most, last = _FORMATS
        raise FileError(f"{file}: a drawing ends in {', '.join(most)} or {last}")
    picture = Picture(tuple(shapes(diagram)))
    replace_file(file, _FORMATS[file.suffix.lower()](picture.shapes))
    return picture


def _svg(shapes: Sequence[Shape]) -> bytes:
    return _saved(shapes, "svg", {"Date": None})  # so that one diagram is one file


def _png(shapes: Sequence[Shape]) -> bytes:
    return _saved(shapes, "png", {})


def _pdf(shapes: Sequence[Shape]) -> bytes:
    return _saved(shapes, "pdf", {"CreationDate": None})


def _saved(shapes: Sequence[Shape], kind: str, metadata: dict[str, None]) -> bytes:
    content = io.BytesIO()
    figure(shapes).savefig(content, format=kind, dpi=200, metadata=metadata)
    return content.getvalue()


def _tikz(shapes: Sequence[Shape]) -> bytes:
    return tikz(shapes).encode()


_FORMATS: dict[str, Callable[[Sequence[Shape]], bytes]] = {
    ".svg": _svg,
    ".png": _png,
    ".pdf": _pdf,
    ".tikz": _tikz,
    ".tex": _tikz,
}
