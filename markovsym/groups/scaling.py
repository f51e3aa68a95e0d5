"""The group of scalings: the positive real numbers under multiplication."""

from dataclasses import dataclass
from math import log
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.group import Device, NonCompactGroup
from markovsym.randomness import Source, uniform
from markovsym.spaces import Space, space


@final
@dataclass(frozen=True)
class Scalings(NonCompactGroup):
    """The positive real numbers under multiplication."""

    def __str__(self) -> str:
        return "R+"

    @property
    def space(self) -> Space:
        """Numbers."""
        return space(())

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Float[Tensor, "*batch"]:
        """One."""
        return torch.ones(batch, dtype=dtype, device=device)

    def multiply(
        self, g: Float[Tensor, "*#batch"], h: Float[Tensor, "*#batch"]
    ) -> Float[Tensor, "*batch"]:
        """The product."""
        return g * h

    def inverse(self, g: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """The reciprocal."""
        return g.reciprocal()

    def contains(
        self, g: Float[Tensor, "*batch"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether it is positive and finite, both of which are exact."""
        self.space.measure(g)
        return (g > 0) & g.isfinite()

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, ""]]:
        """The identity: the group is connected."""
        return [self.identity(dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, ""]]:
        """2 and 1/3: no power of 2 is one of 3, so their products are dense."""
        return [torch.tensor(g, dtype=dtype, device=device) for g in (2.0, 1 / 3)]

    def random(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch"]:
        """Log-uniform from 1/4 to 4."""
        return ((2 * uniform(*batch, generator=generator, dtype=dtype) - 1) * log(4)).exp()
