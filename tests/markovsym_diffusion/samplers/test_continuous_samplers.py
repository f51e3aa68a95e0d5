"""Samplers in continuous time give back normal data, and err as they must."""

from collections.abc import Callable, Iterator

import pytest
import torch

from markovsym_diffusion.denoisers import ProbabilityFlow, Seeing
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.processes import (
    Circular,
    ContinuousProcess,
    Path,
    State,
    Straight,
    VarianceExploding,
    VariancePreserving,
    blank,
)
from markovsym_diffusion.samplers import dopri5_ode, euler_maruyama, euler_ode, heun_ode
from tests.markovsym_diffusion.exact import SPREAD, ExactNoise, ExactVelocity

Run = Callable[[State, torch.Generator, int], Iterator[State]]
PATHS = [VariancePreserving(), VarianceExploding(low=0.01), Straight(), Circular()]


def flow(path: Path, sampler: Callable[..., Iterator[State]] = heun_ode) -> Run:
    process = ContinuousProcess(path, first=1e-3)
    velocity = Seeing(ExactVelocity(process), process)
    return lambda like, generator, steps: sampler(
        velocity, process, like, generator=generator, steps=steps
    )


def reverse(path: Path) -> Run:
    process = ContinuousProcess(path, first=1e-3)
    noise = Seeing(ExactNoise(process), process)
    return lambda like, generator, steps: euler_maruyama(
        noise, process, like, generator=generator, steps=steps
    )


def last(run: Run, steps: int, count: int = 1000) -> State:
    like = blank(torch.full((count,), 4), AtomFeatures())
    return list(run(like, torch.Generator().manual_seed(1), steps))[-1]


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_a_flow_gives_back_normal_data(path: Path) -> None:
    z = last(flow(path), 200)
    assert z.h.std().item() == pytest.approx(SPREAD, rel=5 / (2 * 24_000) ** 0.5 + 0.01)
    assert z.x.var().item() == pytest.approx(SPREAD**2 * 3 / 4, rel=5 * (2 / 9_000) ** 0.5 + 0.02)


@pytest.mark.parametrize("path", PATHS[:2], ids=repr)
def test_the_reverse_equation_gives_back_normal_data(path: Path) -> None:
    z = last(reverse(path), 400)
    assert z.h.std().item() == pytest.approx(SPREAD, rel=5 / (2 * 24_000) ** 0.5 + 0.02)


@pytest.mark.parametrize("path", PATHS[:2], ids=repr)
def test_noise_and_velocity_give_one_flow(path: Path) -> None:
    process = ContinuousProcess(path, first=1e-3)
    velocity = ProbabilityFlow(Seeing(ExactNoise(process), process), process)
    like = blank(torch.full((3,), 4), AtomFeatures())
    states = heun_ode(velocity, process, like, generator=torch.Generator().manual_seed(1), steps=20)
    ours, theirs = list(states)[-1], last(flow(path), 20, 3)
    torch.testing.assert_close(ours.h, theirs.h, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("sampler", "order"), [(euler_ode, 1), (heun_ode, 2)])
def test_errors_fall_with_the_order_of_the_sampler(
    sampler: Callable[..., Iterator[State]], order: int
) -> None:
    best = last(flow(Straight(), heun_ode), 500, 2).h
    coarse, better = (
        (last(flow(Straight(), sampler), steps, 2).h - best).abs().max().item()
        for steps in (10, 40)
    )
    assert better < coarse / 4 ** (order - 0.5)


def test_dopri5_comes_near_by_itself() -> None:
    pytest.importorskip("torchdiffeq")
    process = ContinuousProcess(Straight(), first=1e-3)
    velocity = Seeing(ExactVelocity(process), process)
    like = blank(torch.full((2,), 4), AtomFeatures())
    states = dopri5_ode(velocity, process, like, generator=torch.Generator().manual_seed(1))
    best = last(flow(Straight(), heun_ode), 500, 2)
    torch.testing.assert_close(list(states)[-1].h, best.h, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("run", [flow(Straight()), reverse(VariancePreserving())])
def test_a_trajectory_has_a_state_for_every_time_and_the_molecules(run: Run) -> None:
    like = blank(torch.tensor([3, 5]), AtomFeatures())
    states = list(run(like, torch.Generator(), 7))
    assert len(states) == 9
    for z in states:
        assert z.x.sum(1).abs().max() < 1e-4
        assert z.x[~z.mask].abs().sum() + z.h[~z.mask].abs().sum() == 0
