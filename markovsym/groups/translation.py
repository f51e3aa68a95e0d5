"""The translations of n-dimensional space: vectors under addition."""

from dataclasses import dataclass
from math import sqrt
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.group import Device, NonCompactGroup
from markovsym.randomness import Source, normal
from markovsym.spaces import Space, space

SPREAD = 3.0
"""Standard deviation of each entry of a draw for tests."""


@final
@dataclass(frozen=True)
class TranslationGroup(NonCompactGroup):
    """The vectors of n numbers under addition. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"T(n) needs n >= 1, got n = {self.n}")

    def __str__(self) -> str:
        return f"T({self.n})"

    @property
    def space(self) -> Space:
        """Vectors."""
        return space((self.n,))

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Float[Tensor, "*batch n"]:
        """Zero."""
        return torch.zeros(*batch, self.n, dtype=dtype, device=device)

    def multiply(
        self, g: Float[Tensor, "*#batch n"], h: Float[Tensor, "*#batch n"]
    ) -> Float[Tensor, "*batch n"]:
        """The sum."""
        return g + h

    def inverse(self, g: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """The vector back."""
        return -g

    def contains(
        self, g: Float[Tensor, "*batch n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether all entries are finite, which is exact."""
        self.space.measure(g)
        return g.isfinite().all(-1)

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n"]]:
        """The identity: the group is connected."""
        return [self.identity(dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n"]]:
        """Along each axis 1 and minus the root of 2, whose sums are dense."""
        axes = torch.eye(self.n, dtype=dtype, device=device)
        return [*axes, *(-sqrt(2) * axes)]

    def random(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n"]:
        """Independent normal entries of standard deviation 3."""
        return SPREAD * normal(*batch, self.n, generator=generator, dtype=dtype)
