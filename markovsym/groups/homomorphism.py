"""Homomorphisms of groups, as objects."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from markovsym.errors import CompositionError
from markovsym.groups.group import Element, Group
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
        """The image of ``h``; batch dimensions lead, and are kept."""

    def then(self, other: "Homomorphism") -> "Homomorphism":
        """This one, and then ``other``; also written ``self >> other``.

        Raises:
            CompositionError: If ``other`` starts elsewhere than this one ends.
        """
        return composed(self, other)

    __rshift__ = then


class Embedding(Homomorphism):
    """An injective homomorphism that can be undone where it arrives."""

    @abstractmethod
    def back(self, g: Element) -> Element:
        """The ``h`` that is sent to ``g``, for ``g`` in the image."""


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
class Same(Embedding):
    """The identity G -> G."""

    group: Group

    @property
    def dom(self) -> Group:
        """G."""
        return self.group

    @property
    def cod(self) -> Group:
        """G."""
        return self.group

    def __call__(self, h: Element) -> Element:
        """``h``."""
        return h

    def back(self, g: Element) -> Element:
        """``g``."""
        return g


@final
@dataclass(frozen=True)
class InTurn(Homomorphism):
    """``first`` and then ``second``; make it with ``>>``, which knows the simple cases."""

    first: Homomorphism
    second: Homomorphism

    @property
    def dom(self) -> Group:
        """Where the first one starts."""
        return self.first.dom

    @property
    def cod(self) -> Group:
        """Where the second one ends."""
        return self.second.cod

    def __call__(self, h: Element) -> Element:
        """The image under the second of the image under the first."""
        return self.second(self.first(h))


def composed(first: Homomorphism, second: Homomorphism) -> Homomorphism:
    """``first`` and then ``second``, written in one way: nested to the right, without identities.

    Raises:
        CompositionError: If ``second`` starts elsewhere than ``first`` ends.
    """
    if first.cod != second.dom:
        raise CompositionError(
            f"the first homomorphism ends in {first.cod}, the second starts in {second.dom}"
        )
    match first, second:
        case (Same(), one) | (one, Same()):
            return one
        case FromTrivial(), _:
            return FromTrivial(second.cod)
        case InTurn(one, other), _:
            return InTurn(one, composed(other, second))
        case _:
            return InTurn(first, second)
