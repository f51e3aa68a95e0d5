"""T7 and T8: symmetrising along one factor of a product of groups."""

from fractions import Fraction

import pytest

from markovsym.syntax import Box, Ty
from markovsym.syntax.procedures import Symmetry, discarding, equivariance, recursive, sym
from tests.markovsym.theory.worlds import (
    G_H,
    IN_G,
    IN_H,
    PRODUCT,
    SPACES,
    TURNED,
    TWISTED,
    C,
    G,
    H,
    N,
    World,
    X,
    Y,
    acted_on_by,
    apart,
)

IN_N, MOVES_N = acted_on_by(N), Symmetry(H, SPACES, TWISTED)
k, haar = Box("k", X, Y), Box("haar", Ty(), H.type)
element, learned = Box("gamma", X, H.type), Box("gamma1", X, H.type)
shift = Box("gamma", X, N.type)

each_world = pytest.mark.parametrize("world", [PRODUCT, TURNED], ids=str)


def failure(world: World, arrow, symmetry: Symmetry, boxes) -> Fraction:
    """By how much a diagram is not equivariant."""
    left, right = (world.evaluate(side, boxes) for side in equivariance(arrow, symmetry))
    return apart(left, right)


@each_world
def test_t7_the_worlds_are_products(world: World) -> None:
    sizes = {name: len(elements) for name, elements in world.groups.items()}
    assert sizes["G"] == sizes["N"] * sizes["H"]
    moved = any(list(row) != list(range(sizes["N"])) for row in world.conjugation)
    assert moved == (world is TURNED)  # the other one is direct


@each_world
def test_t7_along_the_normal_factor_gamma_is_invariant_under_it(world: World) -> None:
    boxes = {
        element: world.averaged(element, "N", "H"),
        k: world.averaged(k, "N"),
        haar: C.uniform(world.objects[H.carrier]),
    }
    for gamma in (element, discarding(haar, X)):
        assert world.respects(gamma, IN_N, boxes)  # it does not move elements of H
        assert world.respects(gamma, IN_H, boxes)
        for symmetry in (IN_N, IN_H, IN_G):
            assert world.respects(sym(k, gamma, IN_H), symmetry, boxes)
        assert not world.respects(k, IN_H, boxes)


@each_world
def test_t7_needs_all_it_asks_for(world: World) -> None:
    good = {element: world.averaged(element, "N", "H"), k: world.averaged(k, "N")}
    without = [{k: world.random(k)}, {element: world.averaged(element, "H")}]
    for bad in without:
        assert failure(world, sym(k, element, IN_H), IN_G, good | bad) > Fraction(1, 1000)
    bad = {element: world.averaged(element, "N")}
    assert failure(world, sym(k, element, IN_H), IN_H, good | bad) > Fraction(1, 100)


@each_world
def test_t7_a_learned_gamma_is_made_equivariant_by_the_constant_one(world: World) -> None:
    boxes = {
        haar: C.uniform(world.objects[H.carrier]),
        learned: world.averaged(learned, "N"),
        k: world.averaged(k, "N"),
    }
    gamma = recursive(discarding(haar, X), learned, IN_H)
    assert not world.respects(learned, IN_H, boxes)
    for arrow in (gamma, sym(k, gamma, IN_H)):
        assert world.respects(arrow, IN_N, boxes)
        assert world.respects(arrow, IN_H, boxes)


@each_world
def test_t8_along_the_other_factor_gamma_is_moved_by_both(world: World) -> None:
    boxes = {shift: world.averaged(shift, "N", "H"), k: world.averaged(k, "H")}
    assert world.respects(shift, IN_N, boxes)
    assert world.respects(shift, MOVES_N, boxes)
    for symmetry in (IN_N, IN_H, IN_G):
        assert world.respects(sym(k, shift, IN_N), symmetry, boxes)
    assert not world.respects(k, IN_N, boxes)


@each_world
def test_t8_needs_all_it_asks_for(world: World) -> None:
    good = {shift: world.averaged(shift, "N", "H"), k: world.averaged(k, "H")}
    without = [{k: world.random(k)}, {shift: world.averaged(shift, "N")}]
    for bad in without:
        assert failure(world, sym(k, shift, IN_N), IN_H, good | bad) > Fraction(1, 1000)


@each_world
def test_t8_the_cosets_of_the_other_factor_are_the_normal_one(world: World) -> None:
    # one and the same gamma, written as n or as the coset n H
    coset = Box("gamma", X, Ty(G_H.carrier))
    numbers = [
        next(i for i, row in enumerate(world.cosets(G_H)) if n in row) for n in world.groups["N"]
    ]
    naming = C.function(numbers.__getitem__, *world.ends(N.type, Ty(G_H.carrier)))
    law = world.averaged(shift, "N", "H")
    boxes = {shift: law, coset: C.compose(law, naming), k: world.averaged(k, "H")}
    assert world.respects(coset, IN_G, boxes)
    section = next(box for box in world.structure if box.name == "s" and box.dom == coset.cod)
    along = sym(k, coset, IN_G, section)
    assert world.evaluate(along, boxes) == world.evaluate(sym(k, shift, IN_N), boxes)


def test_t8_only_a_twisted_gamma_fits_a_semidirect_product() -> None:
    still = Symmetry(H, SPACES)
    boxes = {shift: TURNED.averaged(shift, "N", "H")}
    assert TURNED.respects(shift, MOVES_N, boxes)
    assert not TURNED.respects(shift, still, boxes)
    assert PRODUCT.respects(shift, still, {shift: PRODUCT.averaged(shift, "N", "H")})
    assert G.carrier in TURNED.objects
