"""Typed Markov kernels over torch tensors."""

from markovsym.kernels.density import DensityKernel
from markovsym.kernels.finite import Atoms, FiniteKernel
from markovsym.kernels.gaussian import Centred, Full, Gaussian, Normal
from markovsym.kernels.kernel import (
    Composite,
    Kernel,
    Parallel,
    Randomness,
    Signature,
    type_of,
)
from markovsym.kernels.noise import NoiseOutsourced
from markovsym.kernels.structure import Copy, Deterministic, Discard, Identity, Swap

__all__ = [
    "Atoms",
    "Centred",
    "Composite",
    "Copy",
    "DensityKernel",
    "Deterministic",
    "Discard",
    "FiniteKernel",
    "Full",
    "Gaussian",
    "Identity",
    "Kernel",
    "NoiseOutsourced",
    "Normal",
    "Parallel",
    "Randomness",
    "Signature",
    "Swap",
    "type_of",
]
