"""The symmetric group S(n), without a table."""

from dataclasses import dataclass
from itertools import permutations
from typing import final

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from markovsym.groups.group import CompactGroup, Device, not_finite
from markovsym.randomness import Source, uniform
from markovsym.spaces import Kind, Space, space

LISTED = 8
"""Groups of permutations of more places are too large to be listed."""


@final
@dataclass(frozen=True)
class SymmetricGroup(CompactGroup):
    """The permutations of n places; ``g[i]`` is where place ``i`` goes.

    Args:
        n: The number of places, or the name of a size that each batch brings along.
    """

    n: int | str

    def __post_init__(self) -> None:
        if isinstance(self.n, int) and self.n < 1:
            raise ValueError(f"S(n) needs n >= 1, got n = {self.n}")

    def __str__(self) -> str:
        return f"S({self.n})"

    @property
    def space(self) -> Space:
        """Rows of n places."""
        return space((self.n,), Kind.INTEGER)

    @property
    def places(self) -> int:
        """The number of places. Raises ``TypeError`` where only its name is known."""
        if isinstance(self.n, str):
            raise TypeError(f"S({self.n}) has elements once {self.n} is a number, as in S(5)")
        return self.n

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Int[Tensor, "*batch n"]:
        """Every place stays; the elements are integers, whatever ``dtype``."""
        return torch.arange(self.places, device=device).expand(*batch, self.places)

    def multiply(
        self, g: Int[Tensor, "*#batch n"], h: Int[Tensor, "*#batch n"]
    ) -> Int[Tensor, "*batch n"]:
        """First ``h``, then ``g``."""
        g, h = torch.broadcast_tensors(g, h)
        return g.gather(-1, h)

    def inverse(self, g: Int[Tensor, "*batch n"]) -> Int[Tensor, "*batch n"]:
        """Back to where each place came from."""
        return g.argsort(-1)

    def contains(
        self, g: Int[Tensor, "*batch n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether every place is hit once."""
        self.space.measure(g)
        return (g.sort(-1).values == torch.arange(g.shape[-1], device=g.device)).all(-1)

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Int[Tensor, "n"]]:
        """All elements would be one each; the identity and a transposition stand for them."""
        return [self.identity(device=device), self.generators(device=device)[0]]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Int[Tensor, "n"]]:
        """The exchange of the first two places, and the cycle through all."""
        swap = self.identity(device=device).clone()
        swap[:2] = swap[:2].flip(0)
        return [swap, self.identity(device=device).roll(1)]

    def haar(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Int[Tensor, "*batch n"]:
        """Draw uniformly; the order of independent uniform numbers has no ties to speak of."""
        draws = uniform(*batch, self.places, generator=generator, dtype=torch.float64)
        return draws.argsort(-1)

    def elements(self, *, device: Device = None) -> Int[Tensor, "element n"]:
        """All permutations in lexical order, the identity first."""
        if self.places > LISTED:
            raise not_finite(self)
        return torch.tensor(list(permutations(range(self.places))), device=device)
