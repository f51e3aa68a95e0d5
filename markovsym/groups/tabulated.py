"""The cosets of a finite group, numbered."""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym.groups.homomorphism import Homomorphism
from markovsym.groups.writing import Writing
from markovsym.spaces import Kind, Space, space


@final
@dataclass(frozen=True)
class Tabulated(Writing):
    """The cosets of H -> G for a finite group G of numbers, each by the order of its least element.

    Args:
        phi: The homomorphism; H is finite too.
    """

    phi: Homomorphism

    @property
    def space(self) -> Space:
        """Numbers."""
        return space((), Kind.INTEGER)

    def project(self, g: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
        """The number of the coset."""
        return _tables(self.phi, g.device)[0][g]

    def section(self, coset: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
        """The least element of the coset."""
        return _tables(self.phi, coset.device)[1][coset]

    def act(
        self, g: Int[Tensor, "*#batch"], coset: Int[Tensor, "*#batch"]
    ) -> Int[Tensor, "*batch"]:
        """The coset of ``g`` times an element."""
        return self.project(self.phi.cod.multiply(g, self.section(coset)))


@lru_cache(maxsize=64)
def _tables(phi: Homomorphism, device: torch.device) -> tuple[Tensor, Tensor]:
    """The number of the coset of each element, and the least element of each coset."""
    G = phi.cod.elements(device=device)
    image = phi(phi.dom.elements(device=device)).reshape(-1)
    least = phi.cod.multiply(G.unsqueeze(-1), image).amin(-1)
    representatives, number = least.unique(return_inverse=True)
    return number, representatives
