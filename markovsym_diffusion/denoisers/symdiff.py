"""SymDiff: eps symmetrised by a recursive gamma."""

from dataclasses import dataclass
from typing import final

import torch

from markovsym.actions import coset_space
from markovsym.errors import CompositionError
from markovsym.kernels import Composite, Deterministic, Kernel, NoiseOutsourced
from markovsym.symmetrise import SymmetrisedKernel, declare_equivariant, haar, recursive, sym
from markovsym_diffusion.denoisers.denoiser import Denoiser, WithDistances
from markovsym_diffusion.denoisers.spaces import FRAMES, PERMUTATIONS, MoleculeSpaces
from markovsym_diffusion.networks import (
    FrameNetwork,
    NoiseNetwork,
    PairBias,
    RadialEmbedding,
    TransformerSize,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SymDiffSize:
    """Sizes of the two networks of SymDiff and of the embedding they share."""

    channels: int
    """Feature channels of an atom."""
    noise: TransformerSize
    """The transformer of eps."""
    frame: TransformerSize
    """The transformer of f."""
    radial: int
    """Width of the embedding of the distances; the rest of the width of eps embeds the atom."""
    basis: int
    """Number of Gaussian functions of a distance."""
    frame_hidden: int
    """Width of the layer between the pooled atoms and the frame."""
    pair_bias: bool = False
    """Whether distances bias the attention of eps; not in the paper."""
    reach: float | None = None
    """Up to this distance, in model units, the functions start evenly spread; else as published."""


def symdiff(size: SymDiffSize, *, seed: int = 0) -> Denoiser:
    """``sym(eps, recursive(haar(O(3)), f))`` on molecules, equivariant under S_N x O(3).

    Args:
        size: Sizes of its parts.
        seed: What the fresh weights depend on.

    Source:
        SymDiff (Zhang et al., 2025), equations 6 and 7, algorithms 1 to 4.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch's layers draw their weights from it
        return _symdiff(size)


def _symdiff(size: SymDiffSize) -> Denoiser:
    spaces = MoleculeSpaces(channels=size.channels, radial=size.radial, basis=size.basis)
    Z, X = spaces.noisy, spaces.embedded
    bias = PairBias(size.basis, size.noise.depth, size.noise.heads) if size.pair_bias else None
    eps = Deterministic(
        NoiseNetwork(size.noise, size.channels, size.radial, bias), X, spaces.molecule
    )
    f = NoiseOutsourced(
        FrameNetwork(size.frame, size.radial, size.frame_hidden),
        spaces.noise,
        X,
        coset_space(FRAMES),
    )
    gamma = recursive(haar(FRAMES, X), declare_equivariant(f, PERMUTATIONS))
    symmetrised = sym(declare_equivariant(eps, PERMUTATIONS), gamma)
    radial = WithDistances(RadialEmbedding(size.basis, size.radial, size.reach))
    return Denoiser(Deterministic(radial, Z, X) >> symmetrised)


def unsymmetrised(denoiser: Denoiser) -> Kernel:
    """The same eps with the same weights, but without its symmetrisation: a control for tests.

    Raises:
        CompositionError: If the denoiser is none that ``symdiff`` made.
    """
    match denoiser.kernel:
        case Composite(first=first, second=SymmetrisedKernel(kernel=kernel)):
            return first >> kernel
        case other:
            raise CompositionError(f"wanted a denoiser made by symdiff, got {type(other).__name__}")
