"""Wires of a diagram that is being written as a Python function.

A wire knows where it comes from, so that a finished function value is the whole diagram: nothing is
patched, nothing is global but a clock, and threads do not meet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, final

from markovsym.errors import CompositionError
from markovsym.syntax.types import Ob

_CLOCK = count()


@final
@dataclass(frozen=True, eq=False)
class Use:
    """One use of a box, and when it was written."""

    box: Any
    inputs: tuple["Wire", ...]
    time: int = field(default_factory=lambda: next(_CLOCK))


@final
@dataclass(frozen=True, eq=False)
class Wire:
    """Output ``port`` of a use; an input of the diagram comes from no use."""

    ob: Ob
    use: Use | None = None
    port: int = 0


def now() -> int:
    """A time after that of every use so far."""
    return next(_CLOCK)


def read(
    inputs: Sequence[Wire], outputs: Sequence[Wire], since: int
) -> tuple[list[tuple[Any, tuple[int, ...], int]], tuple[int, ...]]:
    """What was written between the inputs and the outputs.

    Args:
        inputs: The wires that the function was handed.
        outputs: The wires that it returned.
        since: When it was called.

    Returns:
        Each box with the numbers of its wires, as written, and the numbers of the outputs.

    Raises:
        CompositionError: If a wire comes from another diagram, or from a draw made before.
    """
    numbers = {wire: ~i for i, wire in enumerate(inputs)}
    firsts: dict[Use, int] = {}
    nodes: list[tuple[Any, tuple[int, ...], int]] = []
    free = 0

    def number(wire: Wire) -> int:
        if wire.use is None and wire not in numbers:
            raise CompositionError(f"the function uses a wire of {wire.ob} of another diagram")
        return numbers[wire] if wire.use is None else firsts[wire.use] + wire.port

    for use in sorted(_behind(outputs), key=lambda use: use.time):
        nodes.append((use.box, tuple(map(number, use.inputs)), free))
        if use.time < since:
            drawn = f"the function uses a draw of {use.box.name} that was made outside of it"
            raise CompositionError(f"{drawn}; draw it inside")
        firsts[use] = free
        free += len(use.box.cod)
    return nodes, tuple(map(number, outputs))


def _behind(outputs: Sequence[Wire]) -> Iterator[Use]:
    seen: set[Use] = set()
    stack = list(outputs)
    while stack:
        use = stack.pop().use
        if use is not None and use not in seen:
            seen.add(use)
            stack += use.inputs
            yield use
