"""Groups, homomorphisms between them, and their cosets; the short names are the board's.

``automorphisms``, which needs networkx, is looked up on first use.
"""

import importlib
from typing import TYPE_CHECKING

from markovsym.groups.characters import (
    Determinant,
    FixingAxes,
    FixingPlaces,
    PermutationMatrices,
    Sign,
)
from markovsym.groups.coset import Cosets
from markovsym.groups.cyclic import CyclicGroup, DihedralGroup
from markovsym.groups.enumeration import closure
from markovsym.groups.euclidean import affine_group, euclidean, special_euclidean
from markovsym.groups.finite import FiniteGroup
from markovsym.groups.gram_schmidt import gram_schmidt, orthonormalise
from markovsym.groups.group import CompactGroup, Element, Group, NonCompactGroup
from markovsym.groups.homogeneous import Injections, OrthonormalAxes, PositiveDefinite, Root
from markovsym.groups.homomorphism import Embedding, FromTrivial, Homomorphism, InTurn, Same
from markovsym.groups.inclusion import FactorInclusion, FactorProjection, Inclusion
from markovsym.groups.linear import GeneralLinearGroup, SpecialLinearGroup
from markovsym.groups.listed import (
    Listed,
    regular_permutations,
    rotations,
    subgroup,
    symmetries_of_polygon,
)
from markovsym.groups.lorentz import LorentzGroup
from markovsym.groups.matrices import MatrixGroup
from markovsym.groups.numbered import NumberedGroup
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.groups.product import (
    DirectProduct,
    PairGroup,
    SemidirectProduct,
    require_compact,
)
from markovsym.groups.reading import group_of
from markovsym.groups.scaling import Scalings
from markovsym.groups.stacked import Stacked
from markovsym.groups.symmetric import SymmetricGroup
from markovsym.groups.tabulated import Tabulated
from markovsym.groups.translation import TranslationGroup
from markovsym.groups.trivial import TrivialGroup
from markovsym.groups.twists import Automorphisms, Inversion, Linear
from markovsym.groups.unitary import UnitaryGroup
from markovsym.groups.writing import Complement, Elements, Point, Writing

if TYPE_CHECKING:
    from markovsym.groups.automorphism import automorphisms

O = OrthogonalGroup
SO = SpecialOrthogonalGroup
U = UnitaryGroup
GL = GeneralLinearGroup
SL = SpecialLinearGroup
T = TranslationGroup
S = SymmetricGroup
C = CyclicGroup
D = DihedralGroup
Direct = DirectProduct
Semidirect = SemidirectProduct

E = euclidean
SE = special_euclidean
Aff = affine_group

__all__ = [
    "GL",
    "SE",
    "SL",
    "SO",
    "Aff",
    "Automorphisms",
    "C",
    "CompactGroup",
    "Complement",
    "Cosets",
    "CyclicGroup",
    "D",
    "Determinant",
    "DihedralGroup",
    "Direct",
    "DirectProduct",
    "E",
    "Element",
    "Elements",
    "Embedding",
    "FactorInclusion",
    "FactorProjection",
    "FiniteGroup",
    "FixingAxes",
    "FixingPlaces",
    "FromTrivial",
    "GeneralLinearGroup",
    "Group",
    "Homomorphism",
    "InTurn",
    "Inclusion",
    "Injections",
    "Inversion",
    "Linear",
    "Listed",
    "LorentzGroup",
    "MatrixGroup",
    "NonCompactGroup",
    "NumberedGroup",
    "O",
    "OrthogonalGroup",
    "OrthonormalAxes",
    "PairGroup",
    "PermutationMatrices",
    "Point",
    "PositiveDefinite",
    "Root",
    "S",
    "Same",
    "Scalings",
    "Semidirect",
    "SemidirectProduct",
    "Sign",
    "SpecialLinearGroup",
    "SpecialOrthogonalGroup",
    "Stacked",
    "SymmetricGroup",
    "T",
    "Tabulated",
    "TranslationGroup",
    "TrivialGroup",
    "U",
    "UnitaryGroup",
    "Writing",
    "affine_group",
    "automorphisms",
    "closure",
    "euclidean",
    "gram_schmidt",
    "group_of",
    "orthonormalise",
    "regular_permutations",
    "require_compact",
    "rotations",
    "special_euclidean",
    "subgroup",
    "symmetries_of_polygon",
]


def __getattr__(name: str) -> object:
    if name != "automorphisms":
        raise AttributeError(f"module 'markovsym.groups' has no attribute '{name}'")
    return importlib.import_module("markovsym.groups.automorphism").automorphisms
