"""Functors from diagrams to diagrams: other wires, and a diagram for each box."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from markovsym.syntax.diagram import Arrow, Box, Diagram
from markovsym.syntax.types import Ob, Ty


def relabelled(
    diagram: Diagram, types: Callable[[Ob], Ty], arrows: Callable[[Box], Arrow]
) -> Diagram:
    """The diagram with each wire as a row of others, and each box opened.

    Args:
        diagram: The diagram.
        types: The wires in place of one.
        arrows: What is put in place of a box, between those wires.

    Raises:
        CompositionError: If an arrow is of another type than the wires around it.

    Example:
        >>> X, f = Ty("X"), Box("f", Ty("X"), Ty("X"))
        >>> print(relabelled(f.diagram, lambda ob: X, lambda box: f >> f))
        X -> X of [f, f]
    """

    def row(X: Ty) -> Ty:
        return Ty(*(new for ob in X for new in types(ob)))

    @Diagram.from_callable(row(diagram.dom), row(diagram.cod))
    def opened(*inputs: Any) -> Any:
        held = {~i: wires for i, wires in enumerate(_cut(inputs, diagram.dom, types))}
        for box, read, first in diagram.nodes:
            written = arrows(box)(*(one for wire in read for one in held[wire]))
            rows = _cut(written if isinstance(written, tuple) else (written,), box.cod, types)
            held.update((first + port, wires) for port, wires in enumerate(rows))
        return tuple(one for wire in diagram.outputs for one in held[wire])

    return opened


def _cut(wires: tuple[Any, ...], X: Ty, types: Callable[[Ob], Ty]) -> list[tuple[Any, ...]]:
    rest = iter(wires)
    return [tuple(islice(rest, len(types(ob)))) for ob in X]
