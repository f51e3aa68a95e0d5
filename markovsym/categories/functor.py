"""Functors: a diagram, carried into a category."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, final, runtime_checkable

from markovsym.categories.category import MarkovCategory
from markovsym.categories.straight import StraightLine
from markovsym.errors import CompositionError
from markovsym.syntax import Arrow, Box, Diagram, Ob

Obj = TypeVar("Obj")
Mor = TypeVar("Mor")
Obj_contra = TypeVar("Obj_contra", contravariant=True)
Mor_contra = TypeVar("Mor_contra", contravariant=True)


@runtime_checkable
class RunsAsCode(Protocol[Obj_contra, Mor_contra]):
    """A category whose diagrams become Python functions."""

    def straight_line(
        self, diagram: Diagram, objects: Mapping[Ob, Obj_contra], boxes: Mapping[Box, Mor_contra]
    ) -> StraightLine:
        """The diagram as one function."""
        ...


@final
@dataclass(frozen=True, eq=False)
class Functor(Generic[Obj, Mor]):
    """What wires and boxes stand for in a category, and so what any diagram of them does.

    Args:
        category: Where diagrams are run: ``FinStoch``, ``Gauss``, ``Functions`` or ``Samplers``.
        objects: What each wire carries.
        boxes: What each box does.

    Example:
        >>> import torch
        >>> from markovsym.categories import Functions
        >>> from markovsym.kernels import Deterministic
        >>> from markovsym.spaces import space
        >>> from markovsym.syntax import Ty
        >>> X, real = Ty("X"), space(())
        >>> f = Box("f", X, X, deterministic=True)
        >>> F = Functor(Functions(), {Ob("X"): real}, {f: Deterministic(torch.exp, real, real)})
        >>> print(F.source(f >> f))
        def run(x):  # X -> X
            x1 = f(x)  # X
            x2 = f(x1)  # X
            return x2
        <BLANKLINE>
        >>> F.compile(f >> f)(torch.tensor(0.0))
        tensor(2.7183)
    """

    category: MarkovCategory[Obj, Mor]
    objects: Mapping[Ob, Obj]
    boxes: Mapping[Box, Mor]

    def __call__(self, arrow: Arrow) -> Mor:
        """The morphism of a diagram.

        Raises:
            CompositionError: If a wire or a box stands for nothing, or for what does not fit.
        """
        return self.category.evaluate(arrow.diagram, self.objects, self.boxes)

    def compile(self, arrow: Arrow) -> Callable[..., Any]:
        """The diagram as one straight-line Python function.

        In ``Functions`` it takes a tensor for each factor that comes in; in ``Samplers`` a
        ``Randomness`` after them.

        Raises:
            CompositionError: As a call, or if diagrams of the category do not run as code.
        """
        return self._line(arrow).function

    def source(self, arrow: Arrow) -> str:
        """The text of what ``compile`` gives."""
        return self._line(arrow).source

    def _line(self, arrow: Arrow) -> StraightLine:
        category = self.category
        if not isinstance(category, RunsAsCode):
            raise CompositionError(
                f"diagrams run as code in Functions and Samplers; in {category} call the functor"
            )
        return category.straight_line(arrow.diagram, self.objects, self.boxes)
