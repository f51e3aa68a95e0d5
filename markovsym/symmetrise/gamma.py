"""Gamma: X -> G/H, the equivariant kernel that draws a coset to symmetrise with."""

from typing import final

from markovsym.actions import Acted, CosetAction, GSpace, coset_space, regular
from markovsym.errors import CompositionError
from markovsym.groups import Cosets, Element, FromTrivial, Group, require_compact
from markovsym.kernels import Kernel, Randomness, Signature, type_of
from markovsym.spaces import UNIT, Value
from markovsym.symmetrise.equivariant import EquivariantKernel, InvariantState, proved
from markovsym.symmetrise.setting import along
from markovsym.syntax import Arrow
from markovsym.syntax.procedures import discarding


@final
class HaarState(InvariantState):
    """The Haar measure of a group, as a state of it or of the cosets that it is."""

    def __init__(self, group: Group, cod: GSpace) -> None:
        super().__init__(UNIT, cod)
        self.group = group

    @property
    def label(self) -> str:
        """Haar."""
        return "Haar"

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw for each point of the batch."""
        return self.group.haar(*source.batch, generator=source.generator, dtype=source.dtype)


@final
class Haar(EquivariantKernel):
    """The constant kernel that draws from the invariant probability on G/H."""

    def __init__(self, cosets: Cosets, X: GSpace) -> None:
        super().__init__(X, coset_space(cosets))
        self.cosets = cosets
        elements = self.cod if cosets.plain else regular(cosets.group)
        self.state = HaarState(cosets.representatives, elements)
        signature = Signature(along=cosets)
        self.why = proved(self.diagram_in(signature), signature, along(cosets))

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw for each point of the batch; the point itself does not matter."""
        return self.coset(self.state.draw((), source))

    def coset(self, g: Element) -> Value:
        """The coset of an element that was drawn."""
        return g if self.cosets.plain else self.cosets.project(g)

    def diagram_in(self, signature: Signature) -> Arrow:
        """The point is discarded, the state drawn; one box in a proof about other cosets."""
        if signature.along not in (None, self.cosets):
            return signature.box(self)
        drawn = discarding(signature.box(self.state), type_of(self.dom))
        section = along(self.cosets).section
        return drawn >> section.cosets.project if section else drawn


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
    require_compact(cosets.representatives)
    if cosets.group != X.group:
        raise CompositionError(f"wanted a space of {cosets.group}, got one of {X.group}")
    return Haar(cosets, X)


def cosets_of(gamma: Kernel) -> Cosets:
    """The G/H in which ``gamma`` ends; ``CompositionError`` if it ends elsewhere."""
    match gamma.cod:
        case GSpace(blocks=(Acted(action=CosetAction(cosets)),)):
            return cosets
        case _:
            raise CompositionError(
                f"gamma must end in a space of cosets, as regular(G) is, got ({gamma.cod})"
            )
