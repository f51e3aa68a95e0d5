"""The direct product of two groups."""

from dataclasses import dataclass
from itertools import product
from typing import final

import torch
from torch import Tensor

from markovsym.errors import NotCompactError
from markovsym.groups.group import CompactGroup, Element, Group
from markovsym.spaces import Space


@final
@dataclass(frozen=True)
class DirectProduct(CompactGroup):
    """The pairs (g, h), multiplied side by side. Nest for more than two."""

    left: Group
    right: Group

    def __str__(self) -> str:
        return " x ".join(
            f"({factor})" if isinstance(factor, DirectProduct) else str(factor)
            for factor in (self.left, self.right)
        )

    @property
    def space(self) -> Space:
        """The product of both spaces."""
        return self.left.space @ self.right.space

    def identity(self, *batch: int, dtype: torch.dtype = torch.float32) -> Element:
        """Both identities."""
        return self.left.identity(*batch, dtype=dtype), self.right.identity(*batch, dtype=dtype)

    def multiply(self, g: Element, h: Element) -> Element:
        """The product in each factor."""
        return self.left.multiply(g[0], h[0]), self.right.multiply(g[1], h[1])

    def inverse(self, g: Element) -> Element:
        """The inverse in each factor."""
        return self.left.inverse(g[0]), self.right.inverse(g[1])

    def contains(self, g: Element, *, tolerance: float = 1e-4) -> Tensor:
        """Whether both entries are elements."""
        left = self.left.contains(g[0], tolerance=tolerance)
        return left & self.right.contains(g[1], tolerance=tolerance)

    def components(self, *, dtype: torch.dtype = torch.float32) -> list[Element]:
        """Every pair of components."""
        pairs = product(self.left.components(dtype=dtype), self.right.components(dtype=dtype))
        return list(pairs)

    def generators(self, *, dtype: torch.dtype = torch.float32) -> list[Element]:
        """The generators of each factor, beside the other's identity."""
        left = [(g, self.right.identity(dtype=dtype)) for g in self.left.generators(dtype=dtype)]
        right = [(self.left.identity(dtype=dtype), h) for h in self.right.generators(dtype=dtype)]
        return left + right

    def haar(
        self, *batch: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
    ) -> Element:
        """Draw from both Haar measures, independently.

        Raises:
            NotCompactError: If one of the factors has no Haar probability measure.
        """
        return tuple(
            require_compact(factor).haar(*batch, generator=generator, dtype=dtype)
            for factor in (self.left, self.right)
        )


def require_compact(group: Group) -> CompactGroup:
    """The group, if it has a Haar probability measure; ``NotCompactError`` otherwise."""
    if isinstance(group, DirectProduct):
        require_compact(group.left)
        require_compact(group.right)
    if not isinstance(group, CompactGroup):
        raise NotCompactError(f"{group} is not compact, so it has no Haar probability measure")
    return group
