"""f: the network that draws a frame for a molecule."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.groups import gram_schmidt
from markovsym_diffusion.networks.dit import Transformer, TransformerSize, initialise, key_bias


@final
class FrameNetwork(nn.Module):
    """f: an orthogonal matrix from positions and noise, whatever the order of the atoms.

    Source:
        SymDiff (Zhang et al., 2025), algorithm 4.
    """

    def __init__(self, size: TransformerSize, radial: int, hidden: int) -> None:
        super().__init__()
        self.embed = nn.Linear(3 + 3 + radial, size.width)
        self.transformer = Transformer(size)
        # published, and never used there either; kept so that sizes and checkpoints agree
        self.surplus = nn.Linear(size.width, 2 * size.width).requires_grad_(requires_grad=False)
        self.decode = nn.Sequential(nn.Linear(size.width, hidden), nn.GELU(), nn.Linear(hidden, 9))
        self.register_buffer("degenerate", torch.zeros((), dtype=torch.int64), persistent=False)
        initialise(self)

    def forward(
        self,
        x: Float[Tensor, "molecule atom 3"],
        h: Float[Tensor, "molecule atom channel"],
        t: Float[Tensor, "molecule"],
        mask: Bool[Tensor, "molecule atom"],
        radial: Float[Tensor, "molecule atom radial"],
        pairs: Float[Tensor, "molecule atom atom basis"],
        *rest: Float[Tensor, "molecule atom _"],
    ) -> Float[Tensor, "molecule 3 3"]:
        """The frame, from x and eta, which comes last; all else is not looked at, as published.

        Where no frame can be read off the output it is the identity, and ``degenerate`` counts it.
        """
        *_, eta = rest
        real = mask.unsqueeze(-1)
        tokens = self.embed(torch.cat([x, eta * real, radial], dim=-1))
        biases = (key_bias(mask, x.dtype),) * len(self.transformer.blocks)
        tokens, _ = self.transformer(tokens, t, biases)
        pooled = (tokens * real).sum(1) / mask.sum(-1, keepdim=True).clamp(min=1)
        frame, degenerate = gram_schmidt(self.decode(pooled).unflatten(-1, (3, 3)))
        self.get_buffer("degenerate").add_(degenerate.sum())
        return frame
