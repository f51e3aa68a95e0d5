import dataclasses

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import gather
from markovsym_diffusion.objectives import NoisePrediction, TimeDraw
from markovsym_diffusion.processes import GaussianProcess, State, encode
from markovsym_diffusion.schedules import PolynomialSchedule, Times


def nothing(z: State, t: Tensor, *, generator: torch.Generator) -> State:
    """A model that sees no noise."""
    return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)


@pytest.fixture(name="objective")
def _objective(process: GaussianProcess, features: AtomFeatures) -> NoisePrediction:
    return NoisePrediction(process, features, TimeDraw())


def batch(molecules: list[tuple[Tensor, Tensor]], copies: int, features: AtomFeatures) -> State:
    data = encode(gather(molecules).padded(), features)
    return State(*(part.repeat_interleave(copies, 0) for part in (data.x, data.h, data.mask)))


def test_a_model_that_sees_nothing_loses_what_it_must(
    objective: NoisePrediction, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    water: tuple[Tensor, Tensor], generator: torch.Generator,
) -> None:  # fmt: skip
    data = batch([methane, water], 20_000, features)
    loss = objective(nothing, data, generator=generator).view(2, -1)
    for row, atoms in zip(loss, (5, 3), strict=True):
        wanted = 0.5 * (3 * (atoms - 1) + 6 * atoms) / (9 * atoms)
        error = row.std() / 20_000**0.5
        assert row.mean().item() == pytest.approx(wanted, abs=5 * error.item() + 6 / 9 / 1001)


def test_the_loss_of_methane_is_the_one_by_hand() -> None:
    assert pytest.approx(0.4667, abs=1e-4) == 0.5 * (3 * 4 + 6 * 5) / (9 * 5)


def test_at_time_zero_the_features_cost_their_log_probability(
    objective: NoisePrediction, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    generator: torch.Generator,
) -> None:  # fmt: skip
    only_zero = dataclasses.replace(objective, times=TimeDraw(power=1e6))
    data = batch([methane], 20_000, features)
    loss = only_zero(nothing, data, generator=generator)
    assert loss.mean().item() == pytest.approx(0.5 * 12 / 45, abs=5 * loss.std().item() / 141)


def test_at_time_zero_the_features_cost_what_the_noise_leaves_open(
    features: AtomFeatures, methane: tuple[Tensor, Tensor], generator: torch.Generator
) -> None:
    """With alpha^2 = 0.99 and sigma^2 = 0.01 at time 0 no element is sure."""
    coarse = GaussianProcess(Times.of(PolynomialSchedule(steps=5, precision=0.01)))
    only_zero, seen = NoisePrediction(coarse, features, TimeDraw(power=1e6)), []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        seen.append(z)
        return nothing(z, t, generator=generator)

    data = batch([methane], 50, features)
    loss = only_zero(model, data, generator=generator)
    (z,) = seen
    eps = (z.x - 0.99**0.5 * data.x) / 0.1
    reading = -features.log_prob(data.h, z.h, data.mask, torch.full((50,), 0.1))
    assert reading.mean() > 0.5
    wanted = 0.5 * eps.square().sum((1, 2)) / 45 + reading
    torch.testing.assert_close(loss, wanted, rtol=1e-4, atol=1e-4)


def test_a_model_that_sees_the_noise_loses_nothing(
    objective: NoisePrediction, features: AtomFeatures, methane: tuple[Tensor, Tensor],
    generator: torch.Generator, process: GaussianProcess,
) -> None:  # fmt: skip
    data = batch([methane], 500, features)

    def knows(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        place = (t * 1000).round().long()
        alpha = process.times.alpha[place][:, None, None]
        sigma = process.times.sigma[place][:, None, None]
        return State((z.x - alpha * data.x) / sigma, (z.h - alpha * data.h) / sigma, z.mask)

    assert objective(knows, data, generator=generator).abs().max() < 1e-5


def test_validation_draws_times_evenly_and_divides_alike(objective: NoisePrediction) -> None:
    uneven = dataclasses.replace(objective, times=TimeDraw(power=2.0), padded_width=True)
    assert uneven.evenly().times == TimeDraw()
    assert uneven.evenly().padded_width


def test_times_are_even_and_reach_both_ends(generator: torch.Generator) -> None:
    t = TimeDraw().draw(200_000, 10, generator=generator)
    counts = t.bincount().double()
    assert len(counts) == 11
    assert ((counts - 200_000 / 11).abs() < 5 * (200_000 / 11) ** 0.5).all()


def test_a_power_favours_early_times(generator: torch.Generator) -> None:
    t = TimeDraw(power=2.0).draw(100_000, 1000, generator=generator)
    assert (t < 250).double().mean().item() == pytest.approx(0.5, abs=0.01)


def test_no_time_lies_beyond_the_last(generator: torch.Generator) -> None:
    """So small a power that u^power is rounded to 1."""
    t = TimeDraw(power=1e-20).draw(10, 1000, generator=generator)
    assert t.tolist() == [1000] * 10


def test_a_power_must_be_positive() -> None:
    with pytest.raises(ValueError, match="power must be positive, got 0"):
        TimeDraw(power=0.0)
