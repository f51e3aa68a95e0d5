import math

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Draws, negative_log_likelihood, step_divergence
from markovsym_diffusion.molecules import gather
from markovsym_diffusion.processes import GaussianProcess, State, encode
from markovsym_diffusion.schedules import PolynomialSchedule, Times

COARSE = GaussianProcess(Times.of(PolynomialSchedule(steps=3, precision=0.2)))
"""Three steps, with so much noise at both ends that no term of the bound is small."""


def nothing(z: State, t: Tensor, *, generator: torch.Generator) -> State:
    """A model that sees no noise."""
    return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)


def copies(molecule: tuple[Tensor, Tensor], count: int, features: AtomFeatures) -> State:
    one = encode(gather([molecule]).padded(), features)
    return State(*(part.expand(count, *part.shape[1:]) for part in (one.x, one.h, one.mask)))


def test_the_bound_of_a_model_that_sees_nothing_is_the_one_by_hand(
    process: GaussianProcess, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> None:  # fmt: skip
    data = copies(methane, 100_000, features)
    bound = negative_log_likelihood(nothing, process, features, data, generator=generator)
    # every t equally often, in place of one at random: the same mean, far less noise
    t = torch.arange(1, 1001).repeat(100)
    steps = 1000 * step_divergence(nothing, process, data, t, generator=generator)
    by_hand = 0.5 * 24.9066 * 42
    assert steps.mean().item() == pytest.approx(by_hand, abs=4.0)
    constant = 12 * (0.5 * -11.512916 + 0.5 * math.log(2 * math.pi))
    rest = bound.prior + bound.positions + bound.features
    assert rest.mean().item() == pytest.approx(constant + 6, abs=5 * 2.5 / 100_000**0.5)
    total = (steps + rest).mean().item()
    assert total == pytest.approx(471.0, abs=4.0)


def test_one_random_step_has_the_mean_of_all(
    process: GaussianProcess, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> None:  # fmt: skip
    data = copies(methane, 60_000, features)
    bound = negative_log_likelihood(nothing, process, features, data, generator=generator)
    error = bound.total.std().item() / 60_000**0.5
    assert bound.total.mean().item() == pytest.approx(471.0, abs=5 * error)
    assert error < 10


def test_the_prior_and_the_features_of_real_molecules_cost_next_to_nothing(
    process: GaussianProcess, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> None:  # fmt: skip
    data = copies(methane, 10, features)
    bound = negative_log_likelihood(nothing, process, features, data, generator=generator)
    assert 0 < bound.prior.mean() < 1e-3
    assert 0 <= bound.features.mean() < 1e-3


def test_the_prior_is_the_one_by_hand_and_counts(
    features: AtomFeatures, methane: tuple[Tensor, Tensor], generator: torch.Generator
) -> None:
    """KL of N(alpha z, sigma^2) from N(0, 1) in 3 * 4 + 6 * 5 directions; sigma_T^2 = 0.8."""
    data = copies(methane, 10, features)
    bound = negative_log_likelihood(nothing, COARSE, features, data, generator=generator)
    assert COARSE.times.sigma[-1].square().item() == pytest.approx(0.8, abs=1e-3)
    variance = COARSE.times.sigma[-1].square().item()
    size = (data.x[0].square().sum() + data.h[0].square().sum()).item()
    wanted = 0.5 * (42 * (variance - 1 - math.log(variance)) + (1 - variance) * size)
    assert bound.prior.tolist() == pytest.approx([wanted] * 10, rel=1e-4)
    parts = bound.prior + bound.steps + bound.positions + bound.features
    torch.testing.assert_close(bound.total, parts)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_sum_of_three_steps_is_the_one_by_hand(
    times: int, features: AtomFeatures, methane: tuple[Tensor, Tensor], generator: torch.Generator
) -> None:
    """A model that sees nothing errs by the whole noise; two parts have the lengths 1 and 2."""
    data = copies(methane, 20_000, features)
    bound = negative_log_likelihood(
        nothing, COARSE, features, data, generator=generator, draws=Draws(times=times)
    )
    snr = COARSE.times.logsnr.exp()
    wanted = 0.5 * 42 * (snr[:-1] / snr[1:] - 1).sum().item()
    error = bound.steps.std().item() / 20_000**0.5
    assert bound.steps.mean().item() == pytest.approx(wanted, abs=4 * error)
    assert error < 0.01 * wanted


def test_the_features_cost_what_the_noise_leaves_open(
    features: AtomFeatures, methane: tuple[Tensor, Tensor], generator: torch.Generator
) -> None:
    """One by one, as they are read off the z_0 that the model is shown."""
    seen: list[State] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        seen.append(z)
        return nothing(z, t, generator=generator)

    data = copies(methane, 10, features)
    bound = negative_log_likelihood(model, COARSE, features, data, generator=generator)
    *_, clean = seen
    sigma = torch.full((10,), 0.2**0.5)
    wanted = -features.log_prob(data.h, clean.h, data.mask, sigma)
    assert wanted.min() > 1
    torch.testing.assert_close(bound.features, wanted)


def test_a_model_that_sees_the_noise_pays_for_no_step(
    process: GaussianProcess, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> None:  # fmt: skip
    data = copies(methane, 50, features)

    def knows(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        place = (t * 1000).round().long()
        alpha = process.times.alpha[place][:, None, None]
        sigma = process.times.sigma[place][:, None, None]
        return State((z.x - alpha * data.x) / sigma, (z.h - alpha * data.h) / sigma, z.mask)

    t = torch.arange(1, 51) * 20
    assert step_divergence(knows, process, data, t, generator=generator).max() < 1e-3


def test_the_bound_does_not_depend_on_the_batch(
    process: GaussianProcess, features: AtomFeatures, small_model: Denoiser,
    methane: tuple[Tensor, Tensor], water: tuple[Tensor, Tensor],
) -> None:  # fmt: skip
    """The constant per molecule counts atoms, not places."""
    alone = encode(gather([water]).padded(), features)
    beside = encode(gather([water, methane]).padded(), features)
    generator = torch.Generator().manual_seed(3)
    small, wide = (
        negative_log_likelihood(nothing, process, features, data, generator=generator)
        for data in (alone, beside)
    )
    constant = 6 * (0.5 * -11.512916 + 0.5 * math.log(2 * math.pi))
    assert small.positions[0].item() == pytest.approx(constant, abs=20)
    assert wide.positions[0].item() == pytest.approx(constant, abs=20)
    assert small_model(alone, torch.zeros(1), generator=generator).x.isfinite().all()
