"""What goes into a transformer over atoms: time, distances, and attention bias from distances."""

import math
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym_diffusion.networks.gaussians import GaussianBasis

NOWHERE = 1e4
"""A distance at which every Gaussian function is exactly zero, and so is its gradient."""


@final
class TimeEmbedding(nn.Module):
    """Sinusoids of the time, then two layers.

    Args:
        width: Width of the embedding.
        scale: The time, from 0 to 1, is multiplied by this. At 1, as published, the fastest of the
            frequencies turns by one radian over the whole process.

    Source:
        Peebles & Xie (2023), in the form of SymDiff (Zhang et al., 2025).
    """

    def __init__(self, width: int, *, scale: float = 1.0, frequencies: int = 128) -> None:
        super().__init__()
        rates = scale * torch.exp(-math.log(10_000) * torch.arange(frequencies) / frequencies)
        self.register_buffer("rates", rates, persistent=False)
        inward, outward = nn.Linear(2 * frequencies, width), nn.Linear(width, width)
        for layer in (inward, outward):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
        self.layers = nn.Sequential(inward, nn.SiLU(), outward)

    def forward(self, t: Float[Tensor, "molecule"]) -> Float[Tensor, "molecule width"]:
        """Embed times between 0 and 1."""
        angles = t[:, None] * self.get_buffer("rates")
        return self.layers(torch.cat([angles.cos(), angles.sin()], dim=-1))


def distances(x: Float[Tensor, "molecule atom 3"]) -> Float[Tensor, "molecule atom atom"]:
    """Distances of all pairs; where two points are one, no gradient flows: it has no direction.

    They come from explicit differences: the expansion of the square loses digits and would make
    what follows depend on the padding.
    """
    square = (x.unsqueeze(2) - x.unsqueeze(1)).square().sum(-1)
    apart = square > 0
    return torch.where(apart, square, 1.0).sqrt() * apart


@final
class RadialEmbedding(nn.Module):
    """What each atom, and each pair, sees of the distances; invariant under O(3).

    The mean runs over the atoms that exist, so that padding does not show and the bias enters once.
    It is taken before the projection, which is linear.

    Args:
        basis: Number of Gaussian functions of a distance.
        width: Width of the embedding of an atom.
        reach: As ``GaussianBasis`` takes it.
        pairs: Whether anything looks at the pairs. Else their functions are never all there at
            once, unless the positions need a gradient.

    Source:
        SymDiff (Zhang et al., 2025), appendix B.1: psi, which both networks share.
    """

    def __init__(
        self, basis: int, width: int, reach: float | None = None, *, pairs: bool = False
    ) -> None:
        super().__init__()
        self.basis = GaussianBasis(basis, reach)
        self.project = nn.Linear(basis, width)
        self.pairs = pairs
        nn.init.xavier_uniform_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(
        self, x: Float[Tensor, "molecule atom 3"], mask: Bool[Tensor, "molecule atom"]
    ) -> tuple[Float[Tensor, "molecule atom width"], Float[Tensor, "molecule atom atom seen"]]:
        """Embeddings of the atoms, zero where there is none, and functions of the pairs, or none.

        Functions of the pairs are zero too where there is no atom.
        """
        d = distances(x).masked_fill(~(mask.unsqueeze(1) & mask.unsqueeze(2)), NOWHERE)
        if self.pairs or d.requires_grad:
            pairs = self.basis(d)
            total = pairs.sum(2)
        else:
            pairs, total = d.unsqueeze(-1), self.basis.summed(d)
        count = mask.sum(-1)[:, None, None].clamp(min=1)
        seen = pairs if self.pairs else pairs[..., :0]
        return self.project(total / count) * mask.unsqueeze(-1), seen


@final
class LeakyRadialEmbedding(nn.Module):
    """The embedding of the released code, whose bias counts the width of the padding.

    Source:
        The released code of SymDiff: every pair is projected before the mean is taken, those
        without an atom too; the mean divides by the atoms that exist.
    """

    def __init__(
        self, basis: int, width: int, reach: float | None = None, *, pairs: bool = False
    ) -> None:
        super().__init__()
        self.embedding = RadialEmbedding(basis, width, reach, pairs=pairs)

    def forward(
        self, x: Float[Tensor, "molecule atom 3"], mask: Bool[Tensor, "molecule atom"]
    ) -> tuple[Float[Tensor, "molecule atom width"], Float[Tensor, "molecule atom atom seen"]]:
        """As ``RadialEmbedding``, and the bias once more for every place without an atom."""
        atoms, pairs = self.embedding(x, mask)
        count = mask.sum(-1)[:, None, None].clamp(min=1)
        surplus = mask.shape[-1] / count - 1
        return atoms + surplus * self.embedding.project.bias * mask.unsqueeze(-1), pairs


@final
class PairBias(nn.Module):
    """Attention biases from the distances: a linear map of the basis to every head of every block.

    It starts at zero, so that at first the network is the one without.
    """

    def __init__(self, basis: int, depth: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(basis, depth * heads, bias=False)
        nn.init.zeros_(self.project.weight)

    def forward(
        self, pairs: Float[Tensor, "molecule atom atom basis"]
    ) -> tuple[Float[Tensor, "molecule head atom atom"], ...]:
        """One bias for each block."""
        return self.project(pairs).permute(0, 3, 1, 2).contiguous().split(self.heads, dim=1)
