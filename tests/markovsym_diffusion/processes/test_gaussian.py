import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.processes import GaussianProcess, State, blank, decode, encode
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.small import random_state

COARSE = GaussianProcess(Times.of(PolynomialSchedule(steps=10, precision=0.2)))
"""So much noise at time 0, and so much of the data at time T, that no term is small."""


def doubled(process: GaussianProcess, state: State) -> tuple[GaussianProcess, State]:
    times = Times(process.times.logsnr.double())
    return GaussianProcess(times), State(state.x.double(), state.h.double(), state.mask)


@given(s=st.integers(0, 998), gap=st.integers(1, 999), seed=st.integers(0, 1000))
def test_the_reverse_step_with_the_true_noise_is_the_posterior(s: int, gap: int, seed: int) -> None:
    t = min(s + gap, 1000)
    generator = torch.Generator().manual_seed(seed)
    mask = torch.ones(1, 4, dtype=torch.bool)
    x = torch.randn(1, 4, 3, generator=generator, dtype=torch.float64)
    data = State(
        x - x.mean(1, keepdim=True), torch.randn(1, 4, 2, generator=generator).double(), mask
    )
    process = GaussianProcess(Times(PolynomialSchedule().logsnr()))
    early, late = torch.tensor([s]), torch.tensor([t])
    law = process.forward(data, late)
    eps = law.noise(generator=generator)
    step = process.reverse(law.at(eps), eps, early, late)
    times = process.times
    # Bayes' rule for z_s given z_t and the data, with the precision of each Gaussian
    link, spread = times.alpha_between(early, late), times.sigma_between(early, late) ** 2
    variance = 1 / (1 / times.sigma[s] ** 2 + link**2 / spread)
    z = law.at(eps)
    mean = variance * (times.alpha[s] * data.x / times.sigma[s] ** 2 + link * z.x / spread)
    torch.testing.assert_close(step.x.mean, mean, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(step.x.scale**2, variance, rtol=1e-7, atol=1e-12)


def test_noise_has_its_centre_of_mass_at_zero(
    process: GaussianProcess, molecules: Molecules, features: AtomFeatures
) -> None:
    data = encode(molecules.padded(), features)
    z = process.forward(data, torch.tensor([10, 900])).sample(
        generator=torch.Generator().manual_seed(0)
    )
    assert z.x.sum(1).abs().max() < 1e-5
    assert z.x[~z.mask].abs().sum() == 0
    assert z.h[~z.mask].abs().sum() == 0


def test_a_molecule_that_is_off_its_centre_is_noised_around_the_origin(
    generator: torch.Generator,
) -> None:
    data = random_state([3, 5], generator)
    off = State(
        data.x + torch.tensor([1.0, -2.0, 3.0]) * data.mask.unsqueeze(-1), data.h, data.mask
    )
    t = torch.tensor([4, 4])
    torch.testing.assert_close(COARSE.forward(off, t).mean.x, COARSE.forward(data, t).mean.x)


def test_densities_count_three_coordinates_less_and_every_feature(
    generator: torch.Generator,
) -> None:
    """Water and methane: 3 (N - 1) + 6 N directions, all of them normal."""
    data, t = random_state([3, 5], generator), torch.tensor([4, 9])
    law = COARSE.forward(data, t)
    eps = law.noise(generator=generator)
    sigma, directions = COARSE.times.sigma[t], torch.tensor([3 * 2 + 6 * 3, 3 * 4 + 6 * 5])
    square = eps.x.square().sum((1, 2)) + eps.h.square().sum((1, 2))
    wanted = -0.5 * square - directions * (sigma.log() + 0.5 * math.log(2 * math.pi))
    torch.testing.assert_close(law.log_prob(law.at(eps)), wanted, rtol=1e-5, atol=1e-4)


def test_the_divergence_is_the_mean_of_what_the_densities_differ_by(
    generator: torch.Generator,
) -> None:
    data = random_state([4], generator)
    many = State(*(part.expand(20_000, *part.shape[1:]) for part in (data.x, data.h, data.mask)))
    law, other = COARSE.forward(many, torch.full((20_000,), 3)), COARSE.prior(many)
    z = law.sample(generator=generator)
    apart = law.log_prob(z) - other.log_prob(z)
    error = apart.std().item() / 20_000**0.5
    assert law.kl(other)[0].item() == pytest.approx(apart.mean().item(), abs=4 * error)
    assert error < 0.03


def test_taking_the_true_noise_away_leaves_the_molecule(generator: torch.Generator) -> None:
    data = random_state([3, 5], generator)
    law = COARSE.forward(data, torch.tensor([0, 0]))
    eps = law.noise(generator=generator)
    left = COARSE.decode(law.at(eps), eps)
    torch.testing.assert_close(left.mean.x, data.x, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(left.mean.h, data.h, rtol=1e-5, atol=1e-5)
    # alpha^2 = 0.8 and sigma^2 = 0.2 at time 0
    assert left.x.scale.tolist() == left.h.scale.tolist() == pytest.approx([0.5, 0.5])


def test_grids_by_hand() -> None:
    assert COARSE.grid(None).tolist() == [*range(10, -1, -1)]
    assert COARSE.grid(3).tolist() == [10, 7, 3, 0]
    assert COARSE.grid(1).tolist() == [10, 0]
    assert COARSE.grid(5, 2.0).tolist() == [10, 6, 4, 2, 1, 0]
    assert COARSE.grid(None, 2.0).tolist() == [*range(10, -1, -1)]


@given(steps=st.integers(1, 1000), power=st.floats(1.0, 4.0))
def test_no_time_comes_twice(steps: int, power: float) -> None:
    grid = GaussianProcess(Times.of(PolynomialSchedule())).grid(steps, power)
    assert (grid[0], grid[-1], len(grid)) == (1000, 0, steps + 1)
    assert (grid[:-1] > grid[1:]).all()


def test_at_the_end_only_noise_is_left(process: GaussianProcess) -> None:
    mask = torch.ones(4000, 5, dtype=torch.bool)
    data = State(torch.zeros(4000, 5, 3), torch.full((4000, 5, 6), 0.25), mask)
    last = torch.full((4000,), 1000)
    z = process.forward(data, last).sample(generator=torch.Generator().manual_seed(1))
    assert z.x.var() == pytest.approx(4 / 5, rel=5 * (2 / 48_000) ** 0.5)
    assert z.h.var() == pytest.approx(1.0, rel=5 * (2 / 120_000) ** 0.5)
    assert process.forward(data, last).kl(process.prior(data)).max() < 1e-3


def test_encoding_and_decoding_are_inverse(molecules: Molecules, features: AtomFeatures) -> None:
    padded = molecules.padded()
    again = decode(encode(padded, features), features)
    assert torch.equal(again.numbers, padded.numbers)
    assert torch.equal(again.positions, padded.positions)


def test_a_blank_state_has_the_sizes_asked_for(features: AtomFeatures) -> None:
    state = blank(torch.tensor([2, 5]), features)
    assert state.mask.sum(1).tolist() == [2, 5]
    assert state.x.shape == (2, 5, 3)
    assert state.h.shape == (2, 5, 6)
