"""Samplers in continuous time give back normal data, and err as they must."""

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

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
from tests.markovsym_diffusion.exact import SPREAD, ExactNoise, ExactVelocity, nothing

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


@pytest.mark.parametrize("path", [VariancePreserving(), Straight()], ids=repr)
def test_dopri5_comes_near_by_itself(path: Path) -> None:
    pytest.importorskip("torchdiffeq")
    process = ContinuousProcess(path, first=1e-3)
    velocity = Seeing(ExactVelocity(process), process)
    like = blank(torch.full((2,), 4), AtomFeatures())
    states = dopri5_ode(velocity, process, like, generator=torch.Generator().manual_seed(1))
    best = last(flow(path, heun_ode), 500, 2).h
    assert (list(states)[-1].h - best).abs().max() < 2e-3 * best.abs().max()


@pytest.mark.parametrize("run", [flow(Straight()), reverse(VariancePreserving())])
def test_a_trajectory_has_a_state_for_every_time_and_the_molecules(run: Run) -> None:
    like = blank(torch.tensor([3, 5]), AtomFeatures())
    states = list(run(like, torch.Generator(), 7))
    assert len(states) == 9
    for z in states:
        assert z.x.sum(1).abs().max() < 1e-4
        assert z.x[~z.mask].abs().sum() + z.h[~z.mask].abs().sum() == 0


@pytest.mark.parametrize(
    ("sampler", "times"),
    [
        (euler_maruyama, [1, 0.8, 0.6, 0.4, 0.2]),
        (euler_ode, [1, 0.8, 0.6, 0.4, 0.2]),
        (heun_ode, [1, 0.8, 0.8, 0.6, 0.6, 0.4, 0.4, 0.2, 0.2]),
    ],
)
def test_the_model_is_asked_at_the_times_of_its_states(
    sampler: Callable[..., Iterator[State]], times: list[float]
) -> None:
    asked, process = [], ContinuousProcess(VariancePreserving(), first=0.2)

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        asked.append(t.item())
        return nothing(z, t, generator=generator)

    like = blank(torch.tensor([3]), AtomFeatures())
    list(sampler(model, process, like, generator=torch.Generator(), steps=4))
    assert asked == pytest.approx(times)


def test_dopri5_asks_between_both_ends_and_no_further() -> None:
    pytest.importorskip("torchdiffeq")
    asked, process = [], ContinuousProcess(Straight(), first=0.2)
    velocity = Seeing(ExactVelocity(process), process)

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        asked.append(t[0].item())
        return velocity(z, t, generator=generator)

    like = blank(torch.tensor([3, 5]), AtomFeatures())
    list(dopri5_ode(model, process, like, generator=torch.Generator()))
    assert max(asked) == 1.0
    assert min(asked) == pytest.approx(0.2, abs=1e-6)


@pytest.mark.parametrize("sampler", [euler_ode, heun_ode, dopri5_ode])
def test_a_velocity_of_zero_moves_nothing(sampler: Callable[..., Iterator[State]]) -> None:
    """On the straight path a molecule that stands still is its own noise, and is read off."""
    steps = {"steps": 3}
    if sampler is dopri5_ode:
        pytest.importorskip("torchdiffeq")
        steps = {}
    like, process = blank(torch.tensor([3, 5]), AtomFeatures()), ContinuousProcess(Straight(), 0.3)
    first, *others = sampler(nothing, process, like, generator=torch.Generator(), **steps)
    for z in others:
        torch.testing.assert_close(z.x, first.x)
        torch.testing.assert_close(z.h, first.h)


def test_a_step_of_the_reverse_equation_by_hand() -> None:
    """From 1 to 1/2 where beta is 20: f = -10, g^2 = 20; all noise is believed to be the state."""
    process = ContinuousProcess(VariancePreserving(), first=0.5)
    like = blank(torch.tensor([3, 5]), AtomFeatures())

    def itself(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return z

    run, again = (torch.Generator().manual_seed(2) for _ in range(2))
    _, z, _ = euler_maruyama(itself, process, like, generator=run, steps=1)
    start = process.prior(like).sample(generator=again)
    fresh = process.prior(like).noise(generator=again)
    sigma = process.path.sigma(torch.tensor(1.0))
    kept, spread = 1 + 0.5 * 10 - 0.5 * 20 / sigma, (20 * 0.5) ** 0.5
    torch.testing.assert_close(z.x, kept * start.x + spread * fresh.x, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(z.h, kept * start.h + spread * fresh.h, rtol=1e-5, atol=1e-5)


def test_the_reverse_equation_ends_with_what_is_read_off_its_last_state() -> None:
    process = ContinuousProcess(VariancePreserving(), first=0.3)
    like = blank(torch.tensor([3, 5]), AtomFeatures())
    states = euler_maruyama(nothing, process, like, generator=torch.Generator(), steps=3)
    *_, z, last = states
    alpha = process.path.alpha(torch.tensor(0.3))
    torch.testing.assert_close(last.x, z.x / alpha)
    torch.testing.assert_close(last.h, z.h / alpha)
