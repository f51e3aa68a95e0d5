"""Messages between the atoms of a molecule: what EGNN and GNN share."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional


@final
class PairLayers(nn.Module):
    """Linear-SiLU-Linear-SiLU of [h_i, h_j, attributes] for each pair of atoms.

    Args:
        width: Channels of an atom, and of what comes out.
        attributes: Numbers known of a pair.
    """

    def __init__(self, width: int, attributes: int) -> None:
        super().__init__()
        self.inward = nn.Linear(2 * width + attributes, width)
        self.outward = nn.Linear(width, width)

    def forward(
        self,
        h: Float[Tensor, "molecule atom width"],
        known: Float[Tensor, "molecule atom atom attribute"] | None,
    ) -> Float[Tensor, "molecule atom atom width"]:
        """One row for each pair; nothing is known of a pair where it has no attributes."""
        width = h.shape[-1]
        # a linear map of [h_i, h_j, attributes] is a sum: the atoms are mapped before they are
        # paired, and the widest of all tensors is never built
        weight = self.inward.weight
        here = functional.linear(h, weight[:, :width], self.inward.bias)
        there = functional.linear(h, weight[:, width : 2 * width])
        pairs = here.unsqueeze(2) + there.unsqueeze(1)
        if known is not None:
            pairs = pairs + functional.linear(known, weight[:, 2 * width :])
        return functional.silu(self.outward(functional.silu(pairs)))


@final
class MessageLayer(nn.Module):
    """h_i + MLP([h_i, sum_j e_ij m_ij]), where every message m_ij has a gate e_ij in (0, 1).

    Source:
        Satorras et al. (2021), equations 3, 5 and 6, with the gate of section 3.3; the residual is
        that of Hoogeboom et al. (2022).
    """

    def __init__(self, width: int, attributes: int) -> None:
        super().__init__()
        self.pairs = PairLayers(width, attributes)
        self.gate = nn.Linear(width, 1)
        self.update = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width))

    def forward(
        self,
        h: Float[Tensor, "molecule atom width"],
        known: Float[Tensor, "molecule atom atom attribute"] | None,
        senders: Bool[Tensor, "molecule atom atom"],
    ) -> Float[Tensor, "molecule atom width"]:
        """The next state of the atoms; atom i hears atom j where ``senders[:, i, j]``."""
        messages = self.pairs(h, known)
        gates = self.gate(messages).sigmoid() * senders.unsqueeze(-1)
        return h + self.update(torch.cat([h, (gates * messages).sum(2)], dim=-1))


def others(mask: Bool[Tensor, "molecule atom"]) -> Bool[Tensor, "molecule atom atom"]:
    """Pairs of two different atoms that exist."""
    itself = torch.eye(mask.shape[-1], dtype=torch.bool, device=mask.device)
    return mask.unsqueeze(1) & mask.unsqueeze(2) & ~itself


def with_time(
    h: Float[Tensor, "molecule atom channel"], t: Float[Tensor, "molecule"]
) -> Float[Tensor, "molecule atom channel_and_one"]:
    """The features of each atom, then the time."""
    return torch.cat([h, t[:, None, None].expand(*h.shape[:2], 1)], dim=-1)
