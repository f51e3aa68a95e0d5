"""DiT: the transformer that SymDiff symmetrises, by itself or on turned molecules."""

from dataclasses import dataclass
from typing import final

from markovsym.kernels import Deterministic, Kernel
from markovsym.symmetrise import EquivariantKernel, declare_equivariant, haar, sym
from markovsym.symmetrise.declared import Known
from markovsym.symmetrise.equivariant import ends
from markovsym_diffusion.denoisers.denoiser import Denoiser, Model, WithDistances
from markovsym_diffusion.denoisers.spaces import FRAMES, PERMUTATIONS, MoleculeSpaces
from markovsym_diffusion.networks import (
    NoiseNetwork,
    PairBias,
    RadialEmbedding,
    TransformerSize,
)


@final
@dataclass(frozen=True, kw_only=True)
class Backbone:
    """Sizes of the transformer eps and of the embedding of the distances before it."""

    transformer: TransformerSize
    """The transformer."""
    radial: int
    """Width of the embedding of the distances; the rest of the width embeds the atom."""
    basis: int
    """Number of Gaussian functions of a distance."""
    pair_bias: bool = False
    """Whether distances bias the attention; not in the paper."""
    reach: float | None = None
    """Up to this distance, in model units, the functions start evenly spread; else as published."""
    self_conditioned: bool = False
    """Whether eps sees what it believed of the molecule before; not in the paper."""

    def spaces(self, channels: int) -> MoleculeSpaces:
        """The spaces that eps works between, for so many feature channels of an atom."""
        seen = self.basis if self.pair_bias else 0
        return MoleculeSpaces(channels, self.radial, seen, self.self_conditioned)

    def distances(self, channels: int) -> Kernel:
        """A fresh embedding of the distances."""
        spaces = self.spaces(channels)
        radial = RadialEmbedding(self.basis, self.radial, self.reach, pairs=self.pair_bias)
        return Deterministic(WithDistances(radial), spaces.noisy, spaces.embedded)

    def eps(self, channels: int) -> Known:
        """A fresh transformer, which respects the order of the atoms and nothing else."""
        size, spaces = self.transformer, self.spaces(channels)
        bias = PairBias(self.basis, size.depth, size.heads) if self.pair_bias else None
        network = NoiseNetwork(
            size, channels, self.radial, bias, self_conditioned=self.self_conditioned
        )
        kernel = Deterministic(network, spaces.embedded, spaces.molecule)
        return declare_equivariant(kernel, PERMUTATIONS)


@final
@dataclass(frozen=True, kw_only=True)
class DiT(Model):
    """eps as it is; or ``sym(eps, haar(O(3)))`` to train and eps to sample (DiT-Aug).

    Source:
        SymDiff (Zhang et al., 2025), section 4.1; its proposition 2 for the augmentation.
    """

    backbone: Backbone
    augmented: bool = False
    """Whether molecules are turned and reflected at random while it trains."""

    def build(self, channels: int) -> Denoiser:
        """The transformer after the embedding of the distances."""
        eps, distances = self.backbone.eps(channels), self.backbone.distances(channels)
        turned = by_haar(eps) if self.augmented else eps
        parts = {"distances": distances, "eps": eps}
        return Denoiser(distances >> eps, parts, augmented=distances >> turned)


def by_haar(eps: Known) -> EquivariantKernel:
    """``sym(eps, haar(O(3)))``."""
    X, _ = ends(eps)
    return sym(eps, haar(FRAMES, X))
