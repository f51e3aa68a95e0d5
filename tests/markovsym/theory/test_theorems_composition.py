"""T9 to T11: two procedures in a row, recursion to any depth, and noise from the right."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from markovsym.categories import Stochastic
from markovsym.syntax import Arrow, Box, Diagram, Section, Ty
from markovsym.syntax.procedures import discarding, recursive, sym
from tests.markovsym.theory.worlds import (
    G_H,
    G_K,
    IN_G,
    IN_H,
    IN_K,
    K_H,
    SQUARE,
    TETRAHEDRON,
    TRIANGLE,
    C,
    G,
    H,
    World,
    X,
    Y,
)

k = Box("k", X, Y)
s, t, r = Section(G_H, "s").box, Section(K_H, "s").box, Section(G_K, "s").box
haar = Box("haar", Ty(), G.type)

each_world = pytest.mark.parametrize("world", [TRIANGLE, SQUARE], ids=str)
with_three = pytest.mark.parametrize("world", [SQUARE, TETRAHEDRON], ids=str)


@with_three
def test_t9_along_three_groups_two_procedures_are_one(world: World) -> None:
    assert len({len(elements) for elements in world.groups.values()}) == 3
    inner, outer = Box("gamma1", X, Ty(K_H.carrier)), Box("gamma2", X, Ty(G_K.carrier))
    boxes = {
        inner: world.averaged(inner, "K"),
        outer: world.averaged(outer, "G"),
        k: world.averaged(k, "H"),
    }
    included = inner >> t >> G_K.phi.box >> G_H.project
    gamma = sym(included, outer, IN_G, r)
    twice = sym(sym(k, inner, IN_K, t), outer, IN_G, r)
    assert world.respects(inner, IN_K, boxes)
    assert world.respects(included, IN_K, boxes)
    assert not world.respects(included, IN_G, boxes)
    assert world.respects(gamma, IN_G, boxes)
    once = world.evaluate(sym(k, gamma, IN_G, s), boxes)
    assert world.evaluate(twice, boxes) == once
    assert world.respects(twice, IN_G, boxes)
    assert once != boxes[k]


@each_world
def test_t9_along_one_subgroup_two_procedures_are_one(world: World) -> None:
    inner, outer = Box("gamma1", X, H.type), Box("gamma2", X, Ty(G_H.carrier))
    boxes = {
        inner: world.averaged(inner, "H"),
        outer: world.averaged(outer, "G"),
        k: world.random(k),
    }
    gamma = sym(inner >> G_H.phi.box, outer, IN_G, s)
    twice = sym(sym(k, inner, IN_H), outer, IN_G, s)
    assert world.respects(gamma, IN_G, boxes)
    assert world.evaluate(twice, boxes) == world.evaluate(sym(k, gamma, IN_G), boxes)
    assert world.respects(twice, IN_G, boxes)


@with_three
def test_t9_needs_the_inner_gamma_to_respect_the_middle_group(world: World) -> None:
    inner, outer = Box("gamma1", X, Ty(K_H.carrier)), Box("gamma2", X, Ty(G_K.carrier))
    boxes = {inner: world.random(inner), outer: world.averaged(outer, "G")}
    gamma = sym(inner >> t >> G_K.phi.box >> G_H.project, outer, IN_G, r)
    assert not world.respects(gamma, IN_G, boxes)


def drawn_in_turn(world: World, laws: Sequence[Stochastic], kernel: Stochastic) -> np.ndarray:
    """The sum over g0, g1, ...: each is drawn where the ones before have moved x back to."""
    moves = world.moves("G")
    on_x, on_y = moves[X.obs[0]], moves[Y.obs[0]]
    count = len(on_x)
    back = [moves[G.carrier][g].index(0) for g in range(count)]
    total = np.full(kernel.table.shape, Fraction(0))
    for chosen in product(range(count), repeat=len(laws)):
        whole = 0
        weight = np.full(len(on_x[0]), Fraction(1))
        for law, g in zip(laws, chosen, strict=True):
            weight = weight * law.table[on_x[back[whole]], g]
            whole = moves[G.carrier][whole][g]
        total = total + weight[:, None] * kernel.table[np.ix_(on_x[back[whole]], on_y[back[whole]])]
    return total


def base_and_learned(world: World, depth: int) -> tuple[list[Box], dict[Box, Stochastic]]:
    names = [Box(f"gamma{i}", X, G.type) for i in range(depth + 1)]
    boxes = {box: world.random(box) for box in names}
    return names, {**boxes, names[0]: world.averaged(names[0], "G"), k: world.random(k)}


@pytest.mark.parametrize(("world", "depth"), [(TRIANGLE, 1), (TRIANGLE, 3), (SQUARE, 1)], ids=str)
def test_t10_unrolled_recursion_multiplies_what_is_drawn_in_turn(world: World, depth: int) -> None:
    names, boxes = base_and_learned(world, depth)
    gamma: Arrow = names[0]
    for learned in names[1:]:
        assert not world.respects(learned, IN_G, boxes)
        gamma = recursive(gamma, learned, IN_G)
        assert world.respects(gamma, IN_G, boxes)
    found = world.evaluate(sym(k, gamma, IN_G), boxes)
    wanted = drawn_in_turn(world, [boxes[name] for name in names], boxes[k])
    assert np.array_equal(found.table, wanted)


@each_world
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_t10_recursion_symmetrises_inside_out(world: World, depth: int) -> None:
    names, boxes = base_and_learned(world, depth)
    gamma: Arrow = names[0]
    nested: Arrow = k
    for learned in names[1:]:
        gamma = recursive(gamma, learned, IN_G)
    for learned in reversed(names):
        nested = sym(nested, learned, IN_G)
    assert world.evaluate(sym(k, gamma, IN_G), boxes) == world.evaluate(nested, boxes)
    assert world.respects(nested, IN_G, boxes)


@each_world
def test_t10_along_a_subgroup_the_learned_gamma_respects_it(world: World) -> None:
    base, learned = (Box(name, X, Ty(G_H.carrier)) for name in ("gamma0", "gamma1"))
    boxes = {
        base: world.averaged(base, "G"),
        learned: world.averaged(learned, "H"),
        k: world.averaged(k, "H"),
    }
    gamma = recursive(base, learned, IN_G, s)
    assert not world.respects(learned, IN_G, boxes)
    assert world.respects(gamma, IN_G, boxes)
    once = world.evaluate(sym(k, gamma, IN_G, s), boxes)
    assert once == world.evaluate(sym(sym(k, learned, IN_G, s), base, IN_G, s), boxes)
    boxes[learned] = world.random(learned)
    assert not world.respects(gamma, IN_G, boxes)


@each_world
def test_t10_the_constant_base_will_do(world: World) -> None:
    names, boxes = base_and_learned(world, 1)
    gamma = recursive(discarding(haar, X), names[1], IN_G)
    boxes[haar] = C.uniform(world.objects[G.carrier])
    assert world.respects(gamma, IN_G, boxes)
    assert world.respects(sym(k, gamma, IN_G), IN_G, boxes)


def times(gamma: Arrow, u: Arrow, dom: Ty, back: Callable | None = None) -> Diagram:
    """The product of a draw of each; with ``back``, gamma's is undone first."""

    @Diagram.from_callable(dom, G.type)
    def drawn(x):
        g = gamma(x)
        return G.multiply(back(g) if back else g, u(x))

    return drawn


def invariant(world: World, dom: Ty, seed: int = 0) -> Stochastic:
    """A random law on the group, the same all along an orbit."""
    moves, law = world.moves("G")[dom.obs[0]], world.random(Box("u", dom, G.type), seed)
    return Stochastic(law.dom, law.cod, sum(law.table[row] for row in moves) / Fraction(len(moves)))


@each_world
def test_t11_an_equivariant_gamma_times_invariant_noise_is_equivariant(world: World) -> None:
    gamma, u = Box("gamma", X, G.type), Box("u", X, G.type)
    boxes = {gamma: world.averaged(gamma, "G"), u: invariant(world, X)}
    product_of_both = times(gamma, u, X)
    assert world.respects(product_of_both, IN_G, boxes)
    assert world.evaluate(product_of_both, boxes) != boxes[gamma]
    assert not world.respects(times(u, gamma, X), IN_G, boxes)  # from the left it is not
    boxes[u] = world.random(u)
    assert not world.respects(product_of_both, IN_G, boxes)


@each_world
def test_t11_where_a_function_is_a_gamma_every_gamma_is_it_times_noise(world: World) -> None:
    free = Ty("W")
    first, gamma = Box("gamma0", free, G.type, deterministic=True), Box("gamma", free, G.type)
    moved = [row[0] for row in world.moves("G")[free.obs[0]]]
    boxes = {first: world.function(first, moved.index), gamma: world.averaged(gamma, "G")}
    assert world.respects(first, IN_G, boxes)
    noise = times(first, gamma, free, back=G.inverse)
    u = Box("u", free, G.type)
    boxes[u] = world.evaluate(noise, boxes)
    assert len({tuple(row) for row in boxes[u].table}) == 1  # W is one orbit
    assert world.evaluate(times(first, u, free), boxes) == boxes[gamma]
