"""Gamma: X -> G/H, the equivariant kernel that draws a coset to symmetrise with."""

from typing import final

from markovsym.actions import CosetAction, GSpace, coset_space
from markovsym.errors import CompositionError
from markovsym.groups import Cosets, FromTrivial, Group, require_compact
from markovsym.kernels import Kernel, Randomness, Signature, type_of
from markovsym.spaces import UNIT, Value
from markovsym.symmetrise.equivariant import EquivariantKernel, InvariantState, proved
from markovsym.symmetrise.part import along
from markovsym.syntax import Arrow
from markovsym.syntax.procedures import discarding


@final
class HaarState(InvariantState):
    """The Haar measure of the representatives of G/H, as a state."""

    def __init__(self, cosets: Cosets) -> None:
        super().__init__(UNIT, coset_space(cosets))
        self.group = self.measured = require_compact(cosets.representatives)

    @property
    def label(self) -> str:
        """Haar."""
        return "Haar"

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw for each point of the batch."""
        return self.measured.haar(*source.batch, generator=source.generator, dtype=source.dtype)


@final
class Haar(EquivariantKernel):
    """The constant kernel that draws from the Haar measure of the representatives of G/H."""

    def __init__(self, cosets: Cosets, X: GSpace) -> None:
        super().__init__(X, coset_space(cosets))
        self.group = cosets.group
        self.state = HaarState(cosets)
        signature = Signature(along=cosets)
        self.why = proved(self.diagram_in(signature), signature, along(cosets), self.group)

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw for each point of the batch; the point itself does not matter."""
        return self.state.draw((), source)

    def diagram_in(self, signature: Signature) -> Arrow:
        """The point is discarded, the state drawn; one box in a proof about the whole group."""
        if signature.along == self.group:
            return signature.box(self)
        return discarding(signature.box(self.state), type_of(self.dom))


def haar(target: Group | Cosets, X: GSpace) -> EquivariantKernel:
    """The base case of every recursion: gamma constantly Haar.

    Args:
        target: G, or the cosets G/H.
        X: The space to start in.

    Raises:
        NotCompactError: If there is no Haar probability measure.
        CompositionError: If G is not the group that acts on X.

    Source:
        Cornish (2024), example 6.3; SymDiff (Zhang et al., 2025), section 3.2.
    """
    cosets = target if isinstance(target, Cosets) else Cosets(FromTrivial(target))
    if cosets.group != X.group:
        raise CompositionError(f"wanted a space of {cosets.group}, got one of {X.group}")
    return Haar(cosets, X)


def cosets_of(gamma: Kernel) -> Cosets:
    """The G/H in which ``gamma`` ends; ``CompositionError`` if it ends elsewhere."""
    match gamma.cod:
        case GSpace(actions=(CosetAction(cosets),)):
            return cosets
        case _:
            raise CompositionError(
                f"gamma must end in a space of cosets, as regular(G) is, got ({gamma.cod})"
            )
