"""Small models and noisy molecules for the tests of the diffusion package."""

import torch

from markovsym_diffusion.denoisers import Backbone, Denoiser, FrameSize, SymDiff
from markovsym_diffusion.networks import TransformerSize
from markovsym_diffusion.processes import State

CHANNELS = 6
"""Feature channels of an atom of QM9."""
BACKBONE = Backbone(
    transformer=TransformerSize(width=32, depth=2, heads=2), radial=16, basis=8, pair_bias=True
)
FRAME = FrameSize(transformer=TransformerSize(width=16, depth=1, heads=2), hidden=8)
SMALL = SymDiff(backbone=BACKBONE, frame=FRAME)


def perturbed(model: Denoiser, seed: int = 0, scale: float = 0.3) -> Denoiser:
    """The model with noise on every weight: fresh ones predict nothing, and hide every fault."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=scale)
    return model


def random_state(sizes: list[int], generator: torch.Generator, channels: int = CHANNELS) -> State:
    """Noisy molecules of the given sizes."""
    mask = torch.arange(max(sizes)) < torch.tensor(sizes).unsqueeze(-1)
    real = mask.unsqueeze(-1)
    x = torch.randn(*mask.shape, 3, generator=generator) * real
    x = (x - x.sum(1, keepdim=True) / real.sum(1, keepdim=True)) * real
    return State(x, torch.randn(*mask.shape, channels, generator=generator) * real, mask)
