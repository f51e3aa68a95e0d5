"""Noise brought near a molecule: nearer, never another Gaussian, and moving along with it."""

from itertools import permutations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import nearest_isometry, nearest_order
from markovsym.groups import O
from markovsym_diffusion.objectives import EquivariantTransport, Independent
from markovsym_diffusion.processes import State
from tests.markovsym_diffusion.small import random_state

SEEDS = st.integers(0, 1000)


def distance(one: State, other: State) -> Tensor:
    x, h = one.squared_distance(other)
    return x + h


@given(seed=SEEDS, d=st.integers(1, 4))
def test_an_isometry_is_found_again(seed: int, d: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, d + 2, d, generator=generator, dtype=torch.float64)
    R = O(d).haar(2, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(nearest_isometry(x @ R.mT, x), R)


@given(seed=SEEDS)
def test_no_isometry_comes_nearer(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    best = (x - y @ nearest_isometry(x, y).mT).square().sum()
    others = O(3).haar(200, generator=generator, dtype=torch.float64)
    assert ((x - y @ others.mT).square().sum((-2, -1)) >= best).all()


@given(seed=SEEDS, real=st.sets(st.integers(0, 4), min_size=1))
def test_no_order_costs_less(seed: int, real: set[int]) -> None:
    """Of the points that exist, wherever they stand; the others stay."""
    cost = torch.rand(1, 5, 5, generator=torch.Generator().manual_seed(seed))
    mask = torch.tensor([[j in real for j in range(5)]])
    (order,) = nearest_order(cost, mask)
    assert all(order[j] == j for j in range(5) if j not in real)
    assert sorted(order.tolist()) == list(range(5))
    every = [sum(cost[0, i, j] for i, j in zip(g, real, strict=True)) for g in permutations(real)]
    found = sum(cost[0, order[j], j] for j in real)
    assert float(found) == pytest.approx(float(min(every)))


@given(seed=SEEDS)
def test_noise_is_brought_nearer(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    data, noise = random_state([5, 3], generator), random_state([5, 3], generator)
    once, twice = EquivariantTransport(1)(data, noise), EquivariantTransport()(data, noise)
    before, first, second = (distance(data, each) for each in (noise, once, twice))
    assert (first <= before + 1e-4).all()
    assert (second <= first + 1e-4).all()
    assert (first < before - 1).any()


def test_two_rounds_are_usual_and_bring_nearer_than_one(generator: torch.Generator) -> None:
    data, noise = random_state([6] * 50, generator), random_state([6] * 50, generator)
    once, usual = EquivariantTransport(1)(data, noise), EquivariantTransport()(data, noise)
    assert (distance(data, usual) < distance(data, once) - 0.1).any()
    twice = EquivariantTransport(2)(data, noise)
    assert torch.equal(usual.x, twice.x)


@given(seed=SEEDS)
def test_the_first_order_has_the_least_squared_distance(seed: int) -> None:
    """Of positions and features together, over all orders; the turn leaves the features alone."""
    generator = torch.Generator().manual_seed(seed)
    data, noise = random_state([4], generator), random_state([4], generator)
    every = [
        State(noise.x[:, g], noise.h[:, g], noise.mask) for g in map(list, permutations(range(4)))
    ]
    best = min(every, key=lambda each: distance(data, each).item())
    assert torch.equal(EquivariantTransport(1)(data, noise).h, best.h)


@given(seed=SEEDS)
def test_noise_stays_on_its_orbit(seed: int) -> None:
    """Distances within the cloud and the features of its atoms are the same, in another order."""
    generator = torch.Generator().manual_seed(seed)
    data, noise = random_state([4], generator), random_state([4], generator)
    moved = EquivariantTransport()(data, noise)
    for one, other in ((noise.h, moved.h), (noise.x.norm(dim=-1), moved.x.norm(dim=-1))):
        torch.testing.assert_close(one.flatten().sort().values, other.flatten().sort().values)
    before, after = (torch.cdist(z.x, z.x).flatten().sort().values for z in (noise, moved))
    torch.testing.assert_close(after, before, atol=1e-3, rtol=1e-3)


def test_a_molecule_that_was_moved_is_found_again(generator: torch.Generator) -> None:
    """Features far apart tell the atoms, so the order comes out at once."""
    drawn = random_state([6], generator)
    data = State(drawn.x, 100 * drawn.h, drawn.mask)
    order, R = torch.randperm(6, generator=generator), O(3).haar(1, generator=generator)
    noise = State(data.x[:, order] @ R.mT, data.h[:, order], data.mask)
    found = EquivariantTransport()(data, noise)
    torch.testing.assert_close(found.x, data.x, atol=1e-4, rtol=1e-4)
    assert torch.equal(found.h, data.h)


def test_a_molecule_that_is_moved_moves_its_noise(generator: torch.Generator) -> None:
    data, noise = random_state([5, 4], generator), random_state([5, 4], generator)
    R = O(3).haar(2, generator=generator)
    turned = State(data.x @ R.mT, data.h, data.mask)
    settled = EquivariantTransport(20)(data, noise)
    along = State(settled.x @ R.mT, settled.h, settled.mask)
    again = EquivariantTransport()(turned, along)
    torch.testing.assert_close(again.x, along.x, atol=1e-3, rtol=1e-3)
    assert torch.equal(again.h, along.h)


@given(seed=SEEDS)
def test_padding_stays_where_it_is(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    data, noise = random_state([2, 6], generator), random_state([2, 6], generator)
    moved = EquivariantTransport()(data, noise)
    assert moved.x[~data.mask].abs().sum() + moved.h[~data.mask].abs().sum() == 0
    assert moved.x.sum(1).abs().max() < 1e-5


def test_independent_noise_is_left_alone(generator: torch.Generator) -> None:
    data, noise = random_state([5], generator), random_state([5], generator)
    assert Independent()(data, noise) is noise
