"""What a proof of equivariance may assume: the group in parts, its actions, its cosets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import final

from markovsym.actions import coset_space, regular
from markovsym.groups import Cosets, FactorInclusion, Group, Homomorphism, PairGroup
from markovsym.kernels import Kernel, type_of
from markovsym.symmetrise.part import Part, named, on_parts
from markovsym.syntax import (
    Acts,
    Box,
    Compatible,
    CosetObject,
    GroupObject,
    Hom,
    Ob,
    Section,
    Semidirect,
)
from markovsym.syntax.procedures import Symmetry
from markovsym.syntax.theory import Hypothesis, Structure


@final
@dataclass(frozen=True)
class Setting:
    """A group G, as proofs see it.

    Args:
        group: G.
        parts: G itself, or both factors of it; the first is the one that acts in the code.
        product: How the factors make G.
        cosets: The cosets along which one symmetrises, if they are not elements of a part.
    """

    group: Group
    parts: tuple[Part, ...]
    product: Semidirect | None = None
    cosets: Cosets | None = None

    def symmetry(self, part: Part, wires: Iterable[Ob]) -> Symmetry:
        """A part, and which of the wires it moves."""
        twisted = self.product if self.product and self.product.twisted else None
        moves = twisted and twisted.other == part.object
        return Symmetry(part.object, self._acted(part, wires), twisted if moves else None)

    def structure(self, wires: Iterable[Ob]) -> list[Structure | Hypothesis]:
        """What holds of the parts and of their actions on the wires."""
        moved = {part: self._acted(part, wires) for part in self.parts}
        found: list[Structure | Hypothesis] = [part.object for part in self.parts]
        found += [Acts(part.object, ob) for part in self.parts for ob in moved[part]]
        if self.product:
            both = frozenset.intersection(*moved.values())
            found += [self.product, *(Compatible(self.product, ob) for ob in both)]
        if self.section:
            found.remove(Acts(self.parts[0].object, self.section.cosets.carrier))
            found.append(self.section)
        return found

    def _acted(self, part: Part, wires: Iterable[Ob]) -> frozenset[Ob]:
        """What a part moves, but for the elements of parts: those it multiplies or twists."""
        return part.acted(wires) - {one.carrier for one in self.parts}

    @property
    def phi(self) -> Hom | None:
        """H -> G, where the cosets are not elements of a part."""
        if not self.cosets:
            return None
        H = GroupObject(named(self.cosets.stabiliser))
        return Hom(H, self.parts[0].object)

    @property
    def section(self) -> Section | None:
        """G/H -> G, where the cosets are not elements of a part."""
        if not self.cosets or not self.phi:
            return None
        (carrier,) = type_of(coset_space(self.cosets))
        return Section(CosetObject(self.phi, carrier))

    def kernels(self, wires: Iterable[Ob]) -> dict[Box, Kernel]:
        """What the boxes of the group that acts do, and those of the cosets."""
        found = self.parts[0].structure(wires)
        if self.section and self.cosets:
            G, space = self.group.space, self.cosets.space
            found[self.section.box] = on_parts(self.cosets.section, (space,), G)
            found[self.section.cosets.project] = on_parts(self.cosets.project, (G,), space)
        return found

    def over(self, phi: Homomorphism | None) -> Iterator[GroupObject | Hom]:
        """What a kernel is equivariant over that is so along phi, or over all of G without it."""
        for part in self.parts:
            if phi in (None, part.inclusion):
                yield part.object
        if self.cosets and self.phi and phi == self.cosets.phi:
            yield self.phi


def whole(G: Group) -> Setting:
    """A product as its factors; any other group as it is."""
    if not isinstance(G, PairGroup):
        return Setting(G, (Part(G, None, named(G)),))
    left, right = (FactorInclusion(G, side) for side in ("left", "right"))
    parts = Part(left.dom, left, named(left.dom)), Part(right.dom, right, named(right.dom))
    return Setting(G, parts, Semidirect(*(part.object for part in parts), twisted=not G.direct))


def along(cosets: Cosets) -> Setting:
    """What a proof about the symmetrisation along these cosets speaks of.

    It is G alone if the cosets are its elements; the factor that they are and the other one, if
    they are the elements of a factor; else G, H and a section.
    """
    G = cosets.group
    (carrier,) = type_of(coset_space(cosets))
    if cosets.inclusion:
        acting = cosets.inclusion
        other = acting.other
        parts = Part(acting.dom, acting, carrier), Part(other.dom, other, named(other.dom))
        left, right = parts if acting.side == "left" else parts[::-1]
        twisted = not acting.product.direct
        return Setting(G, parts, Semidirect(left.object, right.object, twisted=twisted))
    if cosets.plain:
        return Setting(G, (Part(G, None, carrier),))
    (elements,) = type_of(regular(G))
    return Setting(G, (Part(G, None, elements),), cosets=cosets)
