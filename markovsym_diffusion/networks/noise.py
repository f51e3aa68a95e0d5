"""eps: the network that predicts the noise in a molecule."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.kernels import Centred
from markovsym_diffusion.networks.dit import (
    Transformer,
    TransformerSize,
    chunks,
    initialise,
    key_bias,
    modulated,
)
from markovsym_diffusion.networks.embeddings import PairBias


@final
class NoiseNetwork(nn.Module):
    """eps: the noise in a molecule [x, h], by a transformer that respects nothing but permutations.

    Source:
        SymDiff (Zhang et al., 2025), algorithm 3.
    """

    def __init__(
        self, size: TransformerSize, channels: int, radial: int,
        pair_bias: PairBias | None = None, *, self_conditioned: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        seen = 2 if self_conditioned else 1
        self.embed = nn.Linear(seen * (3 + channels), size.width - radial)
        self.transformer = Transformer(size)
        self.modulation = nn.Linear(size.width, 2 * size.width)
        self.outward = nn.Linear(size.width, 3 + channels)
        initialise(self)
        for last in (self.modulation, self.outward):
            nn.init.zeros_(last.weight)
        self.pair_bias = pair_bias  # it comes initialised, at zero

    def forward(
        self,
        x: Float[Tensor, "molecule atom 3"],
        h: Float[Tensor, "molecule atom channel"],
        t: Float[Tensor, "molecule"],
        mask: Bool[Tensor, "molecule atom"],
        radial: Float[Tensor, "molecule atom radial"],
        pairs: Float[Tensor, "molecule atom atom basis"],
        *belief: Float[Tensor, "molecule atom _"],
    ) -> tuple[Float[Tensor, "molecule atom 3"], Float[Tensor, "molecule atom channel"]]:
        """The noise in ``x``, with its centre of mass at zero, and the noise in ``h``."""
        tokens = torch.cat([self.embed(torch.cat([x, h, *belief], dim=-1)), radial], dim=-1)
        tokens, c = self.transformer(tokens, t, self._biases(mask, pairs))
        shift, scale = chunks(self.modulation(c), 2)
        eps = self.outward(modulated(tokens, shift, scale)) * mask.unsqueeze(-1)
        return Centred(mask).project(eps[..., :3]), eps[..., 3:]

    def _biases(self, mask: Tensor, pairs: Tensor) -> tuple[Tensor, ...]:
        hidden = key_bias(mask, pairs.dtype)
        if self.pair_bias is None:
            return (hidden,) * len(self.transformer.blocks)
        return tuple(bias + hidden for bias in self.pair_bias(pairs))
