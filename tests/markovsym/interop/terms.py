"""What every wire of a diagram is of its inputs, as text; all boxes are free symbols."""

from collections.abc import Sequence

from markovsym.syntax import Box, Diagram


def written(box: Box, inputs: Sequence[str]) -> tuple[str, ...]:
    """The outputs of one use of a box."""
    flag = box.deterministic
    return tuple(f"{box.name}, {flag}, {port}{tuple(inputs)}" for port in range(len(box.cod)))


def terms(d: Diagram) -> list[str]:
    """The outputs of a diagram whose inputs are x0, x1, ..."""
    held = {~place: f"x{place}" for place in range(len(d.dom))}
    for box, wires, first in d.nodes:
        row = written(box, [held[wire] for wire in wires])
        held |= {first + port: term for port, term in enumerate(row)}
    return [held[wire] for wire in d.outputs]
