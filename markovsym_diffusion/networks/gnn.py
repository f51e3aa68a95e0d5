"""The graph network of GDM, which respects the order of the atoms only."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.kernels import Centred, Full
from markovsym_diffusion.networks.messages import MessageLayer, others, with_time


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GNNSize:
    """Size of a GNN."""

    width: int = 256
    """Channels of each atom."""
    layers: int = 9
    """Number of message layers."""


@final
class GNN(nn.Module):
    """The noise in a molecule [x, h], by the message layers of EGNN on [x, h, t].

    In the published network each atom hears itself, and places without an atom too, so that its
    output depends on the padding. Here, as in EGNN, it hears all other atoms and nothing else.

    Args:
        size: Width and number of layers.
        channels: Feature channels of an atom, without the time.

    Source:
        Hoogeboom et al. (2022): GDM, the baseline without equivariance.
    """

    def __init__(self, size: GNNSize, channels: int) -> None:
        super().__init__()
        self.embed = nn.Linear(3 + channels + 1, size.width)
        self.layers = nn.ModuleList(
            MessageLayer(size.width, attributes=0) for _ in range(size.layers)
        )
        self.outward = nn.Linear(size.width, 3 + channels + 1)

    def forward(
        self,
        x: Float[Tensor, "molecule atom 3"],
        h: Float[Tensor, "molecule atom channel"],
        t: Float[Tensor, "molecule"],
        mask: Bool[Tensor, "molecule atom"],
    ) -> tuple[Float[Tensor, "molecule atom 3"], Float[Tensor, "molecule atom channel"]]:
        """The noise in ``x``, with its centre of mass at zero, and the noise in ``h``.

        Args:
            x: Noisy positions, in model units.
            h: Noisy features, in model units.
            t: Times between 0 and 1.
            mask: True where an atom exists; nothing else is looked at.
        """
        real, senders = Full(mask), others(mask)
        z = self.embed(with_time(real.project(torch.cat([x, h], dim=-1)), t))
        for layer in self.layers:
            z = layer(z, None, senders)
        eps = self.outward(z)
        return Centred(mask).project(eps[..., :3]), real.project(eps[..., 3:-1])
