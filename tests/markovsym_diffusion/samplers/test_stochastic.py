"""Ancestral sampling of second order."""

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.processes import GaussianProcess, State, blank
from markovsym_diffusion.samplers import ancestral, sde_dpm_solver
from tests.markovsym_diffusion.exact import SPREAD, ExactAtSteps

ATOMS = AtomFeatures()


def spread(sampler: object, process: GaussianProcess, steps: int) -> float:
    like = blank(torch.full((4000,), 4), ATOMS)
    generator = torch.Generator().manual_seed(1)
    *_, last = sampler(ExactAtSteps(process), process, like, generator=generator, steps=steps)
    return float(last.h.std())


def test_normal_data_come_out_with_their_spread(process: GaussianProcess) -> None:
    assert spread(sde_dpm_solver, process, 500) == pytest.approx(SPREAD, rel=0.02)


def test_few_steps_are_nearer_than_those_of_ancestral_sampling(process: GaussianProcess) -> None:
    plain, second = (abs(spread(one, process, 20) - SPREAD) for one in (ancestral, sde_dpm_solver))
    assert second < plain / 3


def test_where_the_belief_stays_it_is_ancestral_sampling(process: GaussianProcess) -> None:
    like = blank(torch.tensor([3, 5]), ATOMS)

    def always(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        """The noise in z, if every molecule is the origin."""
        sigma = process.times.sigma[(t * 1000).round().long()][:, None, None]
        return State(z.x / sigma, z.h / sigma, z.mask)

    runs = [  # in all 1000 steps, which are the same for both
        sampler(always, process, like, generator=torch.Generator().manual_seed(3))
        for sampler in (ancestral, sde_dpm_solver)
    ]
    for wanted, found in zip(*runs, strict=True):
        torch.testing.assert_close(found.x, wanted.x, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(found.h, wanted.h, atol=1e-5, rtol=1e-4)


def test_the_second_step_goes_towards_the_belief_half_a_step_ahead(
    process: GaussianProcess,
) -> None:
    """Lu et al. (2022), SDE-DPM-Solver++(2M), written with h, the step in log(alpha / sigma)."""
    like = blank(torch.full((20_000,), 2), ATOMS)
    beliefs = iter((1.0, 3.0, 0.0))

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        """The noise in z, if all features are the next of the beliefs."""
        place = (t * 1000).round().long()
        alpha, sigma = (
            part[place][:, None, None] for part in (process.times.alpha, process.times.sigma)
        )
        return State(z.x / sigma, (z.h - alpha * next(beliefs)) / sigma, z.mask)

    generator = torch.Generator().manual_seed(2)
    states = list(sde_dpm_solver(model, process, like, generator=generator, steps=2))
    grid = process.grid(2, 1.5)
    alpha, sigma = process.times.alpha[grid], process.times.sigma[grid]
    depth = (alpha / sigma).log()
    before, h = depth[1] - depth[0], depth[2] - depth[1]
    towards = 3.0 + 0.5 * (h / before) * (3.0 - 1.0)
    kept = sigma[2] / sigma[1] * (-h).exp()
    mean = kept * states[1].h + alpha[2] * -torch.expm1(-2 * h) * towards
    noise = sigma[2] * (-torch.expm1(-2 * h)).sqrt()
    off = (states[2].h - mean) / noise
    count = off.numel()
    assert off.mean().item() == pytest.approx(0.0, abs=5 / count**0.5)
    assert off.std().item() == pytest.approx(1.0, abs=5 / (2 * count) ** 0.5)


def test_the_centre_of_mass_stays_at_zero(process: GaussianProcess) -> None:
    like, generator = blank(torch.tensor([3, 6]), ATOMS), torch.Generator().manual_seed(0)
    model = ExactAtSteps(process)
    for z in sde_dpm_solver(model, process, like, generator=generator, steps=20):
        assert z.x.sum(1).abs().max() < 1e-4
        assert z.x[~z.mask].abs().sum() == 0
