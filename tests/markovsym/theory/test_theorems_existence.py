"""T16 to T19, as equations between fractions: existence of gamma, sections, naturality, units."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from markovsym.categories import Stochastic
from markovsym.syntax import Box, Diagram, Section, Ty
from markovsym.syntax.procedures import discarding, equivariance, sym
from tests.markovsym.categories.finite import D4, generated
from tests.markovsym.theory.worlds import (
    G_G,
    G_H,
    IN_G,
    IN_H,
    SQUARE,
    TRIANGLE,
    C,
    G,
    H,
    World,
    X,
    Y,
    Z,
    apart,
)

A, B = G.type, Ty(G_H.carrier)
k, l = Box("k", X, Y), Box("l", Y, Z)
frame, gamma = Box("frame", X, A), Box("gamma", X, B)
f, turn = Box("f", X, X), Box("turn", X, X, deterministic=True)
s, t = (Section(G_H, name).box for name in "st")
haar = Box("haar", Ty(), A)
own = Box("haar", Ty(), H.type)

each_world = pytest.mark.parametrize("world", [TRIANGLE, SQUARE], ids=str)


def carrying(world: World) -> Stochastic:
    """For each point, the first element that carries the first point of its orbit to it."""
    rows = world.moves("G")[X.obs[0]]
    first = [min(row[x] for row in rows) for x in range(len(rows[0]))]
    return world.function(frame, lambda x: [row[first[x]] for row in rows].index(x))


@each_world
@pytest.mark.parametrize("law", [frame, gamma], ids=lambda box: str(box.cod))
def test_t16_gamma_of_a_point_is_invariant_under_its_stabiliser(world: World, law: Box) -> None:
    table = world.averaged(law, "G").table
    moves = world.moves("G")[law.cod.obs[0]]
    sizes = set()
    for x, row in enumerate(table):
        fixing = world.stabiliser(x)
        sizes.add(len(fixing))
        assert all(np.array_equal(row[moves[g]], row) for g in fixing)
    assert max(sizes) > 1  # not free
    loose = world.random(law).table
    off = max(
        abs(loose[x][moves[g]] - loose[x]).max()
        for x in range(len(loose))
        for g in world.stabiliser(x)
    )
    assert off > Fraction(1, 100)


@each_world
def test_t16_no_element_is_likelier_than_one_in_the_order_of_the_stabiliser(world: World) -> None:
    orders = [len(world.stabiliser(x)) for x in range(len(world.spaces["X"]))]
    for seed in range(4):
        table = world.averaged(frame, "G", seed=seed).table
        assert all(row.max() <= Fraction(1, n) for row, n in zip(table, orders, strict=True))
    best = world.mean(carrying(world), (*X, *A), "G")
    assert world.respects(frame, IN_G, {frame: best})
    assert [row.max() for row in best.table] == [Fraction(1, n) for n in orders]


EDGES = replace(SQUARE, name="edges", groups={"G": D4, "H": generated((1, 0, 3, 2))})


@pytest.mark.parametrize("world", [TRIANGLE, SQUARE, EDGES], ids=str)
def test_t16_a_deterministic_gamma_needs_a_coset_that_the_stabiliser_fixes(world: World) -> None:
    # corners are fixed by reflections that fix corners, and by no others
    points = range(len(world.spaces["X"]))
    for law, possible in ((frame, False), (gamma, world is not EDGES)):
        moves = world.moves("G")[law.cod.obs[0]]
        fixed = [
            [c for c in range(len(moves[0])) if all(moves[g][c] == c for g in world.stabiliser(x))]
            for x in points
        ]
        assert all(fixed) == possible
        if possible:
            rows = world.moves("G")[X.obs[0]]
            first = [min(row[x] for row in rows) for x in points]
            carry = [[row[first[x]] for row in rows].index(x) for x in points]
            images = [moves[carry[x]][fixed[first[x]][0]] for x in points]
            chosen = world.function(law, images.__getitem__)
            assert C.is_deterministic(chosen)
            assert world.respects(law, IN_G, {law: chosen})


def lift(section: Box) -> Diagram:
    """G/H -> G, s(c) phi(h) with h drawn from the Haar measure of H."""

    @Diagram.from_callable(B, A)
    def lifted(c):
        return G.multiply(section(c), G_H.phi.box(own()))

    return lifted


@each_world
def test_t17_a_section_with_haar_noise_is_equivariant(world: World) -> None:
    boxes = {own: C.uniform(world.objects[H.carrier])}
    assert world.respects(lift(s), IN_G, boxes)
    assert not world.respects(s, IN_G, boxes)
    assert world.evaluate(lift(s), boxes) == world.evaluate(lift(t), boxes)
    back = C.identity(world.objects[B.obs[0]])
    assert world.evaluate(lift(s) >> G_H.project, boxes) == back


@each_world
def test_t17_any_kernel_may_be_symmetrised_with_a_lifted_gamma(world: World) -> None:
    boxes = {
        own: C.uniform(world.objects[H.carrier]),
        gamma: world.averaged(gamma, "G"),
        k: world.random(k),
    }
    once = sym(k, gamma >> lift(s), IN_G)
    assert not world.respects(k, IN_H, boxes)
    assert not world.respects(sym(k, gamma, IN_G, s), IN_G, boxes)
    assert world.respects(gamma >> lift(s), IN_G, boxes)
    assert world.respects(once, IN_G, boxes)
    # it is to symmetrise by Haar of H first
    twice = sym(sym(k, discarding(own, X), IN_H), gamma, IN_G, s)
    assert world.evaluate(once, boxes) == world.evaluate(twice, boxes)


def laws(world: World) -> dict[Box, Stochastic]:
    points = world.spaces["X"]
    return {
        k: world.averaged(k, "H"),
        l: world.averaged(l, "G"),
        gamma: world.averaged(gamma, "G"),
        f: world.averaged(f, "G"),
        turn: world.function(turn, lambda x: points.index(points[x][::-1])),
    }


@each_world
def test_t18_an_equivariant_kernel_may_follow_inside_or_outside(world: World) -> None:
    boxes = laws(world)
    inside, outside = sym(k >> l, gamma, IN_G, s), sym(k, gamma, IN_G, s) >> l
    assert world.evaluate(inside, boxes) == world.evaluate(outside, boxes)
    boxes[l] = world.averaged(l, "H")
    gap = apart(world.evaluate(inside, boxes), world.evaluate(outside, boxes))
    assert gap > Fraction(1, 200)


@each_world
def test_t18_an_equivariant_function_may_come_before_in_both_places(world: World) -> None:
    boxes = laws(world)
    inside, outside = sym(turn >> k, turn >> gamma, IN_G, s), turn >> sym(k, gamma, IN_G, s)
    assert world.evaluate(inside, boxes) == world.evaluate(outside, boxes)
    once = sym(turn >> k, gamma, IN_G, s)
    assert world.evaluate(once, boxes) != world.evaluate(outside, boxes)  # in one it may not


@each_world
def test_t18_an_equivariant_kernel_that_draws_may_not_come_before(world: World) -> None:
    boxes = laws(world)
    outside = f >> sym(k, gamma, IN_G, s)
    for inside in (sym(f >> k, f >> gamma, IN_G, s), sym(f >> k, gamma, IN_G, s)):
        assert world.respects(inside, IN_G, boxes)  # each is equivariant, and they differ
        gap = apart(world.evaluate(inside, boxes), world.evaluate(outside, boxes))
        assert Fraction(1, 250) < gap < Fraction(1, 5)


@each_world
def test_t19_along_the_identity_gamma_discards_and_nothing_happens(world: World) -> None:
    point = Box("point", Ty(), Ty(G_G.carrier))
    boxes = {k: world.averaged(k, "G"), point: C.uniform(world.objects[G_G.carrier])}
    assert world.objects[G_G.carrier] == (1,)
    assert world.respects(discarding(point, X), IN_G, boxes)
    for name in "st":
        diagram = sym(k, discarding(point, X), IN_G, Section(G_G, name).box)
        assert world.evaluate(diagram, boxes) == boxes[k]
    boxes[k] = world.averaged(k, "H")
    assert world.evaluate(diagram, boxes) != boxes[k]  # the last section is not the unit


@each_world
def test_t19_on_the_group_itself_gamma_is_the_identity(world: World) -> None:
    state = Box("k", A, Y)
    boxes = {state: world.random(state)}
    diagram = sym(state, Diagram.id(A), IN_G)
    assert world.respects(diagram, IN_G, boxes)
    found, images = world.evaluate(diagram, boxes).table, world.moves("G")[Y.obs[0]]
    for g, row in enumerate(images):
        assert np.array_equal(found[g][row], boxes[state].table[0])  # g.k(e)


@each_world
def test_t19_a_state_is_moved_by_an_invariant_law(world: World) -> None:
    p, cosets = Box("p", Ty(), Y), Box("law", Ty(), B)
    boxes = {p: world.averaged(p, "H"), haar: C.uniform(world.objects[G.carrier])}
    along = haar >> G_H.project
    boxes[cosets] = world.evaluate(along, boxes)
    mean = world.mean(boxes[p], Y.obs, "G")
    for diagram in (sym(p, haar, IN_G), sym(p, cosets, IN_G, s), sym(p, along, IN_G, t)):
        assert world.evaluate(diagram, boxes) == mean
        left, right = equivariance(diagram, IN_G)
        assert world.evaluate(left, boxes) == world.evaluate(right, boxes)
    assert mean != boxes[p]
