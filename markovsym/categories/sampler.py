"""Samplers: kernels from which one can draw, on batches of tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from markovsym.categories.category import object_of, require_interpretation
from markovsym.categories.code import KernelCode, Program, widths
from markovsym.categories.straight import StraightLine
from markovsym.kernels import (
    Composite,
    Copy,
    Discard,
    Identity,
    Kernel,
    Parallel,
    Randomness,
    Signature,
    Swap,
    type_of,
)
from markovsym.spaces import UNIT, Object, Value, parts_of
from markovsym.syntax import Arrow, Box, Diagram, Ob
from markovsym.syntax.relabel import relabelled


@final
class Compiled(Kernel):
    """A diagram of kernels, run as straight-line code; the parameters of the kernels are its own.

    Args:
        line: The code of the diagram.
        objects: What each wire carries.
        kernels: What each box does.
        ends: Where it starts and ends.
    """

    def __init__(
        self,
        line: StraightLine,
        objects: Mapping[Ob, Object],
        kernels: Mapping[Box, Kernel],
        ends: tuple[Object, Object],
    ) -> None:
        super().__init__(*ends)
        self.program = Program(line, kernels.values())
        self.objects = objects
        self.boxes = kernels
        used = (kernels[node.box] for node in line.diagram.normal.nodes)
        self.deterministic = all(kernel.deterministic for kernel in used)

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw of every box."""
        return self.program.line.function(*parts_of(value), source)

    def diagram_in(self, signature: Signature) -> Arrow:
        """The diagram, with the kernel of every box opened."""
        return relabelled(
            self.program.line.diagram,
            lambda ob: type_of(self.objects[ob]),
            lambda box: self.boxes[box].diagram_in(signature),
        )


@final
@dataclass(frozen=True)
class Samplers:
    """Spaces and kernels; laws cannot be compared here, only tested.

    Args:
        unit: The unit, of a group if all spaces are under its action.

    Source:
        Cornish (2024): the Markov category Stoch, through samples.
    """

    unit: Object = UNIT

    def product(self, X: Object, Y: Object) -> Object:
        """The factors of both."""
        return X @ Y

    def dom(self, f: Kernel) -> Object:
        """Where ``f`` starts."""
        return f.dom

    def cod(self, f: Kernel) -> Object:
        """Where ``f`` ends."""
        return f.cod

    def identity(self, X: Object) -> Kernel:
        """X -> X that does nothing."""
        return Identity(X)

    def compose(self, f: Kernel, g: Kernel) -> Kernel:
        """A draw of g at a draw of f."""
        return Composite(f, g)

    def tensor(self, f: Kernel, g: Kernel) -> Kernel:
        """A draw of each."""
        return Parallel(f, g)

    def swap(self, X: Object, Y: Object) -> Kernel:
        """X @ Y -> Y @ X."""
        return Swap(X, Y)

    def copy(self, X: Object) -> Kernel:
        """X -> X @ X."""
        return Copy(X)

    def discard(self, X: Object) -> Kernel:
        """X -> I."""
        return Discard(X)

    def is_deterministic(self, f: Kernel) -> bool | None:
        """True if ``f`` is built from functions, else unknown: a law is not known by its draws."""
        return f.deterministic or None

    def equal(self, f: Kernel, g: Kernel, tolerance: float = 0.0) -> bool | None:
        """False if their ends differ; else unknown, as laws are only tested."""
        return None if (f.dom, f.cod) == (g.dom, g.cod) else False

    def straight_line(
        self, diagram: Diagram, objects: Mapping[Ob, Object], boxes: Mapping[Box, Kernel]
    ) -> StraightLine:
        """The diagram as one function of tensors, one for each factor, and of the randomness."""
        require_interpretation(self, diagram, objects, boxes)
        return StraightLine(diagram, KernelCode(boxes, widths(objects)))

    def evaluate(
        self, diagram: Diagram, objects: Mapping[Ob, Object], boxes: Mapping[Box, Kernel]
    ) -> Kernel:
        """The kernel that a diagram stands for."""
        line = self.straight_line(diagram, objects, boxes)
        X, Y = (object_of(self, wires, objects) for wires in (diagram.dom, diagram.cod))
        return Compiled(line, objects, boxes, (X, Y))
