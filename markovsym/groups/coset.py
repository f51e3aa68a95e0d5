"""The cosets G/H of a homomorphism H -> G."""

from dataclasses import dataclass
from typing import final

from markovsym.errors import CompositionError
from markovsym.groups.characters import FixingAxes, FixingPlaces
from markovsym.groups.group import Element, Group
from markovsym.groups.homogeneous import (
    Determinants,
    Injections,
    OrthonormalAxes,
    PositiveDefinite,
)
from markovsym.groups.homomorphism import FromTrivial, Homomorphism, InTurn, Same
from markovsym.groups.inclusion import FactorInclusion, Inclusion
from markovsym.groups.linear import GeneralLinearGroup, SpecialLinearGroup
from markovsym.groups.numbered import NumberedGroup
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.groups.product import alike, is_compact
from markovsym.groups.stacked import Stacked, can_go_back
from markovsym.groups.tabulated import Tabulated
from markovsym.groups.writing import Complement, Coset, Elements, Point, Writing
from markovsym.randomness import Source
from markovsym.spaces import Space, dtype_of


@final
@dataclass(frozen=True, init=False)
class Cosets:
    """G/H, the cosets of the image of phi: H -> G, on which G acts.

    Args:
        phi: The homomorphism.
        writing: How they are written; by default as ``known`` does: the elements of G for trivial
            H, those of the other factor for a factor of a product, and the homogeneous spaces that
            have names.

    Raises:
        CompositionError: If no writing of these cosets is known and none was handed over.
    """

    phi: Homomorphism
    writing: Writing

    def __init__(self, phi: Homomorphism, writing: Writing | None = None) -> None:
        object.__setattr__(self, "phi", phi)
        object.__setattr__(self, "writing", writing or known(phi))

    @property
    def group(self) -> Group:
        """G, which acts on the cosets."""
        return self.phi.cod

    @property
    def stabiliser(self) -> Group:
        """H."""
        return self.phi.dom

    @property
    def space(self) -> Space:
        """Where the cosets live."""
        return self.writing.space

    @property
    def inclusion(self) -> FactorInclusion | None:
        """Where the cosets are represented by the elements of a factor of G, of that; else none.

        A compact N of N x| H is left out: that its Haar measure is that of G, seen from N, is what
        a proof of invariance needs, and it speaks of G then.
        """
        match self.writing:
            case Complement(phi) if not (_twisted(phi) and is_compact(phi.other.dom)):
                return phi.other
            case _:
                return None

    @property
    def representatives(self) -> Group:
        """K, from which a coset is represented: the factor that the cosets are, or G."""
        return self.inclusion.dom if self.inclusion else self.group

    @property
    def plain(self) -> bool:
        """Whether a coset is written as the element of K that represents it."""
        return isinstance(self.writing, Elements) or self.inclusion is not None

    def __str__(self) -> str:
        return f"{self.representatives}" if self.plain else f"{self.group}/{self.stabiliser}"

    def project(self, g: Element) -> Coset:
        """The coset of ``g``."""
        return self.writing.project(g)

    def section(self, coset: Coset) -> Element:
        """An element of the coset, by a rule that need not be equivariant."""
        return self.writing.section(coset)

    def act(self, g: Element, coset: Coset) -> Coset:
        """``g`` times the coset."""
        return self.writing.act(g, coset)

    def lift(self, coset: Coset, *, generator: Source) -> Element:
        """A random element of the coset: s(c) phi(h) with h drawn from the Haar measure of H.

        Unlike ``section`` it is equivariant, in law.

        Raises:
            NotCompactError: If H has no Haar probability measure.

        Source:
            Theory of this project, T17.
        """
        batch, _ = self.space.measure(coset)
        g = self.section(coset)
        h = self.stabiliser.haar(*batch, generator=generator, dtype=dtype_of(g))
        return self.group.multiply(g, alike(self.phi(h), g))


def known(phi: Homomorphism) -> Writing:  # noqa: C901 - a table
    """How the cosets of a homomorphism are written, where nothing else is wanted.

    GL(n)/O(n) are the positive definite matrices, O(n)/O(n-k) the k orthonormal columns (for k = 1
    the sphere), S(n)/S(n-k) the injections, O(n)/SO(n) and GL(n)/SL(n) the determinants; those of
    H -> K -> G are pairs, and those of finite groups whose elements are numbers are numbered.

    Raises:
        CompositionError: If there is no such writing.
    """
    match phi:
        case FromTrivial(group):
            return Elements(group)
        case Same(group):
            return Point(group)
        case FactorInclusion():
            return Complement(phi)
        case Inclusion(OrthogonalGroup(n), GeneralLinearGroup()):
            return PositiveDefinite(n)
        case Inclusion(SpecialOrthogonalGroup(), OrthogonalGroup() as group):
            return Determinants(group)
        case Inclusion(SpecialLinearGroup(), GeneralLinearGroup() as group):
            return Determinants(group)
        case FixingAxes(n, k):
            return OrthonormalAxes(n, k, proper=phi.proper)
        case FixingPlaces(n, k):
            return Injections(n, k)
        case InTurn(first, second) if can_go_back(second):
            return Stacked(second, known(second), known(first))
        case _ if isinstance(phi.cod, NumberedGroup):
            return Tabulated(phi)
        case _:
            raise CompositionError(
                f"no way is known to write the cosets of {phi}; hand over Cosets(phi, writing)"
            )


def _twisted(phi: FactorInclusion) -> bool:
    """Whether it is that of H in N x| H, which moves N."""
    return phi.side == "right" and not phi.product.direct
