"""Theories with many boxes, for random diagrams: what the soundness test looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product
from random import Random
from typing import final

from markovsym.syntax import (
    Acts,
    Arrow,
    Box,
    Compatible,
    CosetObject,
    Diagram,
    Equivariant,
    GroupObject,
    Hom,
    Section,
    Semidirect,
    Theory,
    Ty,
    Wire,
)
from markovsym.syntax.calculus import Calculus
from markovsym.syntax.theory import Hypothesis, Structure
from tests.markovsym.syntax.held import moved, outputs
from tests.markovsym.syntax.random_diagrams import FREE
from tests.markovsym.syntax.stated import (
    CHI,
    COSETS,
    PHI,
    G,
    H,
    K,
    N,
    S,
    T,
    W,
    X,
    Y,
    deterministic,
    invariant,
    stochastic,
)
from tests.markovsym.syntax.stated_cosets import BELOW, PSI, R

Over = GroupObject | Hom


@final
@dataclass(frozen=True)
class World:
    """A theory, its boxes, and the types of random diagrams over them."""

    name: str
    theory: Theory
    boxes: tuple[Box, ...]
    doms: tuple[Ty, ...]

    @cached_property
    def structure(self) -> list[Arrow]:
        """The boxes of groups, actions, homomorphisms and cosets, and a few idioms."""
        boxes = sorted(Calculus(self.theory).structure, key=str)
        return [*boxes, *_mapping(self.theory), *_projecting(self.theory)]

    @cached_property
    def uses(self) -> dict[Box, list[Arrow]]:
        """Each box alone, and where a rule applies to it."""
        plain = [box for box in self.boxes if box not in self.theory.invariant]
        found: dict[Box, list[Arrow]] = {box: [box, *_moved(self.theory, box)] for box in plain}
        others = [*self.structure, *(arrow for arrows in found.values() for arrow in arrows)]
        for box in sorted(self.theory.invariant, key=str):
            found[box] = [box, *_absorbing(self.theory, box, others)]
        return found

    def some(self, rng: Random) -> list[Arrow]:
        """Few arrows, so that they meet: those of one box, of the structure, and any others."""
        others = [arrow for arrows in self.uses.values() for arrow in arrows]
        known = [*self._few(rng, others, 3), *self._few(rng, self.structure, 6)]
        return [*self.uses[rng.choice(self.boxes)] * 2, *known]

    def _few(self, rng: Random, arrows: list[Arrow], count: int) -> list[Arrow]:
        return rng.sample(arrows, min(count, len(arrows)))

    def __str__(self) -> str:
        return self.name


def _moved(theory: Theory, box: Box) -> Iterator[Arrow]:
    """The box after each group, and after the image of each homomorphism."""
    for group in sorted(theory.groups, key=str):
        move = partial(moved, theory, GroupObject(group))
        if any(theory.moves(group, ob) for ob in box.dom):
            arrow = Diagram.from_callable(Ty(group) @ box.dom, box.cod)(
                lambda g, *x, move=move: box(*(move(g, wire) for wire in x))
            )
            yield arrow
            yield from (
                phi.box @ Diagram.id(box.dom) >> arrow
                for phi in sorted(theory.assumptions, key=str)
                if isinstance(phi, Hom) and phi.target.carrier == group
            )


def _absorbing(theory: Theory, box: Box, arrows: list[Arrow]) -> Iterator[Arrow]:
    """Draws, one of them moved by g on a wire of its own, and as it is where an arrow reads it."""
    group = theory.invariant[box][0].group
    for arrow, port in product(arrows, range(len(box.cod))):
        for place, ob in enumerate(arrow.dom):
            if ob == box.cod.obs[port] and theory.moves(group.carrier, ob):
                rest = Ty(*arrow.dom.obs[:place], *arrow.dom.obs[place + 1 :])
                yield Diagram.from_callable(group.type @ box.dom @ rest, box.cod @ arrow.cod)(
                    partial(_drawn, theory, (group, box, port), arrow, place)
                )
    if box.cod == group.type:
        yield from _acting(theory, group, box)


def _drawn(
    theory: Theory,
    drawn: tuple[GroupObject, Box, int],
    arrow: Arrow,
    place: int,
    g: Wire,
    *rest: Wire,
) -> tuple[Wire, ...]:
    group, box, port = drawn
    inputs, rest = rest[: len(box.dom)], rest[len(box.dom) :]
    draws = list(outputs(box(*inputs)))
    found = outputs(arrow(*rest[:place], draws[port], *rest[place:]))
    draws[port] = moved(theory, group, g, draws[port])
    return *draws, *found


def _acting(theory: Theory, group: GroupObject, state: Box) -> Iterator[Arrow]:
    """A draw that acts before another group does."""
    for (_, space), other in product(sorted(theory.acted, key=str), sorted(theory.groups, key=str)):
        if {(group.carrier, space), (other, space)} <= theory.acted:
            one, on = Diagram.id(Ty(other)), Diagram.id(Ty(space))
            act = GroupObject(other).act(space)
            yield one @ state @ on >> one @ group.act(space) >> act


def _mapping(theory: Theory) -> Iterator[Arrow]:
    """Homomorphisms after inverses and products."""
    for one in sorted(theory.assumptions, key=str):
        if isinstance(one, Hom):
            yield from (one.source.inverse >> one.box, one.source.multiply >> one.box)


def _projecting(theory: Theory) -> Iterator[Arrow]:
    """Sections after projections, and what sections move."""
    for one in sorted(theory.hypotheses, key=str):
        if isinstance(one, Section):
            s, G, q = one.box, one.cosets.group, one.cosets.project
            yield from (q >> s, G.inverse >> q >> s, s >> G.inverse)
            for group, space in sorted(theory.acted, key=str):
                on = Diagram.id(Ty(space))
                if group == G.carrier:
                    yield s @ on >> G.act(space)
                    yield (s >> G.inverse) @ on >> G.act(space)
                if space == one.cosets.carrier:
                    yield GroupObject(group).act(space) >> s
            twice, back = Diagram.copy(s.dom), Diagram.id(s.dom)
            yield twice >> s @ back >> G.act(one.cosets.carrier)
            yield twice >> (s >> G.inverse) @ back >> G.act(one.cosets.carrier)


def worlds() -> Iterator[World]:
    """Alone, beside an unrelated group, along a homomorphism, and in products of groups."""
    yield World("nothing assumed", Theory(), FREE, (Ty(X), Ty(X, Y)))
    yield _world("one group", [*_acts(G), *_haar(G)], _boxes((), (G,)))
    yield _world(
        "two groups and a homomorphism",
        [*_acts(G), *_acts(K), CHI, *_haar(G, K)],
        _boxes((), (G,), (K,), (G, K), (CHI,)),
    )
    cosets = [*_acts(G), PHI, COSETS, S, T, *_haar(G, H)]
    yield _world("cosets", cosets, _boxes((), (G,), (PHI,)))
    foreign = [*_acts(K), Acts(K, COSETS.carrier), CHI]
    yield _world(
        "cosets that another group moves", [*cosets, *foreign], _boxes((), (G,), (K,), (PHI,))
    )
    yield _world("two kinds of cosets", [*cosets, PSI, BELOW, R], _boxes((), (PHI,), (PSI,)))
    for twisted in (True, False):
        both = Semidirect(N, G, twisted=twisted)
        on = [*_acts(G), *_acts(N), *(Compatible(both, ob) for ob in (X, Y)), *_haar(G, N)]
        name = "semidirect product" if twisted else "direct product"
        yield _world(name, on, _boxes((), (G,), (N,), (N, G)))
        mixed = [*on, PHI, COSETS, S, T, Acts(N, COSETS.carrier), Acts(K, X), *_haar(H)]
        yield _world(f"cosets in a {name}", mixed, _boxes((), (PHI,), (N,), (N, PHI), (K,)))


def _acts(group: GroupObject) -> list[Structure | Hypothesis]:
    return [Acts(group, space) for space in (X, Y)]


def _haar(*groups: GroupObject) -> list[Hypothesis]:
    return [invariant(group) for group in groups]


def _boxes(*overs: tuple[Over, ...]) -> list[tuple[Box, tuple[Over, ...]]]:
    """Boxes of several shapes for each set of groups or homomorphisms to be equivariant over."""
    found: list[tuple[Box, tuple[Over, ...]]] = []
    for over in overs:
        name = "".join(o.name if isinstance(o, Hom) else str(o.carrier) for o in over)
        groups = [o.target if isinstance(o, Hom) else o for o in over]
        found.append((stochastic(f"k {name}", Ty(X), Ty(Y)), over))
        found.append((deterministic(f"d {name}", Ty(X), Ty(X)), over))
        found.append((stochastic(f"pair {name}", Ty(Y, X), Ty(X, Y)), over))
        found.append((stochastic(f"law {name}", Ty(), Ty(X, Y)), over))
        for g in groups:
            found.append((stochastic(f"gamma {name} {g.carrier}", Ty(X), g.type), over))
            found.append((stochastic(f"m {name} {g.carrier}", g.type @ Ty(X), Ty(Y)), over))
            found.append((stochastic(f"given {name} {g.carrier}", Ty(W), g.type @ Ty(X)), over))
    return found


def _world(
    name: str, assumed: list[Structure | Hypothesis], boxes: list[tuple[Box, tuple[Over, ...]]]
) -> World:
    cosets = [one for one in assumed if isinstance(one, CosetObject)]
    for one in cosets:
        C = one.carrier
        boxes = [*boxes, (stochastic(f"gamma {C}", Ty(X), Ty(C)), (G,))]
        boxes = [*boxes, (stochastic(f"from {C}", Ty(C), Ty(X)), (one.phi,))]
    equivariant = [Equivariant(box, over) for box, overs in boxes for over in overs]
    theory = Theory(*assumed, *equivariant)
    states = [one.box for one in assumed if isinstance(one, Equivariant)]
    ends = (Ty(), *(Ty(one.carrier) for one in cosets))
    groups = [Ty(group) for group in sorted(theory.groups, key=str)]
    doms = [Ty(X), Ty(W), *(group @ end @ Ty(X) for group in groups for end in ends)]
    return World(name, theory, (*(box for box, _ in boxes), *states), tuple(doms))
