"""What goes into a transformer over atoms: time, distances, and attention bias from distances."""

import math
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

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


@final
class GaussianBasis(nn.Module):
    """Gaussian functions of every distance, with learned centres and widths, in model units.

    Args:
        count: How many.
        reach: At first they stand evenly from 0 to this, each as wide as they are apart; without
            it, centres and widths start at random, as published, and far wider than a bond is long.

    Source:
        SymDiff (Zhang et al., 2025), appendix B.1. Distances come from explicit differences: the
        expansion of the square loses digits and would make the output depend on the padding.
    """

    def __init__(self, count: int, reach: float | None = None) -> None:
        super().__init__()
        centres, widths = torch.rand(count) * 3, torch.rand(count) * 3
        if reach is not None:
            centres = torch.linspace(0, reach, count)
            widths = torch.full((count,), reach / count)
        self.centres = nn.Parameter(centres)
        self.widths = nn.Parameter(widths)

    def forward(
        self, x: Float[Tensor, "molecule atom 3"], mask: Bool[Tensor, "molecule atom"]
    ) -> Float[Tensor, "molecule atom atom basis"]:
        """One row for each pair of real atoms, an atom with itself included; zero elsewhere."""
        width = self.widths.abs() + 0.01
        rate = math.sqrt(0.5) / width
        d = (x.unsqueeze(2) - x.unsqueeze(1)).square().sum(-1).sqrt().detach()
        d = d.masked_fill(~(mask.unsqueeze(1) & mask.unsqueeze(2)), NOWHERE)
        log_height = -torch.log(math.sqrt(2 * math.pi) * width)
        # the sums and products of (molecule, atom, atom, basis) are what costs: two, then exp
        u = torch.addcmul(-self.centres * rate, d.unsqueeze(-1), rate)
        return torch.addcmul(log_height, u, u, value=-1).exp()


@final
class RadialEmbedding(nn.Module):
    """What each atom, and each pair, sees of the distances; invariant under O(3).

    The mean runs over the atoms that exist, so that padding does not show and the bias enters once.

    Source:
        SymDiff (Zhang et al., 2025), appendix B.1: psi, which both networks share.
    """

    def __init__(self, basis: int, width: int, reach: float | None = None) -> None:
        super().__init__()
        self.basis = GaussianBasis(basis, reach)
        self.project = nn.Linear(basis, width)
        nn.init.xavier_uniform_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(
        self, x: Float[Tensor, "molecule atom 3"], mask: Bool[Tensor, "molecule atom"]
    ) -> tuple[Float[Tensor, "molecule atom width"], Float[Tensor, "molecule atom atom basis"]]:
        """Embeddings of the atoms, zero where there is none, and the basis of the pairs."""
        pairs = self.basis(x, mask)
        count = mask.sum(-1)[:, None, None].clamp(min=1)
        return self.project(pairs.sum(2) / count) * mask.unsqueeze(-1), pairs


@final
class LeakyRadialEmbedding(nn.Module):
    """The embedding of the released code, whose bias counts the width of the padding.

    Source:
        The released code of SymDiff: every pair is projected before the mean is taken, those
        without an atom too; the mean divides by the atoms that exist.
    """

    def __init__(self, basis: int, width: int, reach: float | None = None) -> None:
        super().__init__()
        self.embedding = RadialEmbedding(basis, width, reach)

    def forward(
        self, x: Float[Tensor, "molecule atom 3"], mask: Bool[Tensor, "molecule atom"]
    ) -> tuple[Float[Tensor, "molecule atom width"], Float[Tensor, "molecule atom atom basis"]]:
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
