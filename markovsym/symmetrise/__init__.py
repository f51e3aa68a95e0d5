"""Symmetrisation procedures: the only place where a group element meets a network."""

from markovsym.symmetrise.category import EquivariantSamplers
from markovsym.symmetrise.declared import declare_equivariant
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gamma import cosets_of, haar
from markovsym.symmetrise.recursive import recursive
from markovsym.symmetrise.sym import Symmetrised, sym
from markovsym.symmetrise.why import Declared, Proved, Tested, Why

__all__ = [
    "Declared",
    "EquivariantKernel",
    "EquivariantSamplers",
    "Proved",
    "Symmetrised",
    "Tested",
    "Why",
    "cosets_of",
    "declare_equivariant",
    "haar",
    "recursive",
    "sym",
]
