"""Symmetrisation procedures: the only place where a group element meets a network."""

from markovsym.symmetrise import gammas
from markovsym.symmetrise.atoms import atoms
from markovsym.symmetrise.average import Average, Estimate, average
from markovsym.symmetrise.bounds import (
    log_density_exact,
    log_density_k_sample_lower_bound,
    log_density_lower_bound,
)
from markovsym.symmetrise.category import EquivariantSamplers
from markovsym.symmetrise.composite import StochasticSection, Unrestricted, composite, lifted
from markovsym.symmetrise.declared import declare_equivariant
from markovsym.symmetrise.default import default_gamma, natural
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.existence import require_gamma, stabiliser
from markovsym.symmetrise.gamma import cosets_of, haar
from markovsym.symmetrise.recursive import recursive
from markovsym.symmetrise.sym import SymmetrisedKernel, sym
from markovsym.symmetrise.targets import Target, symmetrised_target
from markovsym.symmetrise.why import Declared, Proved, Tested, Theorem, Why

__all__ = [
    "Average",
    "Declared",
    "EquivariantKernel",
    "EquivariantSamplers",
    "Estimate",
    "Proved",
    "StochasticSection",
    "SymmetrisedKernel",
    "Target",
    "Tested",
    "Theorem",
    "Unrestricted",
    "Why",
    "atoms",
    "average",
    "composite",
    "cosets_of",
    "declare_equivariant",
    "default_gamma",
    "gammas",
    "haar",
    "lifted",
    "log_density_exact",
    "log_density_k_sample_lower_bound",
    "log_density_lower_bound",
    "natural",
    "recursive",
    "require_gamma",
    "stabiliser",
    "sym",
    "symmetrised_target",
]
