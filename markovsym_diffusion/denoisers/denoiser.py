"""Denoisers: what predicts the noise in a molecule."""

from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.kernels import Kernel
from markovsym_diffusion.networks import RadialEmbedding
from markovsym_diffusion.processes import State


@runtime_checkable
class PredictsNoise(Protocol):
    """The one thing that training and sampling need of a model."""

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The noise in ``z`` at times ``t`` between 0 and 1."""
        ...


@final
class Denoiser(nn.Module):
    """A kernel from noisy molecules, times and masks to the noise in them.

    Args:
        kernel: From ``molecule @ context`` to ``molecule``; a draw of it is one prediction.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self.kernel = kernel

    def forward(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """Predict the noise in ``z`` at times ``t``, between 0 for data and 1 for noise."""
        x, h = self.kernel.sample((z.x, z.h, t, z.mask), generator=generator)
        return State(x, h, z.mask)


@final
class WithDistances(nn.Module):
    """[x, h] with its time and mask -> the same, and what is known of the distances.

    The map is equivariant, and sym is natural in such maps (Cornish, 2024): symmetrising what
    follows is symmetrising the whole, and one embedding serves both eps and gamma.
    """

    def __init__(self, radial: RadialEmbedding) -> None:
        super().__init__()
        self.radial = radial

    def forward(
        self,
        x: Float[Tensor, "molecule atom 3"],
        h: Float[Tensor, "molecule atom channel"],
        t: Float[Tensor, "molecule"],
        mask: Bool[Tensor, "molecule atom"],
    ) -> tuple[Tensor, ...]:
        """All of it, side by side; what stands where there is no atom is put to zero first."""
        gap = ~mask.unsqueeze(-1)
        x, h = x.masked_fill(gap, 0.0), h.masked_fill(gap, 0.0)
        return (x, h, t, mask, *self.radial(x, mask))
