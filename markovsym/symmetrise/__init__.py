"""Symmetrisation procedures: the only place where a group element meets a network."""

from markovsym.symmetrise.equivariant import EquivariantKernel, Why, declare_equivariant
from markovsym.symmetrise.gamma import cosets_of, haar
from markovsym.symmetrise.recursive import recursive
from markovsym.symmetrise.sym import Symmetrised, sym

__all__ = [
    "EquivariantKernel",
    "Symmetrised",
    "Why",
    "cosets_of",
    "declare_equivariant",
    "haar",
    "recursive",
    "sym",
]
