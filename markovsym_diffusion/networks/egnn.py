"""The E(n)-equivariant graph network of EDM."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.kernels import Centred, Full
from markovsym_diffusion.networks.messages import MessageLayer, PairLayers, others, with_time

REACH = 15.0
"""No pair of atoms moves each other further than this, in model units, in one block."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EGNNSize:
    """Size of an EGNN."""

    width: int = 256
    """Channels of each atom."""
    layers: int = 9
    """Number of blocks."""


@final
class EGNNBlock(nn.Module):
    """Messages among the atoms, then a step of each atom along the lines to the others.

    Source:
        Satorras et al. (2021), equations 3 to 6, in the form of Hoogeboom et al. (2022).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.messages = MessageLayer(width, attributes=2)
        self.pairs = PairLayers(width, attributes=2)
        self.force = nn.Linear(width, 1, bias=False)
        nn.init.xavier_uniform_(self.force.weight, gain=0.001)

    def forward(
        self,
        x: Float[Tensor, "molecule atom 3"],
        h: Float[Tensor, "molecule atom width"],
        first: Float[Tensor, "molecule atom atom"],
        senders: Bool[Tensor, "molecule atom atom"],
    ) -> tuple[Float[Tensor, "molecule atom 3"], Float[Tensor, "molecule atom width"]]:
        """The next positions and states; ``first`` holds the squared distances at the input."""
        apart, square = differences(x)
        known = torch.stack([square, first], dim=-1)
        h = self.messages(h, known, senders)
        force = REACH * self.force(self.pairs(h, known)).tanh() * senders.unsqueeze(-1)
        # 1e-8 keeps the gradient of the root finite where two atoms coincide
        length = (square + 1e-8).sqrt().unsqueeze(-1)
        return x + (apart / (length + 1) * force).sum(2), h


@final
class EGNN(nn.Module):
    """The noise in a molecule [x, h], equivariant under O(3) and permutations; shifts do not show.

    The published network sets all of its noise in ``x`` to zero where it holds a NaN. Here a NaN
    stays, for the training loop to see.

    Args:
        size: Width and number of blocks.
        channels: Feature channels of an atom, without the time.

    Source:
        Hoogeboom et al. (2022), with the settings of the released code: a step reaches as far in
        every block, and sums are not divided.
    """

    def __init__(self, size: EGNNSize, channels: int) -> None:
        super().__init__()
        self.embed = nn.Linear(channels + 1, size.width)
        self.blocks = nn.ModuleList(EGNNBlock(size.width) for _ in range(size.layers))
        self.outward = nn.Linear(size.width, channels + 1)

    def forward(
        self,
        x: Float[Tensor, "molecule atom 3"],
        h: Float[Tensor, "molecule atom channel"],
        t: Float[Tensor, "molecule"],
        mask: Bool[Tensor, "molecule atom"],
    ) -> tuple[Float[Tensor, "molecule atom 3"], Float[Tensor, "molecule atom channel"]]:
        """The noise in ``x``, with its centre of mass at zero, and the noise in ``h``.

        Args:
            x: Noisy positions, in model units; they need not be centred.
            h: Noisy features, in model units.
            t: Times between 0 and 1.
            mask: True where an atom exists; nothing else is looked at.
        """
        real, senders = Full(mask), others(mask)
        start = x = real.project(x)
        _, first = differences(start)
        h = self.embed(with_time(real.project(h), t))
        for block in self.blocks:
            x, h = block(x, h, first, senders)
        return Centred(mask).project(x - start), real.project(self.outward(h)[..., :-1])


def differences(
    x: Float[Tensor, "molecule atom 3"],
) -> tuple[Float[Tensor, "molecule atom atom 3"], Float[Tensor, "molecule atom atom"]]:
    """x_i - x_j for each pair of atoms, and the square of its length."""
    apart = x.unsqueeze(2) - x.unsqueeze(1)
    return apart, apart.square().sum(-1)
