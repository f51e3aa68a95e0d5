"""T1 to T6, as equations between fractions: what every procedure is, and which are stable."""

from fractions import Fraction
from functools import partial
from itertools import product
from random import Random

import numpy as np
import pytest

from markovsym.categories import Stochastic
from markovsym.syntax import Arrow, Box, Diagram, Section, Ty
from markovsym.syntax.procedures import curried, equivariance, sym, uncurried
from tests.markovsym.theory.worlds import (
    G_H,
    IN_G,
    IN_H,
    PRODUCT,
    SQUARE,
    TETRAHEDRON,
    TRIANGLE,
    TURNED,
    C,
    G,
    World,
    X,
    Y,
    Z,
    apart,
)

A, B = G.type, Ty(G_H.carrier)
s, t = (Section(G_H, name).box for name in "st")
k, l, m = Box("k", X, Y), Box("l", Y, Z), Box("m", B @ X, Y)
frame, gamma, both = Box("frame", X, A), Box("gamma", X, B), Box("Gamma", X, B @ X)

each_world = pytest.mark.parametrize("world", [TRIANGLE, SQUARE], ids=str)


def sharp(kernel: Arrow, section: Box = s) -> Diagram:
    """G/H @ X -> Y, the bijection along phi."""

    @Diagram.from_callable(B @ kernel.dom, kernel.cod)
    def curry(c, *x):
        g = section(c)
        moved = IN_G.act(kernel.dom)(G.inverse(g), *x)
        found = kernel(*(moved if isinstance(moved, tuple) else (moved,)))
        return IN_G.act(kernel.cod)(g, *(found if isinstance(found, tuple) else (found,)))

    return curry


def flat(arrow: Arrow) -> Diagram:
    """X -> m(eH, x), the inverse of that bijection."""
    return (G.unit >> G_H.project) @ Diagram.id(arrow.dom[1:]) >> arrow


def by_hand(world: World, kernel: Stochastic, g: int) -> np.ndarray:
    """The table of x -> g.k(g^-1.x)."""
    moves = world.moves("G")
    back = [moves[A.obs[0]][a].index(0) for a in range(len(world.groups["G"]))][g]
    return kernel.table[np.ix_(moves[X.obs[0]][back], moves[Y.obs[0]][back])]


@pytest.mark.parametrize("world", [TRIANGLE, SQUARE, TETRAHEDRON, PRODUCT, TURNED], ids=str)
def test_the_worlds_are_groups_that_act_and_not_freely(world: World) -> None:
    one, none = Diagram.id(A), Diagram.discard(A)
    inverted = Diagram.copy(A) >> one @ G.inverse >> G.multiply
    assert world.evaluate(inverted, {}) == world.evaluate(none >> G.unit, {})
    for wire in (X, Y, B):
        act, point = G.act(wire.obs[0]), Diagram.id(wire)
        twice, product_first = one @ act >> act, G.multiply @ point >> act
        assert world.evaluate(twice, {}) == world.evaluate(product_first, {})
        unmoved = world.evaluate(G.unit @ point >> act, {})
        assert unmoved == C.identity(world.objects[wire.obs[0]])
    for section in (s, t):
        back = C.identity(world.objects[B.obs[0]])
        assert world.evaluate(section >> G_H.project, {}) == back
    assert max(len(world.stabiliser(x)) for x in range(len(world.spaces["X"]))) > 1


@each_world
def test_t1_kernels_are_the_equivariant_kernels_out_of_the_group_beside_the_input(
    world: World,
) -> None:
    free = Box("m", A @ X, Y)
    boxes = {k: world.random(k), free: world.averaged(free, "G")}
    curry = world.evaluate(curried(k, IN_G), boxes)
    assert world.respects(curried(k, IN_G), IN_G, boxes)
    assert world.evaluate(uncurried(curried(k, IN_G), IN_G), boxes) == boxes[k]
    assert world.respects(free, IN_G, boxes)
    assert world.evaluate(curried(uncurried(free, IN_G), IN_G), boxes) == boxes[free]
    for g in range(len(world.groups["G"])):
        assert np.array_equal(curry.table[g], by_hand(world, boxes[k], g))


@each_world
def test_t1_needs_equivariance_on_the_side_of_the_group(world: World) -> None:
    free = Box("m", A @ X, Y)
    boxes = {free: world.random(free)}
    assert apart(world.evaluate(curried(uncurried(free, IN_G), IN_G), boxes), boxes[free]) > 0


@each_world
def test_t2_kernels_of_a_subgroup_are_equivariant_kernels_out_of_the_cosets(world: World) -> None:
    boxes = {k: world.averaged(k, "H"), m: world.averaged(m, "G")}
    assert world.respects(k, IN_H, boxes)
    assert not world.respects(k, IN_G, boxes)
    assert world.respects(sharp(k), IN_G, boxes)
    assert world.evaluate(flat(sharp(k)), boxes) == boxes[k]
    assert world.respects(flat(m), IN_H, boxes)
    assert world.evaluate(sharp(flat(m)), boxes) == boxes[m]
    curry = world.evaluate(sharp(k), boxes)
    for number, coset in enumerate(world.cosets(G_H)):
        for g in coset:
            found = by_hand(world, boxes[k], world.groups["G"].index(g))
            assert np.array_equal(curry.table[number], found)


@each_world
def test_t2_the_section_does_not_matter(world: World) -> None:
    boxes = {k: world.averaged(k, "H"), gamma: world.averaged(gamma, "G")}
    assert world.structure[s] != world.structure[t]
    for make in (partial(sharp, k), partial(sym, k, gamma, IN_G)):
        assert world.evaluate(make(s), boxes) == world.evaluate(make(t), boxes)


def test_t2_no_section_matters_exactly_if_the_kernel_respects_the_subgroup() -> None:
    numbers = [[TRIANGLE.groups["G"].index(g) for g in row] for row in TRIANGLE.cosets(G_H)]
    sections = [TRIANGLE.function(s, choice.__getitem__) for choice in product(*numbers)]
    assert len(set(sections)) == 8
    for kernel, count in ((TRIANGLE.averaged(k, "H"), 1), (TRIANGLE.random(k), 8)):
        boxes = {k: kernel}
        assert TRIANGLE.respects(k, IN_H, boxes) == (count == 1)
        found = {TRIANGLE.evaluate(sharp(k), {**boxes, s: one}) for one in sections}
        assert len(found) == count


@each_world
def test_t2_without_equivariance_the_section_moves_the_result_which_is_not_equivariant(
    world: World,
) -> None:
    boxes = {k: world.random(k), gamma: world.averaged(gamma, "G")}
    one, other = (world.evaluate(sym(k, gamma, IN_G, section), boxes) for section in (s, t))
    assert apart(one, other) > Fraction(1, 20)
    left, right = equivariance(sym(k, gamma, IN_G, s), IN_G)
    assert apart(world.evaluate(left, boxes), world.evaluate(right, boxes)) > Fraction(1, 20)


@each_world
def test_t3_precomposition_is_natural_in_the_codomain(world: World) -> None:
    boxes = {k: world.averaged(k, "H"), l: world.averaged(l, "G"), both: world.averaged(both, "G")}
    inside, outside = both >> sharp(k >> l), both >> sharp(k) >> l
    assert world.respects(outside, IN_G, boxes)
    assert world.evaluate(inside, boxes) == world.evaluate(outside, boxes)
    boxes[l] = world.averaged(l, "H")
    assert world.evaluate(inside, boxes) != world.evaluate(outside, boxes)


@each_world
def test_t3_a_natural_procedure_is_precomposition_with_its_value_at_the_identity(
    world: World,
) -> None:
    # the identity of G/H @ X is the sharp of x -> (eH, x), of which sym makes x -> (gamma(x), x)
    at_unit = (G.unit >> G_H.project) @ Diagram.id(X)
    copied = Diagram.copy(X) >> gamma @ Diagram.id(X)
    boxes = {gamma: world.averaged(gamma, "G"), k: world.averaged(k, "H")}
    assert world.evaluate(sharp(at_unit), boxes) == C.identity(C.dom(world.random(m)))
    Gamma = world.evaluate(sym(at_unit, gamma, IN_G, s), boxes)
    assert Gamma == world.evaluate(copied, boxes)
    boxes[both] = Gamma
    assert world.evaluate(both >> sharp(k), boxes) == world.evaluate(sym(k, gamma, IN_G, s), boxes)


@each_world
def test_t4_a_gamma_makes_a_stable_procedure(world: World) -> None:
    boxes = {gamma: world.averaged(gamma, "G")}
    Gamma = Diagram.copy(X) >> gamma @ Diagram.id(X)
    assert world.evaluate(Gamma >> Diagram.discard(B) @ Diagram.id(X), boxes) == C.identity(
        world.objects[X.obs[0]]
    )
    for seed in range(3):
        boxes[k] = world.averaged(k, "G", seed=seed)
        assert world.evaluate(sym(k, gamma, IN_G, s), boxes) == boxes[k]
        assert world.evaluate(Gamma >> sharp(k), boxes) == boxes[k]


def exchanged() -> Diagram:
    """The Gamma that exchanges the two corners of x, which every group lets pass."""
    turn = Box("turn", X, X, deterministic=True)
    return Diagram.copy(X) >> gamma @ turn


@each_world
def test_t4_a_joint_kernel_of_another_form_makes_an_unstable_procedure(world: World) -> None:
    points = world.spaces["X"]
    turn = Box("turn", X, X, deterministic=True)
    boxes = {
        gamma: world.averaged(gamma, "G"),
        k: world.averaged(k, "G"),
        both: world.averaged(both, "G"),
        turn: world.function(turn, lambda x: points.index(points[x][::-1])),
    }
    for Gamma in (exchanged(), both):
        marginal = Gamma >> Diagram.discard(B) @ Diagram.id(X)
        assert world.respects(Gamma, IN_G, boxes)
        assert world.evaluate(marginal, boxes) != C.identity(world.objects[X.obs[0]])
        assert world.respects(Gamma >> sharp(k), IN_G, boxes)  # a procedure it is
        assert apart(world.evaluate(Gamma >> sharp(k), boxes), boxes[k]) > Fraction(1, 1000)
        # what it makes of an equivariant kernel, and of the identity of X, is its marginal first
        assert world.evaluate(Gamma >> sharp(k), boxes) == world.evaluate(marginal >> k, boxes)
        identity = Diagram.id(X)
        assert world.evaluate(Gamma >> sharp(identity), boxes) == world.evaluate(marginal, boxes)


@each_world
def test_t4_a_joint_law_whose_marginal_is_the_identity_splits(world: World) -> None:
    # positivity: whatever Gamma is made of, its other marginal is the gamma
    identity = world.function(Box("id", X, X), lambda x: x).table
    weights = world.averaged(gamma, "G").table
    Gamma = Stochastic(*world.ends(X, B @ X), weights[:, :, None] * identity[:, None, :])
    boxes = {both: Gamma}
    assert world.respects(both, IN_G, boxes)
    one = both >> Diagram.id(B) @ Diagram.discard(X)
    assert world.evaluate(Diagram.copy(X) >> one @ Diagram.id(X), boxes) == Gamma


@each_world
@pytest.mark.parametrize("along", ["H", "the trivial group"])
def test_t5_sym_is_the_sum_over_the_cosets(world: World, along: str) -> None:
    law, section = (gamma, s) if along == "H" else (frame, None)
    boxes = {law: world.averaged(law, "G"), k: world.averaged(k, *(["H"] if section else []))}
    found = world.evaluate(sym(k, law, IN_G, section), boxes)
    chosen = range(len(world.groups["G"]))
    if section:
        chosen = [world.structure[s].table[c].argmax() for c in range(len(world.cosets(G_H)))]
    wanted = sum(
        boxes[law].table[:, c, None] * by_hand(world, boxes[k], g) for c, g in enumerate(chosen)
    )
    assert np.array_equal(found.table, wanted)
    assert found != boxes[k]
    assert world.respects(k, IN_H, boxes) == (along == "H")


@each_world
def test_t5_a_deterministic_gamma_and_kernel_give_a_canonicalisation(world: World) -> None:
    # W is free: it has an equivariant function to G, that carries its first point to each point
    free = Ty("W")
    moves = world.moves("G")[free.obs[0]]
    canon, f = Box("h", free, A, deterministic=True), Box("f", free, Y, deterministic=True)
    draw, count = Random(0), len(world.spaces["Y"])
    values = [draw.randrange(count) for _ in world.spaces["W"]]
    boxes = {
        canon: world.function(canon, [row[0] for row in moves].index),
        f: world.function(f, values.__getitem__),
    }
    assert world.respects(canon, IN_G, boxes)
    assert not world.respects(f, IN_G, boxes)
    diagram = sym(f, canon, IN_G)
    assert world.respects(diagram, IN_G, boxes)
    found = world.evaluate(diagram, boxes)
    assert C.is_deterministic(found)
    images = world.moves("G")[Y.obs[0]]
    for g, row in enumerate(moves):
        assert found.table[row[0]].argmax() == images[g][values[0]]


@each_world
def test_t6_every_equivariant_kernel_is_symmetrised_from_one_of_the_subgroup(world: World) -> None:
    boxes = {gamma: world.averaged(gamma, "G"), k: world.averaged(k, "H")}
    once = world.evaluate(sym(k, gamma, IN_G, s), boxes)
    boxes[k] = once
    assert world.respects(k, IN_G, boxes)
    assert world.respects(k, IN_H, boxes)
    assert world.evaluate(sym(k, gamma, IN_G, s), boxes) == once


@each_world
def test_t6_the_image_has_the_dimension_of_all_equivariant_kernels(world: World) -> None:
    moves, diagram = world.moves("G"), sym(k, gamma, IN_G, s)
    law = world.averaged(gamma, "G")
    kernels = (world.averaged(k, "H", seed=seed) for seed in range(16))
    found = [world.evaluate(diagram, {k: one, gamma: law}).table for one in kernels]
    span = np.array([(one - found[0]).ravel() for one in found]).astype(float)
    points, values = moves[X.obs[0]], moves[Y.obs[0]]
    pairs = {
        frozenset((x[i], y[j]) for x, y in zip(points, values, strict=True))
        for i, j in np.ndindex(*found[0].shape)
    }
    orbits = {frozenset(row[i] for row in points) for i in range(len(points[0]))}
    assert np.linalg.matrix_rank(span, tol=1e-9) == len(pairs) - len(orbits) > 2
