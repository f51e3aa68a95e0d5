"""Groups, homomorphisms between them, and their cosets; the short names are the board's."""

from markovsym.groups.coset import Cosets
from markovsym.groups.group import CompactGroup, Element, Group
from markovsym.groups.homomorphism import FactorInclusion, FromTrivial, Homomorphism
from markovsym.groups.orthogonal import (
    OrthogonalGroup,
    SpecialOrthogonalGroup,
    gram_schmidt,
    orthonormalise,
)
from markovsym.groups.product import DirectProduct, require_compact
from markovsym.groups.symmetric import SymmetricGroup
from markovsym.groups.trivial import TrivialGroup

O = OrthogonalGroup
SO = SpecialOrthogonalGroup
S = SymmetricGroup
Direct = DirectProduct

__all__ = [
    "SO",
    "CompactGroup",
    "Cosets",
    "Direct",
    "DirectProduct",
    "Element",
    "FactorInclusion",
    "FromTrivial",
    "Group",
    "Homomorphism",
    "O",
    "OrthogonalGroup",
    "S",
    "SpecialOrthogonalGroup",
    "SymmetricGroup",
    "TrivialGroup",
    "gram_schmidt",
    "orthonormalise",
    "require_compact",
]
