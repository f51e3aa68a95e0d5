"""Wires of a diagram that is being written, and the ways to move them in a theory."""

from collections.abc import Callable
from random import Random
from typing import Any, final

from markovsym.syntax import Box, GroupObject, Hom, Ob, Section, Theory, Wire

Rule = Callable[[], Any]


def moved(theory: Theory, group: GroupObject, g: Wire, wire: Wire) -> Wire:
    """What ``g`` makes of a wire in an equivariance."""
    if (group.carrier, wire.ob) in theory.twists:
        return theory.twists[group.carrier, wire.ob].rho(g, wire)
    return group.act(wire.ob)(g, wire) if theory.moves(group.carrier, wire.ob) else wire


@final
class Held:
    """The wires written so far, and the ways to move one."""

    def __init__(self, theory: Theory, rng: Random) -> None:
        self.theory = theory
        self.rng = rng
        self.wires: dict[Ob, list[Wire]] = {}
        parts = sorted(theory.assumptions, key=str)
        self.groups = [one for one in parts if isinstance(one, GroupObject)]
        self.sections = [one for one in parts if isinstance(one, Section)]

    def add(self, *wires: Wire) -> None:
        """These wires can be used from now on."""
        for wire in wires:
            self.wires.setdefault(wire.ob, []).append(wire)

    def some(self, ob: Ob) -> list[Wire]:
        """One wire, or none if there is none."""
        found = self.wires.get(ob, [])
        return [self.rng.choice(found)] if found else []

    def acting(self, space: Ob) -> list[tuple[GroupObject, Wire]]:
        """Groups that act on a space, each with an element."""
        groups = [one for one in self.groups if (one.carrier, space) in self.theory.acted]
        return [(group, g) for group in groups for g in self.some(group.carrier)]

    def image(self, phi: Hom) -> list[Wire]:
        """Elements of the image of a homomorphism: of H, or where two sections differ."""
        found = [phi.box(h) for h in self.some(phi.source.carrier)]
        sections = [one for one in self.sections if one.cosets.phi == phi]
        for c in self.some(sections[0].cosets.carrier) if len(sections) > 1 else []:
            s, t = (section.box(c) for section in self.rng.sample(sections, 2))
            found.append(phi.target.multiply(phi.target.inverse(s), t))
        return found

    def conjugated(self, group: GroupObject, g: Wire, box: Box, inputs: list[Wire]) -> Rule:
        """The rule that writes g.box(g^-1.inputs)."""

        def rule() -> tuple[Wire, ...]:
            back = group.inverse(g)
            ends = outputs(box(*(moved(self.theory, group, back, wire) for wire in inputs)))
            return tuple(moved(self.theory, group, g, wire) for wire in ends)

        return rule


def outputs(found: Any) -> tuple[Wire, ...]:
    """The wires that a use gives, however many."""
    return found if isinstance(found, tuple) else (found,)
