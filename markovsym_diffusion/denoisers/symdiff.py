"""SymDiff: eps symmetrised by a recursive gamma, or by the Haar measure alone."""

from dataclasses import dataclass
from typing import final

from markovsym.actions import coset_space
from markovsym.errors import CompositionError
from markovsym.kernels import Composite, Kernel, NoiseOutsourced
from markovsym.symmetrise import (
    SymmetrisedKernel,
    declare_equivariant,
    haar,
    recursive,
    sym,
)
from markovsym.symmetrise.declared import Known
from markovsym_diffusion.denoisers.denoiser import Denoiser, Model
from markovsym_diffusion.denoisers.spaces import FRAMES, PERMUTATIONS, MoleculeSpaces
from markovsym_diffusion.denoisers.transformer import Backbone, by_haar
from markovsym_diffusion.networks import FrameNetwork, TransformerSize


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSize:
    """Sizes of f, the network that draws a frame."""

    transformer: TransformerSize
    """The transformer."""
    hidden: int
    """Width of the layer between the pooled atoms and the frame."""

    def kernel(self, spaces: MoleculeSpaces) -> Known:
        """A fresh f on ``spaces``; the order of the atoms does not matter to it."""
        network = FrameNetwork(self.transformer, spaces.radial, self.hidden)
        f = NoiseOutsourced(network, spaces.noise, spaces.embedded, coset_space(FRAMES))
        return declare_equivariant(f, PERMUTATIONS)


@final
@dataclass(frozen=True, kw_only=True)
class SymDiff(Model):
    """``sym(eps, recursive(haar(O(3)), f))``, equivariant under S_N x O(3).

    Source:
        SymDiff (Zhang et al., 2025), equations 6 and 7, algorithms 1 to 4.
    """

    backbone: Backbone
    frame: FrameSize

    def build(self, channels: int) -> Denoiser:
        """The symmetrised transformer after the embedding of the distances, which both share."""
        backbone, spaces = self.backbone, self.backbone.spaces(channels)
        distances, eps = backbone.distances(channels), backbone.eps(channels)
        f = self.frame.kernel(spaces)
        symmetrised = sym(eps, recursive(haar(FRAMES, spaces.embedded), f))
        parts = {"distances": distances, "eps": eps, "frame": f}
        return Denoiser(distances >> symmetrised, parts)


@final
@dataclass(frozen=True, kw_only=True)
class SymDiffHaar(Model):
    """``sym(eps, haar(O(3)))``: SymDiff-H, with nothing to learn in gamma.

    Source:
        SymDiff (Zhang et al., 2025), section 4.1.
    """

    backbone: Backbone

    def build(self, channels: int) -> Denoiser:
        """The symmetrised transformer after the embedding of the distances."""
        eps, distances = self.backbone.eps(channels), self.backbone.distances(channels)
        return Denoiser(distances >> by_haar(eps), {"distances": distances, "eps": eps})


def unsymmetrised(denoiser: Denoiser) -> Kernel:
    """The same eps with the same weights, but without its symmetrisation: a control for tests.

    Raises:
        CompositionError: If the denoiser is no transformer after an embedding of the distances.
    """
    return part(denoiser, "distances") >> part(denoiser, "eps")


def symmetrised(denoiser: Denoiser) -> bool:
    """Whether eps is symmetrised, or has to be equivariant by itself."""
    match denoiser.kernel:
        case Composite(second=SymmetrisedKernel()):
            return True
        case _:
            return False


def part(denoiser: Denoiser, name: str) -> Kernel:
    """The part of that name. Raises ``CompositionError`` if the denoiser has none."""
    if name not in denoiser.parts:
        raise CompositionError(f"wanted a denoiser with a part {name}, got {list(denoiser.parts)}")
    return denoiser.parts[name]
