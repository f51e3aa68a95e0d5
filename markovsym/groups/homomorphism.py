"""Homomorphisms of groups, as objects."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, final

from markovsym.groups.group import Element, Group
from markovsym.groups.product import DirectProduct
from markovsym.groups.trivial import TrivialGroup


class Homomorphism(ABC):
    """A map ``dom -> cod`` that respects products. Subclasses are final and equal by content."""

    @property
    @abstractmethod
    def dom(self) -> Group:
        """Where it starts."""

    @property
    @abstractmethod
    def cod(self) -> Group:
        """Where it ends."""

    @abstractmethod
    def __call__(self, h: Element) -> Element:
        """The image of ``h``."""


@final
@dataclass(frozen=True)
class FromTrivial(Homomorphism):
    """1 -> G."""

    group: Group

    @property
    def dom(self) -> Group:
        """The trivial group."""
        return TrivialGroup()

    @property
    def cod(self) -> Group:
        """G."""
        return self.group

    def __call__(self, h: Element) -> Element:
        """The identity of G."""
        return self.group.identity()


@final
@dataclass(frozen=True)
class FactorInclusion(Homomorphism):
    """H -> H x K or K -> H x K, beside the other's identity."""

    product: DirectProduct
    side: Literal["left", "right"]

    @property
    def dom(self) -> Group:
        """The factor."""
        return self.product.left if self.side == "left" else self.product.right

    @property
    def cod(self) -> DirectProduct:
        """The product."""
        return self.product

    @property
    def other(self) -> "FactorInclusion":
        """The inclusion of the other factor."""
        return FactorInclusion(self.product, "right" if self.side == "left" else "left")

    def __call__(self, h: Element) -> Element:
        """``h`` beside the identity of the other factor."""
        e = self.other.dom.identity()
        return (h, e) if self.side == "left" else (e, h)

    def project(self, g: Element) -> Element:
        """The entry of ``g`` in this factor."""
        return g[0] if self.side == "left" else g[1]
