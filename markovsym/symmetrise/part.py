"""Subgroups as group objects: a concrete group, as proofs and the code of diagrams see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from markovsym.actions import ActedFactor, Action, Trivial, coset_space, restricted
from markovsym.groups import (
    Cosets,
    DirectProduct,
    FactorInclusion,
    Group,
    Homomorphism,
    TrivialGroup,
)
from markovsym.kernels import Deterministic, Kernel, type_of
from markovsym.spaces import Space
from markovsym.syntax import Acts, Box, Compatible, GroupObject, Ob, Semidirect
from markovsym.syntax.procedures import Symmetry
from markovsym.syntax.theory import Hypothesis, Structure


@final
@dataclass(frozen=True)
class Part:
    """A subgroup of G, and the wire that carries its elements.

    Args:
        group: The subgroup.
        inclusion: Into G; none where it is G itself.
        carrier: The wire.
    """

    group: Group
    inclusion: Homomorphism | None
    carrier: Ob

    @property
    def object(self) -> GroupObject:
        """The group object."""
        return GroupObject(self.carrier)

    def action(self, ob: Ob) -> Action | None:
        """How it moves a wire of G; none where the wire stays, or carries the part itself."""
        match ob.of:
            case ActedFactor(_, action) if ob != self.carrier:
                moved = restricted(action, self.inclusion) if self.inclusion else action
                return None if isinstance(moved, Trivial) else moved
            case _:
                return None

    def symmetry(self, wires: Iterable[Ob]) -> Symmetry:
        """The part, and which of the wires it moves."""
        return Symmetry(self.object, frozenset(ob for ob in wires if self.action(ob)))

    def structure(self, wires: Iterable[Ob]) -> dict[Box, Kernel]:
        """What the boxes of the group and of its actions do."""
        G, K = self.object, self.group.space
        found: dict[Box, Kernel] = {
            G.multiply: Deterministic(self.group.multiply, K @ K, K),
            G.inverse: Deterministic(self.group.inverse, K, K),
        }
        for ob in wires:
            action = self.action(ob)
            if action and isinstance(ob.of, ActedFactor):
                X = Space((ob.of.factor,))
                found[G.act(ob)] = Deterministic(action, K @ X, X)
        return found


def along(cosets: Cosets) -> tuple[Part, ...]:
    """The representatives K of G/H and, if there is one, H."""
    (carrier,) = type_of(coset_space(cosets))
    elements = Part(cosets.representatives, cosets.section, carrier)
    H = cosets.stabiliser
    if isinstance(H, TrivialGroup):
        return (elements,)
    return elements, Part(H, cosets.phi, _named(H))


def factors(G: Group) -> tuple[Part, ...]:
    """Both factors of a product; any other group as it is."""
    if not isinstance(G, DirectProduct):
        return (Part(G, None, _named(G)),)
    left, right = (FactorInclusion(G, side) for side in ("left", "right"))
    return Part(left.dom, left, _named(left.dom)), Part(right.dom, right, _named(right.dom))


def structure(parts: tuple[Part, ...], wires: Iterable[Ob]) -> list[Structure | Hypothesis]:
    """What holds of the parts and of their actions on the wires.

    Two parts are the factors of a direct product, so their actions commute.
    """
    wires = tuple(wires)
    found: list[Structure | Hypothesis] = []
    for part in parts:
        moved = part.symmetry(wires).acted
        found += [part.object, *(Acts(part.object, ob) for ob in moved)]
    if len(parts) > 1:
        one, other = parts
        product = Semidirect(other.object, one.object, twisted=False)
        both = one.symmetry(wires).acted & other.symmetry(wires).acted
        found += [product, *(Compatible(product, ob) for ob in both)]
    return found


def _named(group: Group) -> Ob:
    return Ob(str(group), group)
