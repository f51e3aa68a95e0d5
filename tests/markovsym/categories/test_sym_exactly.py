"""The procedures on finite groups, where the theorems are equations between fractions."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from markovsym.categories import FinStoch, Stochastic
from markovsym.syntax import Arrow, Box, Diagram, Ty
from markovsym.syntax.procedures import (
    curried,
    discarding,
    equivariance,
    recursive,
    sym,
    uncurried,
)
from tests.markovsym.categories.finite import GROUP, WORLDS, G, World, X, Y
from tests.markovsym.categories.literal import literal

K, FRAME, HAAR = Box("k", X, Y), Box("frame", X, GROUP.type), Box("haar", Ty(), GROUP.type)
M = Box("m", GROUP.type @ X, Y)
BASE = discarding(HAAR, X)
GAMMA = recursive(BASE, FRAME, G)

each_world = pytest.mark.parametrize("world", WORLDS, ids=[world.name for world in WORLDS])


def boxes(world: World) -> Mapping[Box, Stochastic]:
    """Kernels without any symmetry, and the Haar state."""
    haar = world.category.uniform((len(world.elements),))
    return {
        K: world.random(K, 0),
        FRAME: world.random(FRAME, 1),
        M: world.random(M, 2),
        HAAR: haar,
        **world.structure,
    }


def run(world: World, arrow: Arrow, **others: Stochastic) -> Stochastic:
    """What a diagram stands for; boxes may be given another kernel by name."""
    kernels = {box: others.get(box.name, kernel) for box, kernel in boxes(world).items()}
    return world.category.evaluate(arrow.diagram, world.objects, kernels)


def is_equivariant(world: World, arrow: Arrow, **others: Stochastic) -> bool:
    left, right = (run(world, side, **others) for side in equivariance(arrow, G))
    return left == right


@each_world
def test_the_tables_are_those_of_a_group_that_acts(world: World) -> None:
    e, inv, mul = GROUP.unit, GROUP.inverse, GROUP.multiply
    wire = Diagram.id(GROUP.type)
    unit = Diagram.discard(GROUP.type) >> e
    assert run(world, Diagram.copy(GROUP.type) >> wire @ inv >> mul) == run(world, unit)
    for space in (*GROUP.type, *X, *Y):
        act, point = GROUP.act(space), Diagram.id(Ty(space))
        assert run(world, wire @ act >> act) == run(world, mul @ point >> act)
        assert run(world, e @ point >> act) == run(world, point)


@each_world
def test_the_action_is_not_free(world: World) -> None:
    assert any(g[x] == x for g in world.x[1:] for x in range(len(g)))


@each_world
def test_kernels_without_symmetry_are_not_equivariant(world: World) -> None:
    assert not is_equivariant(world, K)
    assert not is_equivariant(world, FRAME)


@each_world
def test_a_recursive_gamma_is_equivariant(world: World) -> None:
    assert is_equivariant(world, BASE)
    assert is_equivariant(world, GAMMA)


@each_world
def test_sym_is_equivariant_if_gamma_is(world: World) -> None:
    assert is_equivariant(world, sym(K, BASE, G))
    assert is_equivariant(world, sym(K, GAMMA, G))
    assert not is_equivariant(world, sym(K, FRAME, G))


@each_world
def test_two_gammas_give_two_kernels(world: World) -> None:
    assert run(world, sym(K, BASE, G)) != run(world, sym(K, GAMMA, G))


@each_world
def test_sym_leaves_what_is_equivariant_as_it_is(world: World) -> None:
    stable = run(world, sym(K, BASE, G))
    assert run(world, sym(K, GAMMA, G), k=stable) == stable
    assert run(world, sym(K, FRAME, G), k=stable) == stable  # whether or not gamma is equivariant
    assert run(world, sym(K, GAMMA, G)) != run(world, K)


@each_world
def test_currying_is_a_bijection_onto_the_equivariant_kernels(world: World) -> None:
    sharp = curried(K, G)
    assert is_equivariant(world, sharp)
    assert run(world, uncurried(sharp, G)) == run(world, K)
    equivariant = run(world, sym(M, discarding(HAAR, M.dom), G))
    assert is_equivariant(world, M, m=equivariant)
    assert run(world, curried(uncurried(M, G), G), m=equivariant) == equivariant
    assert run(world, curried(uncurried(M, G), G)) != run(world, M)


@each_world
def test_floats_agree_with_fractions(world: World) -> None:
    rounded = replace(world, category=FinStoch())
    exact = run(world, sym(K, GAMMA, G)).table.astype(float)
    assert abs(run(rounded, sym(K, GAMMA, G)).table - exact).max() < 1e-15


@each_world
def test_the_whole_graph_at_once_agrees_with_one_layer_after_another(world: World) -> None:
    rounded = replace(world, category=FinStoch())
    diagram = sym(K, BASE, G)
    layers = literal(rounded.category, diagram, world.objects, boxes(rounded))
    assert abs(run(rounded, diagram).table - layers.table).max() < 1e-15
