"""Random diagrams as strategies of Hypothesis, which shrinks those that fail."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hypothesis import strategies as st

from markovsym.syntax import Box, Diagram, Node, Ob, Ty

OBS = (Ob("X"), Ob("Y"), Ob("X", of="another space"))
"""Two share a name."""


@contextmanager
def _still() -> Iterator[None]:
    """Beartype looks at a random item of a tuple; Hypothesis has strategies leave ``random`` be."""
    state = random.getstate()
    yield
    random.setstate(state)


@st.composite
@_still()
def types(draw: st.DrawFn, most: int = 3, obs: Sequence[Ob] = OBS) -> Ty:
    """At most so many wires."""
    return Ty(*draw(st.lists(st.sampled_from(obs), max_size=most))) if obs else Ty()


@st.composite
@_still()
def boxes(
    draw: st.DrawFn, most: int = 3, inputs: Sequence[Ob] = OBS, outputs: Sequence[Ob] = OBS
) -> Box:
    """Boxes of any shape, also I -> I; several may share a name, a type, or all but the flag."""
    dom, cod = draw(types(most, inputs)), draw(types(most, outputs))
    return Box(draw(st.sampled_from("fgh")), dom, cod, draw(st.booleans()))


@st.composite
@_still()
def diagrams(
    draw: st.DrawFn,
    dom: Ty | None = None,
    pool: Sequence[Box] | None = None,
    obs: Sequence[Ob] = OBS,
    most: int = 6,
) -> Diagram:
    """Diagrams that use wires once, several times or never, in any order.

    Args:
        draw: Given by Hypothesis.
        dom: The inputs; any, if not given.
        pool: The boxes to use; if not given, any, some of them several times.
        obs: The objects, where ``dom`` and ``pool`` do not say them.
        most: The most uses of boxes.
    """
    inputs = draw(types(3, obs)) if dom is None else dom
    wires = [(~place, ob) for place, ob in enumerate(inputs)]
    nodes: list[Node] = []
    free = 0
    for _ in range(draw(st.integers(0, most))):
        here = list(dict.fromkeys(ob for _, ob in wires))
        known = [node.box for node in nodes] if pool is None else pool
        ready = [box for box in known if set(box.dom) <= set(here)]
        if pool is None and (not ready or draw(st.booleans())):
            ready = [draw(boxes(2, here, obs))]
        if ready:
            box = draw(st.sampled_from(ready))
            read = [draw(st.sampled_from([w for w, ob in wires if ob == port])) for port in box.dom]
            nodes.append(Node(box, tuple(read), free))
            wires += [(free + port, ob) for port, ob in enumerate(box.cod)]
            free += len(box.cod)
    outputs = draw(st.lists(st.sampled_from(wires), max_size=4)) if wires else []
    cod = Ty(*(ob for _, ob in outputs))
    return Diagram(inputs, cod, tuple(nodes), tuple(wire for wire, _ in outputs))
