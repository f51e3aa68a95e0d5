"""Random finite models of a theory: for every box a function or a stochastic matrix."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import final

import numpy as np
from numpy.typing import NDArray

from markovsym.syntax import (
    Acts,
    Box,
    CosetObject,
    Equivariant,
    GroupObject,
    Hom,
    Ob,
    Section,
    Semidirect,
    Theory,
    Ty,
)
from tests.markovsym.syntax import finite
from tests.markovsym.syntax.finite import C2, C3, C4, C6, D4, S3, V4, Finite, Table

Matrix = NDArray[np.float64]
LARGE, SMALL = (S3, S3, S3, D4, D4, C6), (C2, C3, C4, C4, V4, S3)
NORMAL = (V4, V4, C3, S3)
"""Groups on which others act by automorphisms that do not commute, or are no involutions."""


class NoSuchModel(Exception):  # noqa: N818 - it is caught: another seed will do
    """These groups leave no room for a box that is deterministic and equivariant."""


@final
@dataclass
class Model:
    """What objects and boxes mean; values of several wires are numbered in row-major order."""

    theory: Theory
    rng: np.random.Generator
    size: dict[Ob, int] = field(default_factory=dict[Ob, int])
    groups: dict[Ob, Finite] = field(default_factory=dict[Ob, Finite])
    acts: dict[tuple[Ob, Ob], Table] = field(default_factory=dict[tuple[Ob, Ob], Table])
    homs: dict[Hom, Table] = field(default_factory=dict[Hom, Table])
    rho: dict[Semidirect, Table] = field(default_factory=dict[Semidirect, Table])
    project: dict[CosetObject, Table] = field(default_factory=dict[CosetObject, Table])
    sections: dict[Section | CosetObject, Table] = field(
        default_factory=dict[Section | CosetObject, Table]
    )
    functions: dict[Box, Table] = field(default_factory=dict[Box, Table])
    kernels: dict[Box, Matrix] = field(default_factory=dict[Box, Matrix])

    def points(self, X: Ty) -> int:
        """The number of values of a row of wires."""
        return prod(self.size[ob] for ob in X)

    def motions(self, hypothesis: Equivariant, ob: Ob) -> Table:
        """How the elements that a hypothesis speaks of move a wire: ``motions[r, x]``."""
        over, group = hypothesis.over, hypothesis.group.carrier
        elements = self.homs[over] if isinstance(over, Hom) else np.arange(self.size[group])
        return self._moves(group, ob)[elements]

    def _moves(self, group: Ob, ob: Ob) -> Table:
        if ob == group:
            return self.groups[group].table
        if (group, ob) in self.acts:
            return self.acts[group, ob]
        if (group, ob) in self.theory.twists:
            return self.rho[self.theory.twists[group, ob]]
        return np.tile(np.arange(self.size[ob]), (self.size[group], 1))


def random_model(theory: Theory, boxes: Iterable[Box], seed: int) -> Model:
    """A model of the theory in which the boxes mean something, too."""
    used = list(dict.fromkeys(boxes))
    for attempt in range(500):
        model = Model(theory, np.random.default_rng((seed, attempt)))
        try:
            _add_groups(model)
            _add_cosets(model)
            _add_spaces(model, used)
            _add_structure(model)
            for box in used:
                _add_box(model, box)
        except NoSuchModel:
            continue
        return model
    raise AssertionError(f"no model of {sorted(map(str, theory.assumptions))}")


def _add_groups(model: Model) -> None:
    rng, parts = model.rng, sorted(model.theory.assumptions, key=str)
    large = {one.target.carrier for one in parts if isinstance(one, Hom)}
    normal = {one.normal.carrier for one in parts if isinstance(one, Semidirect) and one.twisted}
    large |= {one.other.carrier for one in parts if isinstance(one, Semidirect)}
    for one in parts:
        if isinstance(one, GroupObject):
            among = NORMAL if one.carrier in normal else LARGE if one.carrier in large else SMALL
            model.groups[one.carrier] = among[rng.integers(len(among))]
            model.size[one.carrier] = model.groups[one.carrier].size
    for one in parts:
        if isinstance(one, Hom):
            H, G = (model.groups[group.carrier] for group in (one.source, one.target))
            found = finite.homomorphisms(H, G)
            proper = [phi for phi in found if len(set(phi)) < G.size]
            model.homs[one] = _interesting(proper if rng.random() < 0.8 else found, rng)
        if isinstance(one, Semidirect):
            model.rho[one] = _product(model, one)


def _product(model: Model, product: Semidirect) -> Table:
    N, H = (model.groups[group.carrier] for group in (product.normal, product.other))
    if product.twisted:
        return _interesting(finite.automorphic_actions(H, N), model.rng)
    return np.tile(np.arange(N.size), (H.size, 1))


def _interesting(found: list[Table], rng: np.random.Generator) -> Table:
    """Any but the trivial one, which comes first, where there is another."""
    return found[rng.integers(1, len(found))] if len(found) > 1 else found[0]


def _add_cosets(model: Model) -> None:
    for one in sorted(model.theory.cosets.values(), key=str):
        G = model.groups[one.group.carrier]
        q = finite.cosets(G, np.unique(model.homs[one.phi]))
        q = model.rng.permutation(q.max() + 1)[q]
        model.project[one] = q
        model.size[one.carrier] = q.max() + 1
        representatives = _section(q, model.rng)
        model.acts[one.group.carrier, one.carrier] = q[G.table[:, representatives]]
        model.sections[one] = _section(q, model.rng)
    for one in sorted(model.theory.hypotheses, key=str):
        if isinstance(one, Section):
            model.sections[one] = _section(model.project[one.cosets], model.rng)


def _section(q: Table, rng: np.random.Generator) -> Table:
    """A random element of each coset."""
    return np.array([rng.choice(np.flatnonzero(q == c)) for c in range(q.max() + 1)])


def _add_spaces(model: Model, boxes: list[Box]) -> None:
    mentioned = {ob for box in boxes for ob in (*box.dom, *box.cod)}
    acted = {one.space for one in model.theory.assumptions if isinstance(one, Acts)}
    for ob in sorted(mentioned | acted, key=str):
        if ob not in model.size:
            model.size[ob] = int(model.rng.integers(3, 7))
    for (space, other, normal), one in sorted(model.theory.compatible.items(), key=str):
        assert not {(normal, space), (other, space)} & model.acts.keys(), "one product a space"
        N, H = model.groups[normal], model.groups[other]
        both = finite.semidirect(N, H, model.rho[one.product])
        act = finite.random_action(both, model.size[space], model.rng)
        model.acts[normal, space] = act[np.arange(N.size) * H.size]
        model.acts[other, space] = act[np.arange(H.size)]
    for group, space in sorted(model.theory.acted, key=str):
        if (group, space) not in model.acts:
            G = model.groups[group]
            model.acts[group, space] = finite.random_action(G, model.size[space], model.rng)


def _add_structure(model: Model) -> None:
    for one in model.theory.assumptions:
        for box, table in _structure(model, one):
            model.functions[box] = table.ravel()
    for (group, space), table in model.acts.items():
        model.functions[GroupObject(group).act(space)] = table.ravel()


def _structure(model: Model, one: object) -> Iterator[tuple[Box, Table]]:
    match one:
        case GroupObject(carrier):
            G = model.groups[carrier]
            yield one.multiply, G.table
            yield one.inverse, G.inverse
            yield one.unit, np.zeros(1, dtype=np.int64)
        case Hom():
            yield one.box, model.homs[one]
        case CosetObject():
            yield one.project, model.project[one]
        case Section():
            yield one.box, model.sections[one]
        case Semidirect(twisted=True):
            yield one.rho, model.rho[one]
        case _:
            return


def _add_box(model: Model, box: Box) -> None:
    if box in model.functions:
        return
    orbits = _orbits(model, box)
    if box.deterministic:
        model.functions[box] = _function(orbits, model.rng)
    else:
        weights = model.rng.random(orbits.max() + 1)[orbits] ** 2 + 0.02
        model.kernels[box] = weights / weights.sum(axis=1, keepdims=True)


def _orbits(model: Model, box: Box) -> Table:
    """Which pairs of an input and an output the hypotheses on the box make equally probable."""
    rows, columns = model.points(box.dom), model.points(box.cod)
    label = np.arange(rows * columns).reshape(rows, columns)
    moves = [
        (left, right)
        for hypothesis in model.theory.equivariant.get(box, [])
        for left, right in zip(
            _joint(model, hypothesis, box.dom), _joint(model, hypothesis, box.cod), strict=True
        )
    ]
    while True:
        before = label
        for left, right in moves:
            label = np.minimum(label, label[np.ix_(left, right)])
        if (label == before).all():
            return np.unique(label, return_inverse=True)[1].reshape(label.shape)


def _joint(model: Model, hypothesis: Equivariant, X: Ty) -> Table:
    """How the elements move several wires at once."""
    over = hypothesis.over
    count = model.size[(over.source if isinstance(over, Hom) else over).carrier]
    moved = np.zeros((count, 1), dtype=np.int64)
    for ob in X:
        motion = model.motions(hypothesis, ob)
        moved = (moved[:, :, None] * model.size[ob] + motion[:, None, :]).reshape(count, -1)
    return moved


def _function(orbits: Table, rng: np.random.Generator) -> Table:
    """A random function whose graph is a union of orbits."""
    found = np.full(len(orbits), -1)
    for x in range(len(orbits)):
        if found[x] < 0:
            graphs = [label for label in orbits[x] if ((orbits == label).sum(axis=1) <= 1).all()]
            if not graphs:
                raise NoSuchModel
            of, to = np.nonzero(orbits == rng.choice(graphs))
            found[of] = to
    return found
