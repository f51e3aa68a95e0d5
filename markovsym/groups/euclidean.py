"""Motions of Euclidean space and affine maps: translations, and matrices that move them."""

from markovsym.groups.linear import GeneralLinearGroup
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.groups.product import SemidirectProduct
from markovsym.groups.twists import Linear


def euclidean(n: int) -> SemidirectProduct:
    """E(n): the pairs (t, Q) of a translation and an orthogonal matrix, x going to Q x + t."""
    return SemidirectProduct(Linear(OrthogonalGroup(n)), f"E({n})")


def special_euclidean(n: int) -> SemidirectProduct:
    """SE(n): the pairs (t, R) of a translation and a rotation."""
    return SemidirectProduct(Linear(SpecialOrthogonalGroup(n)), f"SE({n})")


def affine_group(n: int) -> SemidirectProduct:
    """Aff(n): the pairs (t, A) of a translation and an invertible matrix."""
    return SemidirectProduct(Linear(GeneralLinearGroup(n)), f"Aff({n})")
