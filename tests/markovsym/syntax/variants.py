"""Variants of a diagram: rewritten by random laws of a theory, or by rules that are none.

A diagram is written down once more, wire by wire, as a function of wires is.
"""

from abc import ABC, abstractmethod
from random import Random
from typing import Any, final

from markovsym.syntax import (
    Box,
    CosetObject,
    Diagram,
    GroupObject,
    Hom,
    Semidirect,
    Theory,
    Wire,
)
from markovsym.syntax.wire import Use
from tests.markovsym.syntax.held import Held, Rule, outputs


def lawful(diagram: Diagram, theory: Theory, rng: Random) -> Diagram:
    """An equal diagram."""
    return _written(diagram, Laws(theory, rng))


def lawless(diagram: Diagram, theory: Theory, rng: Random) -> Diagram:
    """A diagram that a few wrong rules make of this one; equal by chance at most."""
    tries = (_written(diagram, Faults(theory, rng)) for _ in range(10))
    return next((found for found in tries if found != diagram), diagram)


class Rules(ABC):
    """Other ways to write a wire, and to use a box."""

    often: float
    """How often one of them is taken."""

    def __init__(self, theory: Theory, rng: Random) -> None:
        self.held = Held(theory, rng)
        self.theory = theory

    @abstractmethod
    def wire(self, w: Wire) -> list[Rule]:
        """Other ways to write a wire."""

    @abstractmethod
    def use(self, box: Box, inputs: list[Wire]) -> list[Rule]:
        """Other ways to use a box."""


@final
class Laws(Rules):
    """What is equal to a wire, and to a use of a box."""

    often = 0.3

    def wire(self, w: Wire) -> list[Rule]:
        """Equal wires."""
        use = w.use
        again: list[Rule] = []
        if use is not None and use.box.deterministic:
            again = [lambda: outputs(use.box(*use.inputs))[w.port]]
        return again + (self._elements(w) if w.ob in self.theory.groups else self._points(w))

    def _elements(self, w: Wire) -> list[Rule]:
        G, a = GroupObject(w.ob), self.held.some(w.ob)[0]
        return [
            lambda: G.multiply(w, G.unit()),
            lambda: G.inverse(G.inverse(w)),
            lambda: G.multiply(a, G.multiply(G.inverse(a), w)),
            lambda: G.multiply(G.multiply(w, a), G.inverse(a)),
        ]

    def _points(self, x: Wire) -> list[Rule]:
        found: list[Rule] = []
        for G, g in self.held.acting(x.ob):
            act = G.act(x.ob)
            found.append(lambda act=act, G=G: act(G.unit(), x))
            found.append(lambda act=act, G=G, g=g: act(G.inverse(g), act(g, x)))
        for (space, other, normal), one in self.theory.compatible.items():
            for h in self.held.some(other) if space == x.ob and one.product.twisted else []:
                for n in self.held.some(normal):
                    found.append(lambda p=one.product, h=h, n=n: self._around(p, h, n, x))
        if x.ob in self.theory.cosets:
            q = self.theory.cosets[x.ob].project
            sections = [one.box for one in self.held.sections if one.cosets.carrier == x.ob]
            found += [lambda s=section: q(s(x)) for section in sections]
        return found

    def _around(self, product: Semidirect, h: Wire, n: Wire, x: Wire) -> Wire:
        """n^-1 h^-1 rho(h, n) h.x."""
        in_N, in_H = product.normal.act(x.ob), product.other.act(x.ob)
        y = in_N(product.rho(h, n), in_H(h, x))
        return in_N(product.normal.inverse(n), in_H(product.other.inverse(h), y))

    def use(self, box: Box, inputs: list[Wire]) -> list[Rule]:
        """Equal uses."""
        held, found = self.held, list[Rule]()
        for one in self.theory.equivariant.get(box, []):
            group = one.group
            elements = held.some(group.carrier)
            if isinstance(one.over, Hom):
                elements = held.image(one.over)
            found += [held.conjugated(group, g, box, inputs) for g in elements]
        by_name = {
            "mul": self._multiply,
            "act": self._act,
            "phi": self._map,
            "chi": self._map,
            "psi": self._map,
            "q": self._project,
            "rho": self._turn,
        }
        return [*found, *by_name[box.name](box, *inputs)] if box.name in by_name else found

    def _multiply(self, box: Box, a: Wire, b: Wire) -> list[Rule]:
        inv = GroupObject(a.ob).inverse
        return [lambda: inv(box(inv(b), inv(a)))]

    def _act(self, box: Box, g: Wire, x: Wire) -> list[Rule]:
        G, a = GroupObject(g.ob), self.held.some(g.ob)[0]
        return [lambda: box(G.multiply(g, a), box(G.inverse(a), x))]

    def _map(self, box: Box, h: Wire) -> list[Rule]:
        H, G = GroupObject(h.ob), GroupObject(box.cod.obs[0])
        b = self.held.some(h.ob)[0]
        return [lambda: G.multiply(box(H.multiply(h, b)), G.inverse(box(b)))]

    def _project(self, box: Box, g: Wire) -> list[Rule]:
        cosets = self._cosets(box)
        G = cosets.group
        return [
            lambda: G.act(cosets.carrier)(g, box(G.unit())),
            *(lambda h=h: box(G.multiply(g, h)) for h in self.held.image(cosets.phi)),
        ]

    def _cosets(self, project: Box) -> CosetObject:
        return self.theory.cosets[project.cod.obs[0]]

    def _turn(self, box: Box, h: Wire, n: Wire) -> list[Rule]:
        N, m = GroupObject(n.ob), self.held.some(n.ob)[0]
        return [lambda: N.multiply(box(h, N.multiply(n, m)), N.inverse(box(h, m)))]


@final
class Faults(Rules):
    """Rules that hold in no theory, or in others only."""

    often = 0.1

    def wire(self, w: Wire) -> list[Rule]:
        """Other values for one use of a wire: moved, drawn once more, or with a use left out."""
        use, found = w.use, list[Rule]()
        if w.ob in self.theory.groups:
            G, a = GroupObject(w.ob), self.held.some(w.ob)[0]
            found += [lambda: G.inverse(w), lambda: G.multiply(a, w), lambda: G.multiply(w, a)]
            sections = [one for one in self.held.sections if one.cosets.group == G]
            found += [lambda one=one: one.box(one.cosets.project(w)) for one in sections]
        for group, g in self.held.acting(w.ob):
            found.append(lambda G=group, g=g: G.act(w.ob)(g, w))
        if use is not None:
            found.append(lambda: outputs(use.box(*use.inputs))[w.port])
        return [*found, *self._beneath(w)]

    def _beneath(self, w: Wire) -> list[Rule]:
        """Two actions swapped, or one of them left out."""
        outer = _use_of("act", w)
        inner = _use_of("act", outer.inputs[1]) if outer else None
        if outer is None or inner is None:
            return []
        (g, y), (h, x) = outer.inputs, inner.inputs
        return [lambda: inner.box(h, outer.box(g, x)), lambda: outer.box(g, x), lambda: y]

    def use(self, box: Box, inputs: list[Wire]) -> list[Rule]:
        """Other uses of a box: in another order, or moved by a group that it does not know."""
        by_name = {
            "mul": lambda: self._multiply(box, *inputs),
            "q": lambda: self._project(box, *inputs),
            "s": lambda: self._section(box, *inputs),
            "t": lambda: self._section(box, *inputs),
            "r": lambda: self._section(box, *inputs),
            "rho": lambda: [lambda: inputs[1]],
        }
        return by_name.get(box.name, lambda: self._moved(box, inputs))()

    def _moved(self, box: Box, inputs: list[Wire]) -> list[Rule]:
        held = self.held
        return [
            held.conjugated(group, g, box, inputs)
            for group in held.groups
            for g in held.some(group.carrier)
        ]

    def _multiply(self, box: Box, a: Wire, b: Wire) -> list[Rule]:
        return [lambda: box(b, a), lambda: a, lambda: b]

    def _project(self, box: Box, g: Wire) -> list[Rule]:
        cosets = self.theory.cosets[box.cod.obs[0]]
        mul = cosets.group.multiply
        return [lambda h=h: box(mul(h, g)) for h in self.held.image(cosets.phi)]

    def _section(self, box: Box, c: Wire) -> list[Rule]:
        use = _use_of("act", c)
        if use is None:
            return self._moved(box, [c])
        g, below = use.inputs
        mul = GroupObject(g.ob).multiply
        moved: list[Rule] = [lambda: mul(g, box(below))]
        return [lambda: box(below), *(moved if g.ob == box.cod.obs[0] else [])]


def _use_of(name: str, wire: Wire) -> Use | None:
    return wire.use if wire.use is not None and wire.use.box.name == name else None


def _written(diagram: Diagram, rules: Rules) -> Diagram:
    rng, held = rules.held.rng, rules.held

    def chosen(plain: Rule, others: list[Rule]) -> Any:
        return rng.choice(others)() if others and rng.random() < rules.often else plain()

    def read(wire: Wire) -> Wire:
        return outputs(chosen(lambda: wire, rules.wire(wire)))[0]

    def used(box: Box, inputs: list[Wire]) -> tuple[Wire, ...]:
        return outputs(chosen(lambda: box(*inputs), rules.use(box, inputs)))

    def body(*wires: Wire) -> tuple[Wire, ...]:
        held.add(*wires)
        now = {~place: wire for place, wire in enumerate(wires)}
        for box, inputs, first in diagram.nodes:
            found = used(box, [read(now[wire]) for wire in inputs])
            held.add(*found)
            now |= {first + port: wire for port, wire in enumerate(found)}
        return tuple(now[w] for w in diagram.outputs)

    return Diagram.from_callable(diagram.dom, diagram.cod)(body)
