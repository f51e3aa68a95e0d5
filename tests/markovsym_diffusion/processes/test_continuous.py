"""A molecule in continuous time moves as its differential equations say."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.processes import (
    Circular,
    ContinuousProcess,
    Path,
    State,
    Straight,
    VarianceExploding,
    VariancePreserving,
    blend,
)

PATHS = [VariancePreserving(), VarianceExploding(), Straight(low=0.01), Circular()]


def pair(seed: int) -> tuple[State, State]:
    generator = torch.Generator().manual_seed(seed)

    def draw(width: int) -> Tensor:
        return torch.randn(2, 4, width, generator=generator, dtype=torch.float64)

    mask = torch.ones(2, 4, dtype=torch.bool)
    return State(draw(3), draw(6), mask), State(draw(3), draw(6), mask)


def close(one: State, other: State) -> None:
    torch.testing.assert_close(one.x, other.x, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(one.h, other.h, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_the_ticks_of_the_clock_add_up(path: Path) -> None:
    process = ContinuousProcess(path, first=1e-3)
    times, ticks = process.clock(400)
    assert times[[0, -1]].tolist() == pytest.approx([1e-3, 1.0])
    between = 0.5 * (ticks[1:] + ticks[:-1])
    torch.testing.assert_close(between, times[1:] - times[:-1], rtol=2e-3, atol=0)


def test_the_clock_goes_half_by_time_and_half_by_the_noise() -> None:
    """Where sigma is exp(4.6 t) the two are one; on the straight line they meet nowhere within."""
    even, _ = ContinuousProcess(VarianceExploding(), first=0.2).clock(4)
    assert even.tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0], rel=1e-5)
    times, ticks = ContinuousProcess(Straight(), first=0.01).clock(2)
    middle = times[1].item()
    assert (middle - 0.01) / 0.99 + math.log(100 * middle) / math.log(100) == pytest.approx(1.0)
    assert ticks[0].item() == pytest.approx(1 / (1 / 0.99 + 100 / math.log(100)))


@pytest.mark.parametrize("path", PATHS, ids=repr)
@given(t=st.floats(0.01, 0.95), seed=st.integers(0, 100))
def test_noise_and_velocity_are_two_readings_of_one_thing(path: Path, t: float, seed: int) -> None:
    process = ContinuousProcess(path, first=1e-3)
    (z, eps), times = pair(seed), torch.full((2,), t, dtype=torch.float64)
    close(process.noise(z, process.velocity(z, eps, times), times), eps)


@pytest.mark.parametrize("path", PATHS, ids=repr)
@given(t=st.floats(0.01, 0.95), seed=st.integers(0, 100))
def test_the_flow_of_what_is_known_is_the_conditional_one(path: Path, t: float, seed: int) -> None:
    process = ContinuousProcess(path, first=1e-3)
    (data, eps), times = pair(seed), torch.full((2,), t, dtype=torch.float64)
    z = blend((path.alpha(times), data), (path.sigma(times), eps))
    close(process.velocity(z, eps, times), process.target(data, eps, times))


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_the_variance_obeys_its_equation(path: Path) -> None:
    """d sigma^2 / dt = 2 f sigma^2 + g^2, and d alpha / dt = f alpha."""
    t = torch.linspace(0.01, 0.95, 50, dtype=torch.float64)
    drift, spread = ContinuousProcess(path, first=1e-3).coefficients(t)
    alpha_rate, sigma_rate = path.rates(t)
    torch.testing.assert_close(drift * path.alpha(t), alpha_rate)
    left = 2 * path.sigma(t) * sigma_rate
    torch.testing.assert_close(left, 2 * drift * path.sigma(t) ** 2 + spread**2)


def test_the_coefficients_of_the_variance_preserving_path_are_the_published_ones() -> None:
    t = torch.linspace(0.01, 1.0, 50, dtype=torch.float64)
    drift, spread = ContinuousProcess(VariancePreserving(), first=1e-3).coefficients(t)
    beta = 0.1 + 19.9 * t
    torch.testing.assert_close(drift, -0.5 * beta)
    torch.testing.assert_close(spread, beta.sqrt())


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_networks_see_data_of_variance_one_at_one_size(path: Path) -> None:
    generator, process = torch.Generator().manual_seed(0), ContinuousProcess(path, first=1e-3)
    data = State(*(torch.randn(4000, 4, width, generator=generator) for width in (3, 6)),
                 torch.ones(4000, 4, dtype=torch.bool))  # fmt: skip
    for time in (0.05, 0.5, 1.0):
        t = torch.full((4000,), time)
        z = process.forward(data, t).sample(generator=generator)
        assert process.seen(z, t).h.std().item() == pytest.approx(1.0, abs=0.02)


def test_taking_the_true_noise_away_leaves_the_molecule() -> None:
    process = ContinuousProcess(Straight(), first=0.01)
    (data, eps), t = pair(3), torch.full((2,), 0.01, dtype=torch.float64)
    data = State(data.x - data.x.mean(1, keepdim=True), data.h, data.mask)
    z = blend((process.path.alpha(t), data), (process.path.sigma(t), eps))
    law = process.decode(z, eps)
    torch.testing.assert_close(law.mean.h, data.h, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(law.mean.x, data.x, rtol=1e-5, atol=1e-6)
    assert law.h.scale.tolist() == pytest.approx([0.01 / 0.99] * 2)
