"""E7 and E8: Janossy pooling, sorting with random ties, and Plackett-Luce."""

import math
from collections.abc import Callable
from itertools import permutations

import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, permutation, regular, trivial
from markovsym.errors import CompositionError, HypothesisMissing
from markovsym.groups import FixingPlaces, O, S
from markovsym.kernels import Deterministic, Kernel
from markovsym.spaces import space
from markovsym.symmetrise import average, declare_equivariant, gammas, haar, recursive, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    error,
    fresh,
    known,
    linear,
    normal,
    plain,
)

X4 = gspace((4, 3), permutation(S(4)))
ORDERS = list(permutations(range(4)))


def sorted_first(x: Tensor, order: tuple[int, ...]) -> Tensor:
    """The function at the rows in an order, its rows put back where they came from."""
    places, found = list(order), torch.empty_like(x)
    found[places] = crooked(x[places])
    return found


def test_e7_janossy_pooling_is_the_mean_over_all_orders() -> None:
    X, Y = gspace((5, 2), permutation(S(5))), gspace((3,), trivial(S(5)))
    k = Deterministic(lambda x: linear(x, 3), X, Y)
    pooled, x = average(sym(k, gammas.janossy(X))), normal(6, 5, 2)
    every = [linear(x[:, list(order)], 3) for order in permutations(range(5))]
    assert len(every) == 120
    assert apart(pooled.sample(x, generator=fresh()), torch.stack(every).mean(0)) < TOLERANCE
    assert error(k, x) > 0.5
    assert error(pooled, x) < TOLERANCE
    assert known(pooled)
    assert gammas.janossy(X, 5).cod == gammas.janossy(X).cod == regular(S(5))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_e7_k_ary_janossy_pooling_is_the_mean_over_ordered_tuples(k: int) -> None:
    X, Y = gspace((5, 2), permutation(S(5))), gspace((3,), trivial(S(5)))

    def readout(x: Tensor) -> Tensor:
        rest = x[..., k:, :].sum(-2, keepdim=True)  # in no order
        return linear(torch.cat([x[..., :k, :], rest], dim=-2), 3)

    f = declare_equivariant(Deterministic(readout, X, Y), FixingPlaces(5, k))
    s, x = sym(f, gammas.janossy(X, k)), normal(6, 5, 2)
    every = []
    for chosen in permutations(range(5), k):
        others = [i for i in range(5) if i not in chosen]
        rest = x[:, others].sum(1, keepdim=True)
        every.append(linear(torch.cat([x[:, list(chosen)], rest], dim=1), 3))
    assert len(every) == math.perm(5, k)
    pooled = average(s)
    assert apart(pooled.sample(x, generator=fresh()), torch.stack(every).mean(0)) < TOLERANCE
    assert error(f, x) > 0.1
    assert error(pooled, x) < TOLERANCE
    assert known(s)
    drawn = s.sample(x[:1].expand(3000, 5, 2), generator=fresh())
    law = torch.stack([y[0] for y in every])
    nearest = torch.cdist(drawn, law).min(1)
    assert nearest.values.max() < 1e-6
    assert len(nearest.indices.unique()) == len(law)


def test_e7_deep_sets_are_janossy_pooling_of_one_place() -> None:
    X, Y = gspace((5, 2), permutation(S(5))), gspace((3,), trivial(S(5)))
    f = Deterministic(lambda x: linear(x[..., 0, :], 3, dims=1), X, Y)
    s = average(sym(declare_equivariant(f, FixingPlaces(5, 1)), gammas.janossy(X, 1)))
    x = normal(6, 5, 2)
    assert apart(s.sample(x, generator=fresh()), linear(x, 3, dims=1).mean(1)) < TOLERANCE


def test_e7_k_ary_pooling_wants_to_know_that_the_rest_has_no_order() -> None:
    X = gspace((5, 2), permutation(S(5)))
    with pytest.raises(HypothesisMissing, match=r"must be equivariant under S\(3\)"):
        sym(plain(X), gammas.janossy(X, 2))


def test_e8_sorting_by_a_score_of_each_place() -> None:
    gamma = gammas.argsort(lambda x: linear(x, dims=1), X4)
    s, x = sym(plain(X4), gamma), normal(20, 4, 3)
    scores = linear(x, dims=1)
    for rows, score, y in zip(x, scores, s.sample(x, generator=fresh()), strict=True):
        order = tuple(sorted(range(4), key=score.tolist().__getitem__))
        assert apart(y, sorted_first(rows, order)) < TOLERANCE
    assert error(plain(X4), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(gamma)
    assert known(s)


def counts_of(drawn: Tensor) -> dict[tuple[int, ...], int]:
    """How often each order was drawn."""
    rows, counts = drawn.unique(dim=0, return_counts=True)
    return dict(zip(map(tuple, rows.tolist()), counts.tolist(), strict=True))


@pytest.mark.parametrize(
    ("scores", "support"),
    [
        ([0.0, 0, 0, 0], ORDERS),
        ([1.0, 0, 1, 0], [(1, 3, 0, 2), (1, 3, 2, 0), (3, 1, 0, 2), (3, 1, 2, 0)]),
        ([2.0, 2, 2, 1], [(3, *order) for order in permutations(range(3))]),
    ],
    ids=["all tied", "two pairs", "three"],
)
def test_e8_ties_are_broken_evenly(scores: list[float], support: list[tuple[int, ...]]) -> None:
    gamma = gammas.argsort(lambda x: x[..., 0], X4)
    x = torch.tensor(scores, dtype=torch.float64).unsqueeze(-1).expand(4, 3)
    draws = 6000
    counts = counts_of(gamma.sample(x.expand(draws, 4, 3), generator=fresh()))
    assert set(counts) == set(support)
    each = draws / len(support)
    assert max(abs(c - each) for c in counts.values()) < 5 * each**0.5


@pytest.mark.parametrize("scores", [[0.0, 0, 0, 0], [1.0, 0, 1, 0]], ids=["all", "pairs"])
def test_e8_sorting_is_equivariant_in_law_at_ties(scores: list[float]) -> None:
    gamma = gammas.argsort(lambda x: x[..., 0], X4)
    x = torch.cat([torch.tensor(scores).double().unsqueeze(-1), normal(4, 2)], dim=-1)
    assert_equivariant_in_law(sym(plain(X4), gamma), x)
    by_place = gammas.canonical(lambda x: x[..., 0].argsort(dim=-1, stable=True), X4, S(4))
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(sym(plain(X4), by_place), x)


def formula(scores: list[float], order: tuple[int, ...]) -> float:
    """The chance of an order: one place after the other, each by exp(score) among those left."""
    chance = 1.0
    for place in range(len(order)):
        left = [math.exp(scores[i]) for i in order[place:]]
        chance *= left[0] / sum(left)
    return chance


def test_e8_plackett_luce_has_the_chances_of_the_formula() -> None:
    scores = [0.3, -1.0, 1.2, 0.0]
    gamma = gammas.plackett_luce(lambda x: x[..., 0], X4)
    x = torch.tensor(scores, dtype=torch.float64).unsqueeze(-1).expand(4, 3)
    found = gamma.log_prob(torch.tensor(ORDERS), x.expand(24, 4, 3)).exp()
    wanted = torch.tensor([formula(scores, order) for order in ORDERS], dtype=torch.float64)
    assert apart(found, wanted) < TOLERANCE
    assert abs(float(found.sum()) - 1) < TOLERANCE
    counts = counts_of(gamma.sample(x.expand(40_000, 4, 3), generator=fresh()))
    drawn = torch.tensor([counts.get(order, 0) for order in ORDERS]) / 40_000
    assert ((drawn - wanted).abs() < 5 * (wanted * (1 - wanted) / 40_000).sqrt()).all()
    assert max(wanted) > 5 * min(wanted)
    best = max(ORDERS, key=lambda order: formula(scores, order))
    assert best == (2, 0, 3, 1)


def test_e8_plackett_luce_makes_any_function_equivariant_in_law() -> None:
    gamma = gammas.plackett_luce(lambda x: linear(x, dims=1), X4)
    s, x = sym(plain(X4), gamma), normal(4, 3)
    assert_equivariant_in_law(s, x)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(X4), x)
    g = torch.tensor(ORDERS)
    moved = X4.act(torch.tensor([2, 0, 3, 1]), x)
    turned = torch.tensor([2, 0, 3, 1])[g]
    here, there = (
        gamma.log_prob(g, x.expand(24, 4, 3)),
        gamma.log_prob(turned, moved.expand(24, 4, 3)),
    )
    assert apart(here, there) < TOLERANCE
    assert known(s)


def test_e8_the_mean_over_plackett_luce_is_near_the_weighted_sum() -> None:
    gamma = gammas.plackett_luce(lambda x: linear(x, dims=1), X4)
    x = normal(4, 3)
    scores = linear(x, dims=1).tolist()
    wanted = sum(formula(scores, order) * sorted_first(x, order) for order in ORDERS)
    found = average(sym(plain(X4), gamma), 4000).estimate(x, generator=fresh())
    assert ((found.value - wanted).abs() < 5 * found.error + TOLERANCE).all()


def test_e8_a_learned_order_is_made_equivariant_by_recursion() -> None:
    net = gammas.MLP(X4, (4,), hidden=(16,), noise=6).double()
    learned = gammas.learned(net, X4, S(4), noise=space((6,)))
    gamma, x = recursive(haar(S(4), X4), learned), normal(20, 4, 3)
    generator = fresh(4)
    first = S(4).haar(20, generator=generator)
    eta = torch.randn(20, 6, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        drawn = gamma.sample(x, generator=fresh(4))
        for i in range(20):
            back = x[i][first[i]]
            hidden = torch.tanh(net.layers[0](torch.cat([back.flatten(), eta[i]])))
            scores = net.layers[2](hidden).tolist()
            order = sorted(range(4), key=scores.__getitem__)
            assert drawn[i].tolist() == first[i][order].tolist()
        assert_equivariant_in_law(sym(plain(X4), gamma), x[0])


@pytest.mark.parametrize(
    "make",
    [
        lambda X: gammas.argsort(torch.sum, X),
        lambda X: gammas.plackett_luce(torch.sum, X),
        gammas.janossy,
    ],
)
def test_e8_orders_are_drawn_for_the_symmetric_group_only(make: Callable[[GSpace], Kernel]) -> None:
    with pytest.raises(CompositionError, match=r"^wanted a space of S\(n\), got one of O\(3\)"):
        make(gspace((4, 3), matrix(O(3))))
