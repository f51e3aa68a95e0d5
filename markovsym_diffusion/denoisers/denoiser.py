"""Denoisers: kernels from noisy molecules to what is believed of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.kernels import Kernel
from markovsym_diffusion.networks import RadialEmbedding
from markovsym_diffusion.networks.embeddings import LeakyRadialEmbedding
from markovsym_diffusion.processes import State


@final
class Denoiser(nn.Module):
    """A kernel from noisy molecules, times and masks to the noise, or the velocity, in them.

    Args:
        kernel: From ``molecule @ context`` to ``molecule``; a draw of it is one prediction.
        parts: The kernels it is made of, by the names that ``--init`` and ``--freeze`` know.
        augmented: Stands in for ``kernel`` while the denoiser is in training mode.
    """

    def __init__(
        self, kernel: Kernel, parts: Mapping[str, Kernel], augmented: Kernel | None = None
    ) -> None:
        super().__init__()
        self.kernel = kernel
        # both share their weights with the kernel, and must not be registered a second time
        self.parts = dict(parts)
        self._augmented = (augmented or kernel,)

    def forward(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """What is believed of ``z`` at times ``t``, between 0 for data and 1 for noise."""
        (augmented,) = self._augmented
        kernel = augmented if self.training else self.kernel
        x, h = kernel.sample((z.x, z.h, t, z.mask), generator=generator)
        return State(x, h, z.mask)


class Model(ABC):
    """What a recipe says of a model: enough to build one."""

    @abstractmethod
    def build(self, channels: int) -> Denoiser:
        """A denoiser whose weights come from torch's own generator."""

    @final
    def denoiser(self, channels: int, *, seed: int = 0) -> Denoiser:
        """A denoiser with fresh weights.

        Args:
            channels: Feature channels of an atom.
            seed: What the weights depend on.
        """
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)  # torch's layers draw their weights from it
            return self.build(channels)


@final
class WithDistances(nn.Module):
    """[x, h] with its time and mask -> the same, and what is known of the distances.

    The map is equivariant, and sym is natural in such maps (Cornish, 2024): symmetrising what
    follows is symmetrising the whole, and one embedding serves both eps and gamma.
    """

    def __init__(self, radial: RadialEmbedding | LeakyRadialEmbedding) -> None:
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
