"""The likelihood of a flow, where it is known."""

import math

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Seeing
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Averaged, flow_likelihood
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
from tests.markovsym_diffusion.exact import SPREAD, ExactVelocity, normal_data


@pytest.mark.parametrize(
    "path", [Straight(), Circular(), VariancePreserving(), VarianceExploding(high=10.0)], ids=repr
)
def test_normal_data_have_the_likelihood_they_must(path: Path, generator: torch.Generator) -> None:
    """With the exact velocity the flow at the first time is the law of the noised data."""
    process, data = ContinuousProcess(path, first=0.05), normal_data(2000, 3, generator)
    velocity = Seeing(ExactVelocity(process), process)
    bound = flow_likelihood(velocity, process, AtomFeatures(), data, generator=generator, steps=100)
    first = torch.tensor([process.first])
    alpha, sigma = path.alpha(first).item(), path.sigma(first).item()
    dimension = 3 * 2 + 6 * 3
    spread = math.sqrt(alpha**2 * SPREAD**2 + sigma**2)
    # the mean of log q(z | data) - log p(z), both normal
    wanted = dimension * math.log(spread / sigma)
    error = bound.steps.std().item() / 2000**0.5
    assert error < 0.5
    assert bound.steps.mean().item() == pytest.approx(wanted, abs=4 * error + 0.05)
    assert bound.prior.abs().max() == 0


def test_data_much_narrower_than_a_step_are_seen(generator: torch.Generator) -> None:
    """Near such data the velocity is as z / t, of which steps even in time see nothing."""
    narrow = 0.01
    data = normal_data(2000, 3, generator)
    data = blend((torch.full((2000,), narrow / SPREAD), data))
    process = ContinuousProcess(Straight(), first=1e-3)
    velocity = Seeing(ExactVelocity(process, spread=narrow), process)
    bound = flow_likelihood(velocity, process, AtomFeatures(), data, generator=generator, steps=100)
    spread = math.sqrt((1 - 1e-3) ** 2 * narrow**2 + 1e-6)
    wanted, error = 24 * math.log(spread / 1e-3), bound.steps.std().item() / 2000**0.5
    assert bound.steps.mean().item() == pytest.approx(wanted, abs=4 * error + 0.1)


def test_positions_cost_what_is_left_of_the_noise(generator: torch.Generator) -> None:
    process, data = ContinuousProcess(Straight(), first=0.01), normal_data(2000, 3, generator)
    velocity = Seeing(ExactVelocity(process), process)
    bound = flow_likelihood(velocity, process, AtomFeatures(), data, generator=generator, steps=20)
    left = 0.01 / 0.99
    wanted = 6 * (math.log(left) + 0.5 * math.log(2 * math.pi) + 0.5)
    error = bound.positions.std().item() / 2000**0.5
    assert bound.positions.mean().item() == pytest.approx(wanted, abs=4 * error + 0.02)


def test_a_step_of_heuns_rule_by_hand(generator: torch.Generator) -> None:
    """v = t z from 0.2 to 1, in one tick; its divergence is t |probe|^2.

    The clock reads (t - 0.2) / 1.6 + log(5 t) / (2 log 5), and a tick is one over its derivative.
    """
    process, data = ContinuousProcess(Straight(), first=0.2), normal_data(5, 3, generator)
    features, again = AtomFeatures(), torch.Generator().set_state(generator.get_state())

    def velocity(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return blend((t, z))

    bound = flow_likelihood(velocity, process, features, data, generator=generator, steps=1)
    torch.randint(2**62, (), generator=again)
    law = process.forward(data, torch.full((5,), 0.2))
    start, probe = law.sample(generator=again), law.noise(generator=again)
    early, late = (1 / (0.625 + 0.5 / (t * math.log(5))) for t in (0.2, 1.0))
    stretch = 1 + 0.5 * early * 0.2 + 0.5 * late * (1 + early * 0.2)
    reached = process.prior(data).log_prob(State(stretch * start.x, stretch * start.h, start.mask))
    square = probe.x.square().sum((1, 2)) + probe.h.square().sum((1, 2))
    wanted = law.log_prob(start) - reached - 0.5 * (0.2 * early + late) * square
    torch.testing.assert_close(bound.steps, wanted, rtol=1e-4, atol=1e-3)
    # the noise that 0.2 z stands for is (1 + 0.8 * 0.2) z, of which 0.2 / 0.8 is taken off z / 0.8
    off = (data.x - (1 / 0.8 - 0.25 * 1.16) * start.x).square().sum((1, 2)) / 0.25**2
    positions = 0.5 * off + 6 * (math.log(0.25) + 0.5 * math.log(2 * math.pi))
    torch.testing.assert_close(bound.positions, positions, rtol=1e-4, atol=1e-3)
    reading = features.log_prob(data.h, start.h, data.mask, torch.full((5,), 0.2))
    torch.testing.assert_close(bound.features, -reading, rtol=1e-4, atol=1e-3)


def test_another_source_draws_other_frames() -> None:
    drawn: list[Tensor] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        drawn.append(torch.randn((), generator=generator))
        return State(drawn[-1] * z.x, drawn[-1] * z.h, z.mask)

    process = ContinuousProcess(Straight(), first=0.2)
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        data = normal_data(2, 3, generator)
        flow_likelihood(model, process, AtomFeatures(), data, generator=generator, steps=1)
    assert len({float(one) for one in drawn}) == 3


def test_frames_are_averaged_and_held(generator: torch.Generator) -> None:
    drawn: list[Tensor] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        drawn.append(torch.randn((), generator=generator))
        return State(drawn[-1] * z.x, drawn[-1] * z.h, z.mask)

    data = normal_data(2, 3, generator)
    mean = Averaged(model, 3)(data, torch.zeros(2), generator=generator)
    torch.testing.assert_close(mean.x, sum(drawn) / 3 * data.x)
    drawn.clear()
    process = ContinuousProcess(Straight(), first=0.01)
    flow_likelihood(model, process, AtomFeatures(), data, generator=generator, frames=2, steps=4)
    assert len(drawn) == 2 * (2 * 4 + 1)
    assert len({float(one) for one in drawn}) == 2
