"""Denoisers: kernels from noisy molecules to what is believed of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from markovsym.errors import CompositionError
from markovsym.kernels import Kernel
from markovsym.symmetrise.equivariant import ends
from markovsym_diffusion.networks import RadialEmbedding
from markovsym_diffusion.networks.embeddings import LeakyRadialEmbedding
from markovsym_diffusion.processes import State

WITHOUT_BELIEF = 4
"""Factors of what a denoiser starts from, if it sees no belief: x, h, time and mask."""


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
        """What is believed of ``z`` at times ``t``, between 0 for data and 1 for noise.

        Raises:
            CompositionError: If ``z`` comes with a belief that the network does not look at.
        """
        (augmented,) = self._augmented
        kernel = augmented if self.training else self.kernel
        value = (z.x, z.h, t, z.mask, *self._belief(z))
        x, h = kernel.sample(value, generator=generator)
        return State(x, h, z.mask)

    def _belief(self, z: State) -> tuple[Tensor, ...]:
        """What was believed of ``z``: nothing, as zeros, at a first call."""
        Z, _ = ends(self.kernel)
        if len(Z.space.factors) == WITHOUT_BELIEF:
            if z.belief is None:
                return ()
            raise CompositionError(
                "wanted a self_conditioned backbone, got one that sees no belief"
            )
        if z.belief is None:
            return torch.zeros_like(z.x), torch.zeros_like(z.h)
        return z.belief.x, z.belief.h


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
    """[x, h], time, mask, any belief -> the same, and before the belief what distances say.

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
        *belief: Tensor,
    ) -> tuple[Tensor, ...]:
        """All of it, side by side; what stands where there is no atom is put to zero first."""
        gap = ~mask.unsqueeze(-1)
        x, h, *believed = (part.masked_fill(gap, 0.0) for part in (x, h, *belief))
        return (x, h, t, mask, *self.radial(x, mask), *believed)
