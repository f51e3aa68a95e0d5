"""Functions: every kernel is deterministic, and runs on batches of tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from markovsym.categories.category import object_of, require_interpretation
from markovsym.categories.code import KernelCode, Program, widths
from markovsym.categories.straight import StraightLine
from markovsym.kernels import Deterministic
from markovsym.spaces import UNIT, Object, Value, parts_of, value_of
from markovsym.syntax import Box, Diagram, Ob


@final
@dataclass(frozen=True)
class Functions:
    """Spaces and functions, each handed one tensor for every factor of its domain.

    Source:
        Cornish (2024): the Markov category Set, on batches.
    """

    @property
    def unit(self) -> Object:
        """The space with one point."""
        return UNIT

    def product(self, X: Object, Y: Object) -> Object:
        """The factors of both."""
        return X @ Y

    def dom(self, f: Deterministic) -> Object:
        """Where ``f`` starts."""
        return f.dom

    def cod(self, f: Deterministic) -> Object:
        """Where ``f`` ends."""
        return f.cod

    def identity(self, X: Object) -> Deterministic:
        """X -> X that does nothing."""
        return Deterministic(lambda *x: value_of(x), X, X)

    def compose(self, f: Deterministic, g: Deterministic) -> Deterministic:
        """First ``f``, then ``g``."""
        if f.cod != g.dom:
            raise f.cod.mismatch(g.dom)
        return Deterministic(lambda *x: g.function(*parts_of(f.function(*x))), f.dom, g.cod)

    def tensor(self, f: Deterministic, g: Deterministic) -> Deterministic:
        """``f`` beside ``g``, each on its factors."""
        cut = len(f.dom.space.factors)

        def both(*x: Value) -> Value:
            left, right = f.function(*x[:cut]), g.function(*x[cut:])
            return value_of(parts_of(left) + parts_of(right))

        return Deterministic(both, f.dom @ g.dom, f.cod @ g.cod)

    def swap(self, X: Object, Y: Object) -> Deterministic:
        """X @ Y -> Y @ X."""
        cut = len(X.space.factors)
        return Deterministic(lambda *x: value_of(x[cut:] + x[:cut]), X @ Y, Y @ X)

    def copy(self, X: Object) -> Deterministic:
        """X -> X @ X."""
        return Deterministic(lambda *x: value_of(x + x), X, X @ X)

    def discard(self, X: Object) -> Deterministic:
        """X -> I."""
        return Deterministic(lambda *x: (), X, UNIT)

    def is_deterministic(self, f: Deterministic) -> bool:
        """Always."""
        return True

    def equal(self, f: Deterministic, g: Deterministic, tolerance: float = 0.0) -> bool | None:
        """False if their ends differ; functions cannot be compared otherwise."""
        return None if (f.dom, f.cod) == (g.dom, g.cod) else False

    def straight_line(
        self, diagram: Diagram, objects: Mapping[Ob, Object], boxes: Mapping[Box, Deterministic]
    ) -> StraightLine:
        """The diagram as one function of tensors, one for each factor that comes in."""
        require_interpretation(self, diagram, objects, boxes)
        return StraightLine(diagram, KernelCode(boxes, widths(objects), ()))

    def evaluate(
        self, diagram: Diagram, objects: Mapping[Ob, Object], boxes: Mapping[Box, Deterministic]
    ) -> Deterministic:
        """The function that a diagram stands for, as a module that owns those of the boxes."""
        line = self.straight_line(diagram, objects, boxes)
        X, Y = (object_of(self, wires, objects) for wires in (diagram.dom, diagram.cod))
        return Deterministic(Program(line, boxes.values()), X, Y)
