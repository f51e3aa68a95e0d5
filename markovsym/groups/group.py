"""Groups whose elements are plain tensors, batch dimensions first."""

from abc import ABC, abstractmethod
from typing import Any, NoReturn

import torch
from torch import Tensor

from markovsym.errors import NotCompactError, NotFiniteError
from markovsym.randomness import Source
from markovsym.spaces import Space

Element = Any
"""A point of the group's space: a tensor; for a product of groups, a tuple of tensors."""

Device = torch.device | None


class Group(ABC):
    """A group. Subclasses are final, frozen and equal by content; the tests check their laws."""

    @property
    @abstractmethod
    def space(self) -> Space:
        """Where the elements live."""

    @abstractmethod
    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Element:
        """The neutral element, repeated over a batch."""

    @abstractmethod
    def multiply(self, g: Element, h: Element) -> Element:
        """The product ``g h``; acting by it is acting by ``h`` first."""

    @abstractmethod
    def inverse(self, g: Element) -> Element:
        """The inverse of ``g``."""

    @abstractmethod
    def contains(self, g: Element, *, tolerance: float = 1e-4) -> Tensor:
        """Whether each entry of the batch ``g`` is an element, up to ``tolerance``.

        Raises:
            SpaceError: If ``g`` has another event shape or kind than elements have.
        """

    @abstractmethod
    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Element]:
        """One element of each connected component, the identity first."""

    @abstractmethod
    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Element]:
        """Elements whose words are dense in the group; some are no involutions, if any is not.

        Where the group is not compact, words of them leave every bounded set.
        """

    @abstractmethod
    def haar(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> Element:
        """Draw from the Haar measure.

        Args:
            *batch: Batch shape of the draw.
            generator: Source of randomness; the draw lies on its device.
            dtype: Floating point type of the draw, where it has one.

        Raises:
            NotCompactError: If the group has no Haar probability measure.
        """

    @abstractmethod
    def random(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> Element:
        """Draw an element for a test, of any component and as a rule far from the identity.

        Args:
            *batch: Batch shape of the draw.
            generator: Source of randomness; the draw lies on its device.
            dtype: Floating point type of the draw, where it has one.
        """

    @abstractmethod
    def elements(self, *, device: Device = None) -> Element:
        """All elements as one batch, the identity first.

        Raises:
            NotFiniteError: If the group is not finite, or too large to be listed.
        """


class CompactGroup(Group):
    """A group that has a Haar probability measure."""

    def random(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> Element:
        """A draw of the Haar measure."""
        return self.haar(*batch, generator=generator, dtype=dtype)


class NonCompactGroup(Group):
    """A group that has no Haar probability measure."""

    def haar(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> NoReturn:
        """Nothing: it raises ``NotCompactError``."""
        raise not_compact(self)

    def elements(self, *, device: Device = None) -> NoReturn:
        """Nothing: it raises ``NotFiniteError``."""
        raise not_finite(self)


def not_compact(group: Group) -> NotCompactError:
    """What to raise where a Haar probability measure was to be drawn from and there is none."""
    return NotCompactError(
        f"{group} is not compact, so it has no Haar probability measure; read gamma off the input, "
        "as gammas.centroid and gammas.gram do"
    )


def not_finite(group: Group) -> NotFiniteError:
    """What to raise where the elements of a group were to be listed and cannot be."""
    return NotFiniteError(
        f"{group} is infinite or too large, so its elements cannot be listed; draw a number of them"
    )
