"""C^G: spaces with an action of G, and equivariant kernels between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from markovsym.actions import GSpace
from markovsym.categories import Samplers
from markovsym.errors import HypothesisMissing
from markovsym.groups import Group
from markovsym.kernels import Composite, Copy, Discard, Identity, Kernel, Parallel, Swap
from markovsym.symmetrise.equivariant import Derived, EquivariantKernel
from markovsym.syntax import Box, Diagram, Ob


@final
@dataclass(frozen=True)
class EquivariantSamplers:
    """The Markov category C^G over the samplers; objects are equal by their action.

    Args:
        group: G.

    Source:
        Cornish (2024): C^G is a Markov category again, with diagonal actions on products.
    """

    group: Group

    @property
    def unit(self) -> GSpace:
        """The space with one point."""
        return GSpace(self.group, ())

    def product(self, X: GSpace, Y: GSpace) -> GSpace:
        """The diagonal action."""
        return X @ Y

    def dom(self, f: EquivariantKernel) -> GSpace:
        """Where ``f`` starts."""
        return f.dom

    def cod(self, f: EquivariantKernel) -> GSpace:
        """Where ``f`` ends."""
        return f.cod

    def identity(self, X: GSpace) -> EquivariantKernel:
        """X -> X that does nothing."""
        return Derived(Identity(X))

    def compose(self, f: Kernel, g: Kernel) -> EquivariantKernel:
        """First ``f``, then ``g``.

        Raises:
            ActionMismatch: If they meet in one space under two actions.
            HypothesisMissing: If one is not known to be equivariant.
        """
        return Derived(Composite(self._one(f), self._one(g)))

    def tensor(self, f: Kernel, g: Kernel) -> EquivariantKernel:
        """``f`` beside ``g``."""
        return Derived(Parallel(self._one(f), self._one(g)))

    def swap(self, X: GSpace, Y: GSpace) -> EquivariantKernel:
        """X @ Y -> Y @ X."""
        return Derived(Swap(X, Y))

    def copy(self, X: GSpace) -> EquivariantKernel:
        """X -> X @ X."""
        return Derived(Copy(X))

    def discard(self, X: GSpace) -> EquivariantKernel:
        """X -> I."""
        return Derived(Discard(X))

    def is_deterministic(self, f: EquivariantKernel) -> bool | None:
        """True if ``f`` is built from functions, else unknown."""
        return f.deterministic or None

    def equal(
        self, f: EquivariantKernel, g: EquivariantKernel, tolerance: float = 0.0
    ) -> bool | None:
        """False if their ends differ; else unknown, as laws are only tested."""
        return Samplers().equal(f, g, tolerance)

    def evaluate(
        self,
        diagram: Diagram,
        objects: Mapping[Ob, GSpace],
        boxes: Mapping[Box, Kernel],
    ) -> EquivariantKernel:
        """The equivariant kernel that a diagram of equivariant kernels stands for."""
        known = {box: self._one(kernel) for box, kernel in boxes.items()}
        return Derived(Samplers(self.unit).evaluate(diagram, objects, known))

    def _one(self, f: Kernel) -> EquivariantKernel:
        if isinstance(f, EquivariantKernel) and not f.over and f.group == self.group:
            return f
        raise HypothesisMissing(
            f"wanted a kernel known to be equivariant under {self.group}, got {f.label}; make it "
            "so with sym, or state it with declare_equivariant"
        )
