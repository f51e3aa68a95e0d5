"""The diffusion transformer over atoms, with adaLN-Zero and SwiGLU."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from markovsym_diffusion.networks.embeddings import TimeEmbedding


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerSize:
    """Size of a transformer."""

    width: int
    """Channels of each atom."""
    depth: int
    """Number of blocks."""
    heads: int
    """Attention heads; they divide the width."""
    time_scale: float = 1.0
    """The time, from 0 to 1, is multiplied by this before it is embedded."""

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise ValueError(f"heads must divide width, got {self.heads} and {self.width}")


@final
class Attention(nn.Module):
    """Attention among the atoms of a molecule, with an additive bias."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.inward = nn.Linear(width, 3 * width)
        self.outward = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "molecule atom width"], bias: Float[Tensor, "molecule _ _ atom"]
    ) -> Float[Tensor, "molecule atom width"]:
        """Attend; a bias of minus infinity hides an atom from all."""
        parts = self.inward(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = _attended(parts, bias)
        return self.outward(mixed.transpose(1, 2).flatten(2))


def _attended(
    parts: Float[Tensor, "3 molecule head atom share"], bias: Float[Tensor, "molecule _ _ atom"]
) -> Float[Tensor, "molecule head atom share"]:
    attend = functional.scaled_dot_product_attention
    if parts.device.type != "cpu":
        return attend(*parts.unbind(0), attn_mask=bias)
    # in bfloat16 torch's backward pass is eight times slower there than in float32
    with torch.autocast("cpu", enabled=False):
        return attend(*parts.to(bias.dtype).unbind(0), attn_mask=bias)


@final
class SwiGLU(nn.Module):
    """A gated layer whose packed first map is four times as wide as its input.

    Source:
        Shazeer (2020). The second half of the first map starts as the constant 1.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inward = nn.Linear(width, 4 * width)
        self.outward = nn.Linear(2 * width, width)

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        """silu(a) * b for the two halves of the first map, then the second."""
        a, b = self.inward(x).chunk(2, dim=-1)
        return self.outward(functional.silu(a) * b)


@final
class Block(nn.Module):
    """One block: attention, then SwiGLU, each shifted, scaled and gated by the time (adaLN-Zero).

    Source:
        Peebles & Xie (2023), section 3.2.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.mlp = SwiGLU(width)
        self.modulation = nn.Linear(width, 6 * width)

    def forward(
        self,
        x: Float[Tensor, "molecule atom width"],
        c: Float[Tensor, "time width"],
        bias: Float[Tensor, "molecule _ _ atom"],
    ) -> Float[Tensor, "molecule atom width"]:
        """The next state of the atoms; ``c`` is the activated embedding of the times."""
        shift1, scale1, gate1, shift2, scale2, gate2 = chunks(self.modulation(c), 6)
        x = torch.addcmul(x, gate1, self.attention(modulated(x, shift1, scale1), bias))
        return torch.addcmul(x, gate2, self.mlp(modulated(x, shift2, scale2)))


@final
class Transformer(nn.Module):
    """The blocks and the embedding of the time."""

    def __init__(self, size: TransformerSize) -> None:
        super().__init__()
        self.time = TimeEmbedding(size.width, scale=size.time_scale)
        self.blocks = nn.ModuleList(Block(size.width, size.heads) for _ in range(size.depth))
        self.in_bfloat16 = False

    def forward(
        self,
        tokens: Float[Tensor, "molecule atom width"],
        t: Float[Tensor, "molecule"],
        biases: tuple[Float[Tensor, "molecule _ _ atom"], ...],
    ) -> tuple[Float[Tensor, "molecule atom width"], Float[Tensor, "time width"]]:
        """The last state of the atoms, and the activated embedding of each time.

        A time that all molecules share is embedded once: samplers hand it over expanded. With
        ``in_bfloat16`` set, the blocks multiply matrices in bfloat16, and nothing else changes.
        """
        shared = t.stride(0) == 0
        c = functional.silu(self.time(t[:1] if shared else t))
        half = torch.autocast(tokens.device.type, torch.bfloat16) if self.in_bfloat16 else None
        with half or nullcontext():
            for block, bias in zip(self.blocks, biases, strict=True):
                tokens = block(tokens, c, bias)
        return tokens.to(c.dtype), c


def modulated(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """A layer norm without parameters, then a scale and a shift."""
    return torch.addcmul(shift, functional.layer_norm(x, x.shape[-1:], eps=1e-6), 1 + scale)


def key_bias(mask: Bool[Tensor, "molecule atom"], dtype: torch.dtype) -> Tensor:
    """Zero where an atom exists and minus infinity where none does, seen by every head and atom."""
    bias = torch.zeros(mask.shape, dtype=dtype, device=mask.device)
    return bias.masked_fill(~mask, -torch.inf)[:, None, None, :]


def initialise(network: nn.Module) -> None:
    """Xavier-uniform weights, zero biases, blocks that start as the identity; not for the time."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Linear) and "time" not in name.split("."):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, SwiGLU):
            half = module.outward.in_features
            nn.init.normal_(module.inward.weight[half:], std=1e-6)
            nn.init.ones_(module.inward.bias[half:])
        elif isinstance(module, Block):
            nn.init.zeros_(module.modulation.weight)


def chunks(modulation: Float[Tensor, "time wide"], count: int) -> tuple[Tensor, ...]:
    """Cut into ``count`` equal parts, each to be shared by all atoms of that time."""
    return modulation.unsqueeze(1).chunk(count, dim=-1)
