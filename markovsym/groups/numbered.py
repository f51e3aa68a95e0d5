"""What the finite groups whose elements are numbered share."""

from abc import abstractmethod

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from markovsym.groups.group import CompactGroup, Device
from markovsym.randomness import Source, integers
from markovsym.spaces import Kind, Space, space


class NumberedGroup(CompactGroup):
    """A group of the numbers from 0, the identity, to one less than its order."""

    @property
    @abstractmethod
    def order(self) -> int:
        """The number of elements."""

    @property
    @abstractmethod
    def letters(self) -> tuple[int, ...]:
        """The numbers of the generators; none where the identity is the only element."""

    @abstractmethod
    def multiply(
        self, g: Int[Tensor, "*#batch"], h: Int[Tensor, "*#batch"]
    ) -> Int[Tensor, "*batch"]:
        """The number of the product ``g h``."""

    @abstractmethod
    def inverse(self, g: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
        """The number of the inverse of ``g``."""

    @property
    def space(self) -> Space:
        """Whole numbers."""
        return space((), Kind.INTEGER)

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Int[Tensor, "*batch"]:
        """Zero; the elements are integers, whatever ``dtype``."""
        return torch.zeros(batch, dtype=torch.int64, device=device)

    def contains(
        self, g: Int[Tensor, "*batch"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether there is an element of that number."""
        self.space.measure(g)
        return (g >= 0) & (g < self.order)

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Int[Tensor, ""]]:
        """All elements would be one each; the identity and the generators stand for them."""
        return [torch.tensor(g, device=device) for g in (0, *self.letters)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Int[Tensor, ""]]:
        """The letters; the identity where there are none."""
        return [torch.tensor(g, device=device) for g in self.letters or (0,)]

    def haar(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Int[Tensor, "*batch"]:
        """Draw uniformly."""
        return integers(self.order, *batch, generator=generator)

    def elements(self, *, device: Device = None) -> Int[Tensor, "element"]:
        """All numbers, in their order."""
        return torch.arange(self.order, device=device)
