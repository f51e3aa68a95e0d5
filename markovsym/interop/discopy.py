"""Diagrams to DisCoPy and from it.

DisCoPy loses what a box or an object is beyond its name and types, so that goes into tables.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from markovsym.interop import api
from markovsym.interop.reading import Reader, require_markov
from markovsym.interop.writing import Writer
from markovsym.syntax import Arrow, Box, Diagram, Ob
from markovsym.syntax.diagram import inputs_of

_NO_BOXES = MappingProxyType[api.Box, Box]({})
_NO_OBS = MappingProxyType[str, Ob]({})


class InDiscopy(NamedTuple):
    """A diagram of DisCoPy, and what its boxes and the names of its objects stand for."""

    diagram: api.Diagram
    boxes: Mapping[api.Box, Box]
    obs: Mapping[str, Ob]


def to_discopy(arrow: Arrow) -> InDiscopy:
    """Lay an arrow out as a diagram of DisCoPy, one box, copy, discard or swap in a layer.

    Returns:
        The diagram and its tables. Objects that differ but share a name get primes; a deterministic
        box has the word ``"deterministic"`` as its data.

    Example:
        >>> from markovsym.syntax import Ty
        >>> X, Y = Ty("X"), Ty("Y")
        >>> d = Diagram.copy(X) >> Box("f", X, Y) @ Diagram.id(X)
        >>> print(to_discopy(d).diagram)
        Copy(X) >> f @ X
        >>> from_discopy(*to_discopy(d)) == d
        True
    """
    writer = Writer()
    return InDiscopy(writer.one_by_one(arrow.diagram), writer.boxes, writer.obs)


def from_discopy(
    diagram: api.AnyDiagram,
    boxes: Mapping[api.Box, Box] = _NO_BOXES,
    obs: Mapping[str, Ob] = _NO_OBS,
) -> Diagram:
    """Read a Markov diagram of DisCoPy.

    Args:
        diagram: Boxes, swaps, copies and discards of ``discopy.markov``, composed.
        boxes: What its boxes stand for; any other is a stochastic box of the same name and type.
        obs: What the names of its objects stand for; any other is an object with only that name.

    Raises:
        CompositionError: If it has a merge, dagger, trace, sum or bubble, which no Markov category
            has; if a box has data that ``boxes`` does not explain, or stands for one of other type.

    Example:
        >>> from discopy import markov
        >>> x, y = markov.Ty("x"), markov.Ty("y")
        >>> f = markov.Box("f", x, y)
        >>> from_discopy(f >> markov.Discard(y)) == from_discopy(markov.Discard(x))
        True
    """
    require_markov(diagram)
    reader = Reader(boxes, obs)
    dom, cod = reader.type(diagram.dom), reader.type(diagram.cod)
    row = list(inputs_of(dom))
    for layer in diagram.inside:
        row = reader.layer(layer, row)
    return Diagram(dom, cod, tuple(reader.nodes), tuple(row))
