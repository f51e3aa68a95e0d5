"""The cosets G/H of a homomorphism H -> G."""

from dataclasses import dataclass
from typing import final

from markovsym.groups.group import Element, Group
from markovsym.groups.homomorphism import FactorInclusion, FromTrivial, Homomorphism


@final
@dataclass(frozen=True)
class Cosets:
    """G/H, where H is trivial or a factor of G = H x K. A coset is written as its element of K.

    Source:
        Cornish (2024); theory of direct products: (H x K)/H is K, with (h, k) moving k' to k k'.
    """

    phi: FromTrivial | FactorInclusion

    @property
    def group(self) -> Group:
        """G, which acts on the cosets."""
        return self.phi.cod

    @property
    def stabiliser(self) -> Group:
        """H."""
        return self.phi.dom

    @property
    def representatives(self) -> Group:
        """K, the subgroup of G that meets every coset once: the values of the section."""
        return self.group if isinstance(self.phi, FromTrivial) else self.phi.other.dom

    @property
    def section(self) -> Homomorphism | None:
        """K -> G, which sends a coset to its representative; none where K is G itself."""
        return None if isinstance(self.phi, FromTrivial) else self.phi.other

    def project(self, g: Element) -> Element:
        """The coset of ``g``."""
        return g if isinstance(self.phi, FromTrivial) else self.phi.other.project(g)

    def act(self, g: Element, coset: Element) -> Element:
        """``g`` times the coset."""
        return self.representatives.multiply(self.project(g), coset)
