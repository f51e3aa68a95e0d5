"""The group with one element."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from markovsym.groups.group import CompactGroup, Device, Element
from markovsym.randomness import Source
from markovsym.spaces import UNIT, Space


@final
@dataclass(frozen=True)
class TrivialGroup(CompactGroup):
    """The group with one element, the empty tuple."""

    def __str__(self) -> str:
        return "1"

    @property
    def space(self) -> Space:
        """The unit."""
        return UNIT

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Element:
        """The one element."""
        return ()

    def multiply(self, g: Element, h: Element) -> Element:
        """The one element."""
        return ()

    def inverse(self, g: Element) -> Element:
        """The one element."""
        return ()

    def contains(self, g: Element, *, tolerance: float = 1e-4) -> Tensor:
        """Whether ``g`` is the one element."""
        return torch.tensor(g == ())

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Element]:
        """The one element."""
        return [()]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Element]:
        """The one element."""
        return [()]

    def haar(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> Element:
        """The one element."""
        return ()

    def elements(self, *, device: Device = None) -> Element:
        """The one element."""
        return ()
