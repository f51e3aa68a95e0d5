"""Evidence never accumulates where there is nothing to be found, and does where there is."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.testing.law.evidence import Evidence, fitted, log_bet

BLOCK = 32


def normal(count: int, entries: int, seed: int) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(count, entries, generator=rng, dtype=torch.float64)


def after(a: Tensor, b: Tensor) -> Evidence:
    evidence = Evidence()
    for one, other in zip(a.split(BLOCK), b.split(BLOCK), strict=True):
        evidence.show(one, other)
    return evidence


@given(margin=st.floats(-50, 50))
def test_a_bet_is_fair(margin: float) -> None:
    m = torch.tensor([margin, -margin], dtype=torch.float64)
    assert float(log_bet(m).exp().sum()) == pytest.approx(2, abs=1e-12)


def test_the_mean_wealth_over_all_ways_to_exchange_the_pairs_is_one() -> None:
    a, b = normal(40, 1, 0), 1 + normal(40, 1, 1)
    wealth = []
    for way in range(2**8):  # the last eight pairs, which are bet on
        flip = torch.tensor([False] * 32 + [way >> i & 1 == 1 for i in range(8)]).unsqueeze(-1)
        evidence = after(torch.where(flip, b, a), torch.where(flip, a, b))
        wealth.append(float(evidence.log_wealth.exp().mean()))
    assert sum(wealth) / len(wealth) == pytest.approx(1, abs=1e-12)
    assert max(wealth) > 2


@pytest.mark.slow
def test_one_law_is_rarely_taken_for_two() -> None:
    runs, alpha = 400, 0.05
    found = sum(
        after(normal(256, 3, 2 * i), normal(256, 3, 2 * i + 1)).largest >= -math.log(alpha)
        for i in range(runs)
    )
    assert found <= runs * alpha + 5 * (runs * alpha * (1 - alpha)) ** 0.5


@pytest.mark.parametrize("entries", [1, 3, 40])
def test_a_shifted_mean_is_found(entries: int) -> None:
    evidence = after(normal(512, entries, 0), normal(512, entries, 1) + 0.7)
    assert evidence.largest > math.log(1e9)
    assert evidence.pairs == 512


def test_another_spread_is_found_by_the_products() -> None:
    evidence = after(normal(1024, 2, 0), 1.5 * normal(1024, 2, 1))
    assert evidence.largest > math.log(1e9)
    linear, quadratic = evidence.log_wealth[:3], evidence.log_wealth[3:]
    assert linear.max() < 5 < quadratic.max()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rounding_is_no_evidence(dtype: torch.dtype) -> None:
    a = torch.tensor([[1.0, -2.0, 0.3]], dtype=dtype).expand(1024, 3)
    b = a * (1 + 8 * torch.finfo(dtype).eps)
    assert after(a, b).largest < 1


def test_no_bet_is_placed_before_anything_was_learned() -> None:
    evidence = Evidence()
    evidence.show(normal(32, 2, 0), 5 + normal(32, 2, 1))
    assert evidence.largest == 0
    evidence.show(normal(32, 2, 2), 5 + normal(32, 2, 3))
    assert evidence.largest > 1


def test_what_was_found_once_stays_found() -> None:
    evidence = after(normal(128, 2, 0), 1 + normal(128, 2, 1))
    found = evidence.largest
    evidence.show(1 + normal(64, 2, 2), normal(64, 2, 3))  # the other way round
    assert evidence.largest == found > 5
    assert float(evidence.log_wealth.max()) < found


def test_a_bet_does_not_know_what_comes() -> None:
    a, b, later = normal(96, 2, 0), normal(96, 2, 1) + 0.5, normal(32, 2, 2)
    one, other = after(a, b), after(a, b)
    assert torch.equal(one.log_wealth, other.log_wealth)
    before = one.log_wealth.clone()
    one.show(later, later)
    assert torch.equal(one.log_wealth, before)  # equal members: every bet pays back its stake


def test_the_fit_has_no_gradient_left() -> None:
    gaps = normal(200, 4, 0) + 0.3
    w = fitted(gaps, gaps.mT @ gaps, 10.0, None)
    gradient = gaps.mT @ (1 - torch.sigmoid(gaps @ w)) - 10.0 * w
    first = gaps.sum(0) / 2  # where all weights are zero
    assert float(gradient.abs().max()) < 1e-3 * float(first.abs().max())
