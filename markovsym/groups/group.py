"""Groups whose elements are plain tensors, batch dimensions first."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor

from markovsym.spaces import Space

Element = Any
"""A tensor; for a product of groups, a pair of elements."""


class Group(ABC):
    """A group. Subclasses are final, frozen and equal by content; the tests check their laws."""

    @property
    @abstractmethod
    def space(self) -> Space:
        """Where the elements live."""

    @abstractmethod
    def identity(self, *batch: int, dtype: torch.dtype = torch.float32) -> Element:
        """The neutral element, repeated over a batch."""

    @abstractmethod
    def multiply(self, g: Element, h: Element) -> Element:
        """The product ``g h``; acting by it is acting by ``h`` first."""

    @abstractmethod
    def inverse(self, g: Element) -> Element:
        """The inverse of ``g``."""

    @abstractmethod
    def contains(self, g: Element, *, tolerance: float = 1e-4) -> Tensor:
        """Whether each entry of the batch ``g`` is an element, up to ``tolerance``."""

    @abstractmethod
    def components(self, *, dtype: torch.dtype = torch.float32) -> list[Element]:
        """One element of each connected component, the identity first."""

    @abstractmethod
    def generators(self, *, dtype: torch.dtype = torch.float32) -> list[Element]:
        """Elements whose words are dense in the group; some are no involutions, if any is not."""


class CompactGroup(Group):
    """A group that has a Haar probability measure."""

    @abstractmethod
    def haar(
        self, *batch: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
    ) -> Element:
        """Draw from the Haar measure.

        Args:
            *batch: Batch shape of the draw.
            generator: Source of randomness; the draw lies on its device.
            dtype: Floating point type of the draw, where it has one.
        """
