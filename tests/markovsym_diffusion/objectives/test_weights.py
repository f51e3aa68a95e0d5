import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.groups import O
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.methods import Diffusion, Sampling
from markovsym_diffusion.objectives import (
    AsVelocity,
    Even,
    Importance,
    MinSNR,
    NoisePrediction,
    TimeDraw,
    Weighting,
)
from markovsym_diffusion.objectives.rotations import averaged_over_rotations
from markovsym_diffusion.processes import GaussianProcess, State, blend
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.small import random_state


def test_little_noise_counts_less_and_velocity_more(process: GaussianProcess) -> None:
    times, t = process.times, torch.tensor([1, 500, 1000])
    ratio = times.logsnr[t].exp()
    assert Even()(times, t) == 1.0
    torch.testing.assert_close(MinSNR(5.0)(times, t), (5.0 / ratio).clamp(max=1))
    torch.testing.assert_close(AsVelocity()(times, t), (1 + ratio) / ratio, rtol=1e-4, atol=1e-4)


@given(power=st.floats(0.5, 4.0), last=st.integers(1, 50), seed=st.integers(0, 1000))
def test_importance_undoes_the_draw(power: float, last: int, seed: int) -> None:
    """Over times drawn with the power, the weighted mean of anything is its even mean."""
    times = Times(torch.zeros(last + 1))
    shares = (torch.arange(2 * 100_000) + 0.5) / (2 * 100_000)
    t = ((last + 1) * shares.double().pow(power)).long().clamp(max=last)
    value = torch.randn(last + 1, generator=torch.Generator().manual_seed(seed))
    found = (Importance(power)(times, t) * value[t]).mean()
    assert found.item() == pytest.approx(value.mean().item(), abs=0.02)


@given(seed=st.integers(0, 500), share=st.floats(0.0, 1.0))
def test_noise_is_read_off_the_velocity(seed: int, share: float) -> None:
    process = GaussianProcess(Times.of(PolynomialSchedule()))
    generator = torch.Generator().manual_seed(seed)
    data, eps = random_state([4, 3], generator), random_state([4, 3], generator)
    eps = State(eps.x, eps.h, data.mask)
    step = torch.full((2,), round(share * 1000))
    alpha, sigma = process.times.alpha[step], process.times.sigma[step]
    z, v = blend((alpha, data), (sigma, eps)), blend((alpha, eps), (-sigma, data))
    found = process.noise(z, v, step / 1000)
    torch.testing.assert_close(found.x, eps.x, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.h, eps.h, atol=1e-5, rtol=1e-4)


def test_the_error_of_the_velocity_is_what_is_minimised(
    process: GaussianProcess, features: AtomFeatures, generator: torch.Generator
) -> None:
    """A model that says v = 0 has the error |v|^2 / 2, per value."""

    def none(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)

    data = random_state([5] * 8000, generator)
    data = State(data.x, torch.zeros_like(data.h), data.mask)
    objective = NoisePrediction(
        process=process, features=features, times=TimeDraw(), velocity=True, weighting=AsVelocity()
    )
    loss = objective(none, data, generator=generator)
    # in the mean |v|^2 = alpha^2 |eps|^2 + sigma^2 |x|^2, and here x is like its noise, and h zero
    alpha, sigma = process.times.alpha, process.times.sigma
    wanted = 0.5 * ((42 * alpha.square() + 12 * sigma.square()) / 45).mean()
    assert float(loss.mean()) == pytest.approx(float(wanted), rel=0.02)


@pytest.mark.parametrize("weighting", [MinSNR(), AsVelocity()], ids=str)
def test_validation_counts_every_time_the_same(
    weighting: Weighting, process: GaussianProcess, features: AtomFeatures
) -> None:
    asked = NoisePrediction(
        process=process, features=features, times=TimeDraw(power=2.0), weighting=weighting,
        rotations=3,
    )  # fmt: skip
    plain = NoisePrediction(process=process, features=features, times=TimeDraw())
    assert vars(asked.evenly()) == vars(plain)


def noised(seed: int, sigma: float) -> tuple[State, State, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    data, eps = random_state([5, 4], generator), random_state([5, 4], generator)
    eps = State(eps.x, eps.h, data.mask)
    s = torch.full((2,), sigma)
    a = (1 - s.square()).sqrt()
    return data, blend((a, data), (s, eps)), a, s


def test_with_little_noise_the_mean_is_the_noise() -> None:
    data, z, a, s = noised(0, 0.01)
    found = averaged_over_rotations(
        data, z, a, s, count=50, generator=torch.Generator().manual_seed(1)
    )
    noise = blend((1 / s, z), (-a / s, data))
    torch.testing.assert_close(found.x, noise.x, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.h, noise.h, atol=1e-4, rtol=1e-4)


def test_with_much_noise_the_mean_forgets_how_the_molecule_lay() -> None:
    data, z, a, s = noised(0, 0.999)
    source = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    R = O(3).haar(2, generator=source[1])
    turned = State(data.x @ R.mT, data.h, data.mask)
    here = averaged_over_rotations(data, z, a, s, count=20_000, generator=source[0])
    there = averaged_over_rotations(turned, z, a, s, count=20_000, generator=source[0])
    torch.testing.assert_close(here.x, there.x, atol=2e-2, rtol=0)


def test_the_mean_is_that_of_a_known_law() -> None:
    """For one pair of atoms the mean direction is Langevin's: coth k - 1 / k along z."""
    x = torch.tensor([[[0.0, 0, 1], [0, 0, -1]]])
    mask, a, s = torch.ones(1, 2, dtype=torch.bool), torch.tensor([0.6]), torch.tensor([0.8])
    h = torch.zeros(1, 2, 6)
    z = State(torch.tensor([[[0.0, 0, 1.5], [0, 0, -1.5]]]), h, mask)
    found = averaged_over_rotations(
        State(x, h, mask), z, a, s, count=200_000, generator=torch.Generator().manual_seed(0)
    )
    k = torch.tensor(2 * 0.6 * 1.5 / 0.64)
    along = 1 / k.tanh() - 1 / k
    wanted = (1.5 - 0.6 * along) / 0.8
    assert float(found.x[0, 0, 2]) == pytest.approx(float(wanted), abs=5e-3)


def test_a_sampler_reads_the_noise_off_the_velocity(generator: torch.Generator) -> None:
    """From the velocity that pure data would have, DDIM ends at the data."""
    method = Diffusion(velocity=True)
    data = random_state([5, 3], generator)

    def known(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        step = (t * 1000).round().long()
        alpha, sigma = method.process.times.alpha[step], method.process.times.sigma[step]
        return blend((alpha / sigma, z), (-(1 / sigma), data))  # v of eps = (z - alpha x) / sigma

    asked = Sampling(sampler="ddim", steps=20)
    *_, last = method.trajectory(known, data, generator=generator, asked=asked)
    torch.testing.assert_close(last.x, data.x, atol=1e-3, rtol=1e-3)
