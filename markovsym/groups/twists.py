"""How one group moves another by automorphisms: what a semidirect product is made of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from jaxtyping import Int, Num
from torch import Tensor

from markovsym.errors import CompositionError
from markovsym.groups.cyclic import CyclicGroup
from markovsym.groups.group import Element, Group
from markovsym.groups.matrices import MatrixGroup
from markovsym.groups.translation import TranslationGroup
from markovsym.spaces import Kind


class Automorphisms(ABC):
    """A homomorphism from H to the automorphisms of N. Final, frozen, equal by content."""

    @property
    @abstractmethod
    def group(self) -> Group:
        """H."""

    @property
    @abstractmethod
    def moved(self) -> Group:
        """N."""

    @abstractmethod
    def __call__(self, h: Element, n: Element) -> Element:
        """``h.n``; batch dimensions broadcast."""


@final
@dataclass(frozen=True)
class Linear(Automorphisms):
    """A group of matrices moves the translations: E(n), SE(n), Aff(n).

    Raises:
        CompositionError: If the matrices are complex.
    """

    of: MatrixGroup

    def __post_init__(self) -> None:
        if self.of.kind is not Kind.REAL:
            raise CompositionError(f"wanted real matrices, which move vectors, got {self.of}")

    @property
    def group(self) -> MatrixGroup:
        """The group of matrices."""
        return self.of

    @property
    def moved(self) -> TranslationGroup:
        """The vectors."""
        return TranslationGroup(self.of.n)

    def __call__(
        self, h: Num[Tensor, "*#batch n n"], n: Num[Tensor, "*#batch n"]
    ) -> Num[Tensor, "*batch n"]:
        """The vector that the matrix sends ``n`` to."""
        return (h @ n.unsqueeze(-1)).squeeze(-1)


@final
@dataclass(frozen=True)
class Inversion(Automorphisms):
    """C(2) turns the cyclic group C(n) round: the dihedral group, as pairs."""

    n: int

    @property
    def group(self) -> CyclicGroup:
        """C(2)."""
        return CyclicGroup(2)

    @property
    def moved(self) -> CyclicGroup:
        """C(n)."""
        return CyclicGroup(self.n)

    def __call__(
        self, h: Int[Tensor, "*#batch"], n: Int[Tensor, "*#batch"]
    ) -> Int[Tensor, "*batch"]:
        """``n`` or its inverse."""
        return ((1 - 2 * h) * n) % self.n
