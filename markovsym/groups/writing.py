"""How cosets are written down as tensors."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

from markovsym.groups.group import Element, Group
from markovsym.groups.inclusion import FactorInclusion
from markovsym.spaces import UNIT, Space

Coset = Any
"""A point of the space of the cosets: a tensor, or a tuple of tensors."""


class Writing(ABC):
    """How the cosets of a homomorphism phi: H -> G are written down as tensors.

    Subclasses are final and equal by content; the tests check their laws.
    """

    @property
    @abstractmethod
    def space(self) -> Space:
        """Where the cosets live."""

    @abstractmethod
    def project(self, g: Element) -> Coset:
        """The coset of ``g``; that of g phi(h) is the same."""

    @abstractmethod
    def section(self, coset: Coset) -> Element:
        """An element of the coset, by a rule that need not be equivariant."""

    @abstractmethod
    def act(self, g: Element, coset: Coset) -> Coset:
        """``g`` times the coset."""


@final
@dataclass(frozen=True)
class Elements(Writing):
    """G/1: the elements of G."""

    group: Group

    @property
    def space(self) -> Space:
        """That of G."""
        return self.group.space

    def project(self, g: Element) -> Coset:
        """``g``."""
        return g

    def section(self, coset: Coset) -> Element:
        """The coset."""
        return coset

    def act(self, g: Element, coset: Coset) -> Coset:
        """The product."""
        return self.group.multiply(g, coset)


@final
@dataclass(frozen=True)
class Complement(Writing):
    """(N x| H)/N is H, with (n, h) moving h' to h h'; (N x| H)/H is N, with n' going to n h.n'.

    Source:
        Cornish (2024), example 6.3; theory of this project, definition 8.
    """

    phi: FactorInclusion

    @property
    def space(self) -> Space:
        """That of the other factor."""
        return self.phi.other.dom.space

    def project(self, g: Element) -> Coset:
        """The entry of ``g`` in the other factor."""
        return self.phi.other.back(g)

    def section(self, coset: Coset) -> Element:
        """The coset beside the identity."""
        return self.phi.other(coset)

    def act(self, g: Element, coset: Coset) -> Coset:
        """The entry of ``g`` in the other factor, times the coset; moved first, if that is N."""
        n, h = self.phi.product.split(g)
        left, right = self.phi.product.factors
        if self.phi.side == "left":
            return right.multiply(h, coset)
        return left.multiply(n, self.phi.product.twist(h, coset))


@final
@dataclass(frozen=True)
class Point(Writing):
    """G/G: one coset, the empty tuple."""

    group: Group

    @property
    def space(self) -> Space:
        """The unit."""
        return UNIT

    def project(self, g: Element) -> Coset:
        """The one coset."""
        return ()

    def section(self, coset: Coset) -> Element:
        """The identity."""
        return self.group.identity()

    def act(self, g: Element, coset: Coset) -> Coset:
        """The one coset."""
        return ()
