"""New actions from old: of a direct product, and restricted along a homomorphism."""

from dataclasses import dataclass
from typing import final

from torch import Tensor

from markovsym.actions.action import Action, GSpace
from markovsym.actions.standard import CosetAction, Trivial
from markovsym.errors import ActionMismatch
from markovsym.groups import (
    Cosets,
    DirectProduct,
    Element,
    FactorInclusion,
    FromTrivial,
    Group,
    Homomorphism,
)
from markovsym.spaces import Factor


@final
@dataclass(frozen=True)
class Together(Action):
    """H x K acts by commuting actions of H and of K. Their commuting is the caller's word."""

    left: Action
    right: Action

    @property
    def group(self) -> DirectProduct:
        """H x K."""
        return DirectProduct(self.left.group, self.right.group)

    def fits(self, factor: Factor) -> bool:
        """Whether both fit."""
        return self.left.fits(factor) and self.right.fits(factor)

    def __call__(self, g: Element, x: Tensor) -> Tensor:
        """Both entries of ``g`` applied to ``x``."""
        return self.left(g[0], self.right(g[1], x))


@final
@dataclass(frozen=True)
class Restricted(Action):
    """H acts through phi: H -> G and an action of G."""

    phi: Homomorphism
    action: Action

    @property
    def group(self) -> Group:
        """H."""
        return self.phi.dom

    def fits(self, factor: Factor) -> bool:
        """Whether the action of G fits."""
        return self.action.fits(factor)

    def __call__(self, g: Element, x: Tensor) -> Tensor:
        """``phi(g)`` applied to ``x``."""
        return self.action(self.phi(g), x)


together = Together


def restrict(X: GSpace, phi: Homomorphism) -> GSpace:
    """X seen as a space of H, along phi: H -> G.

    Raises:
        ActionMismatch: If phi does not end in the group that acts on X.

    Source:
        Cornish (2024): the restriction functor from C^G to C^H.
    """
    if phi.cod != X.group:
        raise ActionMismatch(f"{X.group} acts on the space, the homomorphism ends in {phi.cod}")
    return GSpace(phi.dom, X.space, tuple(restricted(action, phi) for action in X.actions))


def restricted(action: Action, phi: Homomorphism) -> Action:
    """The restricted action, written without phi where it is known in closed form."""
    match action, phi:
        case (Trivial(), _) | (_, FromTrivial()):
            return Trivial(phi.dom)
        case Together(), FactorInclusion(side="left"):
            return action.left
        case Together(), FactorInclusion(side="right"):
            return action.right
        case CosetAction(cosets), FactorInclusion() if phi == cosets.section:
            return CosetAction(Cosets(FromTrivial(phi.dom)))
        case CosetAction(cosets), FactorInclusion() if phi == cosets.phi:
            return Trivial(phi.dom)  # a factor moves the other's cosets only
        case _:
            return Restricted(phi, action)
