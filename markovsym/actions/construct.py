"""New actions from old: of a product of groups, and restricted along a homomorphism."""

from dataclasses import dataclass
from typing import final

from torch import Tensor

from markovsym.actions.action import Action, CosetAction
from markovsym.actions.gspace import Acted, GSpace
from markovsym.actions.matrix import Matrix
from markovsym.actions.standard import Translation, Trivial
from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import (
    Complement,
    Cosets,
    DirectProduct,
    Element,
    FactorInclusion,
    FromTrivial,
    Group,
    Homomorphism,
    Inclusion,
    InTurn,
    Linear,
    MatrixGroup,
    PairGroup,
    Same,
    SemidirectProduct,
)
from markovsym.spaces import Space, Value


@final
@dataclass(frozen=True)
class Together(Action):
    """N x| H acts by an action of H and then one of N.

    That they fit, h.(n.x) = (h.n).(h.x), is the caller's word; for a direct product they commute.
    """

    product: PairGroup
    left: Action
    right: Action

    def __post_init__(self) -> None:
        if (self.left.group, self.right.group) != self.product.factors:
            raise ActionMismatch(
                f"wanted actions of both factors of {self.product}, got actions of "
                f"{self.left.group} and {self.right.group}"
            )

    @property
    def group(self) -> PairGroup:
        """The product."""
        return self.product

    @property
    def affine(self) -> bool:
        """Whether both are."""
        return self.left.affine and self.right.affine

    def fits(self, space: Space) -> bool:
        """Whether both fit."""
        return self.left.fits(space) and self.right.fits(space)

    def __call__(self, g: Element, x: Value) -> Value:
        """Both entries of ``g`` applied to ``x``, the right one first."""
        n, h = self.product.split(g)
        return self.left(n, self.right(h, x))

    def log_volume(self, g: Element, x: Value, space: Space) -> Tensor | float:
        """What the one stretches, and then the other."""
        n, h = self.product.split(g)
        first = self.right.log_volume(h, x, space)
        return first + self.left.log_volume(n, self.right(h, x), space)


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

    @property
    def affine(self) -> bool:
        """Whether the action of G is."""
        return self.action.affine

    def fits(self, space: Space) -> bool:
        """Whether the action of G fits."""
        return self.action.fits(space)

    def __call__(self, g: Element, x: Value) -> Value:
        """``phi(g)`` applied to ``x``."""
        return self.action(self.phi(g), x)

    def log_volume(self, g: Element, x: Value, space: Space) -> Tensor | float:
        """What ``phi(g)`` stretches."""
        return self.action.log_volume(self.phi(g), x, space)


def together(left: Action, right: Action) -> Together:
    """The action of the direct product of two groups whose actions commute."""
    return Together(DirectProduct(left.group, right.group), left, right)


def affine(group: SemidirectProduct) -> Together:
    """The action of E(n), SE(n) or Aff(n) on points: x goes to A x + t.

    Raises:
        CompositionError: If the group is no product of translations and matrices.
    """
    match group.automorphisms:
        case Linear(A) as moves:
            return Together(group, Translation(moves.moved), Matrix(A))
        case _:
            raise CompositionError(f"wanted a group such as E(3), got {group}")


def restrict(X: GSpace, phi: Homomorphism) -> GSpace:
    """X seen as a space of H, along phi: H -> G.

    Raises:
        ActionMismatch: If phi does not end in the group that acts on X.

    Source:
        Cornish (2024): the restriction functor from C^G to C^H.
    """
    if phi.cod != X.group:
        raise ActionMismatch(f"{X.group} acts on the space, the homomorphism ends in {phi.cod}")
    blocks = (Acted(block.space, restricted(block.action, phi)) for block in X.blocks)
    return GSpace(phi.dom, tuple(blocks))


def restricted(action: Action, phi: Homomorphism) -> Action:  # noqa: C901 - a table
    """The restricted action, written without phi where it is known in closed form."""
    match action, phi:
        case (Trivial(), _) | (_, FromTrivial()):
            return Trivial(phi.dom)
        case _, Same():
            return action
        case Restricted(first, inner), _:
            return restricted(inner, phi >> first)
        case _, InTurn(first, second):
            return _in_turn(restricted(action, second), first)
        case Together(), FactorInclusion(side="left"):
            return action.left
        case Together(), FactorInclusion(side="right"):
            return action.right
        case Matrix(), Inclusion(MatrixGroup() as sub):
            return Matrix(sub, action.axes, action.dual)
        case CosetAction(cosets), FactorInclusion():
            return _cosets(cosets, phi)
        case _:
            return Restricted(phi, action)


def _in_turn(action: Action, phi: Homomorphism) -> Action:
    match action:
        case Restricted(first, inner):
            return Restricted(phi >> first, inner)
        case _:
            return restricted(action, phi)


def _cosets(cosets: Cosets, phi: FactorInclusion) -> Action:
    match cosets.writing:
        case Complement(inclusion) if inclusion.other == phi:
            return CosetAction(Cosets(FromTrivial(phi.dom)))
        case Complement(inclusion) if inclusion == phi and (
            phi.product.direct or phi.side == "left"
        ):
            return Trivial(phi.dom)  # it moves the other's cosets only
        case _:
            return Restricted(phi, CosetAction(cosets))
