"""Diagrams as straight-line Python functions: nothing is interpreted when they run."""

import keyword
import linecache
import re
import weakref
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, Protocol, final, runtime_checkable

from markovsym.syntax import Box, Diagram, Ob, Ty

_SERIAL = count()


@runtime_checkable
class Dialect(Protocol):
    """How a category writes a diagram down in Python."""

    @property
    def extra(self) -> tuple[str, ...]:
        """Arguments that every function is handed besides its inputs."""
        ...

    def width(self, ob: Ob) -> int:
        """How many variables carry a wire."""
        ...

    def callee(self, box: Box) -> Callable[..., Any]:
        """What runs when a box does."""
        ...

    def call(self, box: Box, name: str, arguments: Sequence[str]) -> str:
        """The text that runs it, under this name, at these variables."""
        ...


@final
class StraightLine:
    """A diagram as a function with one line for each box, and the text of it.

    It runs the canonical form, so equal diagrams run the same code; a copy or a pickle of it is
    compiled anew.

    Args:
        diagram: What to run.
        dialect: How to write it down.
    """

    def __init__(self, diagram: Diagram, dialect: Dialect) -> None:
        self.diagram = diagram
        self.dialect = dialect
        names = _names(diagram, dialect)
        self.source = _text(diagram.normal, dialect, names)
        self.function = _defined(self.source, {n: dialect.callee(box) for box, n in names.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return StraightLine, (self.diagram, self.dialect)


def row(variables: Sequence[str]) -> str:
    """One variable as it is, several as a tuple: the text of a value."""
    return variables[0] if len(variables) == 1 else f"({', '.join(variables)})"


def _names(diagram: Diagram, dialect: Dialect) -> dict[Box, str]:
    fresh = _Fresh(("run", *dialect.extra))
    return {box: fresh(box.name) for box in dict.fromkeys(n.box for n in diagram.normal.nodes)}


def _text(diagram: Diagram, dialect: Dialect, names: dict[Box, str]) -> str:
    fresh = _Fresh((*names.values(), *dialect.extra))

    def variables(X: Ty) -> list[list[str]]:
        return [[fresh(ob.stem) for _ in range(dialect.width(ob))] for ob in X]

    wires = {~place: found for place, found in enumerate(variables(diagram.dom))}
    arguments = [*_flat(wires.values()), *dialect.extra]
    lines = [f"def run({', '.join(arguments)}):  # {diagram.dom} -> {diagram.cod}"]
    for box, inputs, first in diagram.nodes:
        text = dialect.call(box, names[box], _flat(wires[wire] for wire in inputs))
        written = variables(box.cod)
        wires.update((first + port, found) for port, found in enumerate(written))
        lines.append(f"    {row(_flat(written))} = {text}  # {box.cod}")
    lines.append(f"    return {row(_flat(wires[wire] for wire in diagram.outputs))}")
    return "\n".join([*lines, ""])


def _flat(rows: Iterable[list[str]]) -> list[str]:
    return [variable for variables in rows for variable in variables]


@final
class _Fresh:
    """Names that are identifiers, and that nobody else has."""

    def __init__(self, used: Sequence[str]) -> None:
        self.used = set(used)

    def __call__(self, wanted: str) -> str:
        stem = re.sub(r"\W", "_", wanted, flags=re.ASCII)
        stem = stem if stem.isidentifier() and not keyword.iskeyword(stem) else f"v_{stem}"
        tries = (stem if i == 0 else f"{stem}{i}" for i in count())
        name = next(one for one in tries if one not in self.used)
        self.used.add(name)
        return name


def _defined(source: str, names: dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    """The function ``run`` of the text; a traceback through it shows its lines."""
    file = f"<diagram {next(_SERIAL)}>"
    scope: dict[str, Any] = dict(names)
    exec(compile(source, file, "exec"), scope)  # noqa: S102 - the text is ours, made of identifiers
    function = scope["run"]
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    weakref.finalize(function, linecache.cache.pop, file, None)
    return function
