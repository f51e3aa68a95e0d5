"""Samplers without noise: exact where the answer is known, and of the order they claim."""

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.processes import GaussianProcess, State, blank
from markovsym_diffusion.samplers import ddim, dpm_solver, heun
from markovsym_diffusion.samplers.levels import Levels
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.exact import SPREAD, ExactAtSteps, nothing

Sampler = Callable[..., Iterator[State]]
SAMPLERS = [ddim, dpm_solver, heun]


@pytest.fixture(name="fine", scope="session")
def _fine() -> GaussianProcess:
    return GaussianProcess(Times(PolynomialSchedule(steps=1000, precision=1e-4).logsnr()))


def stretch(sampler: Sampler, process: GaussianProcess, steps: int) -> float:
    """By how much the first state is stretched into the last; all samplers are linear here."""
    like = blank(torch.full((2,), 4), AtomFeatures())
    generator = torch.Generator().manual_seed(1)
    states = list(sampler(ExactAtSteps(process), process, like, generator=generator, steps=steps))
    return float((states[-1].h / states[0].h).mean())


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_normal_data_come_out_with_their_spread(sampler: Sampler, fine: GaussianProcess) -> None:
    # at time T the data would have this much spread left in it
    start = (1 + fine.times.alpha[-1] ** 2 * (SPREAD**2 - 1)).sqrt()
    wanted = float(SPREAD / start)
    last = fine.times.sigma[0] / fine.times.alpha[0]
    rest = float(SPREAD / (SPREAD**2 + last**2).sqrt())
    assert stretch(sampler, fine, 500) == pytest.approx(wanted * rest, rel=0.01)


@pytest.mark.parametrize(("sampler", "order"), [(ddim, 1), (dpm_solver, 2), (heun, 2)])
def test_errors_fall_with_the_order_of_the_sampler(
    sampler: Sampler, order: int, fine: GaussianProcess
) -> None:
    best = stretch(heun, fine, 1000)
    coarse, better = (abs(stretch(sampler, fine, steps) - best) for steps in (40, 160))
    assert better < coarse / 4 ** (order - 0.5)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_nothing_is_drawn_but_the_first_state(sampler: Sampler, fine: GaussianProcess) -> None:
    like = blank(torch.full((2,), 4), AtomFeatures())

    def after(steps: int) -> Tensor:
        generator = torch.Generator().manual_seed(1)
        list(sampler(ExactAtSteps(fine), fine, like, generator=generator, steps=steps))
        return generator.get_state()

    assert torch.equal(after(1), after(30))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_centre_of_mass_stays_at_zero(sampler: Sampler, fine: GaussianProcess) -> None:
    like = blank(torch.tensor([3, 6]), AtomFeatures())
    generator = torch.Generator().manual_seed(0)
    for z in sampler(ExactAtSteps(fine), fine, like, generator=generator, steps=20):
        assert z.x.sum(1).abs().max() < 1e-4
        assert z.x[~z.mask].abs().sum() == 0


def test_heun_calls_twice_a_step_and_the_others_once(fine: GaussianProcess) -> None:
    calls = dict.fromkeys(SAMPLERS, 0)
    for sampler in SAMPLERS:
        model = ExactAtSteps(fine)

        def counted(z: State, t: Tensor, *, generator: torch.Generator) -> State:
            calls[sampler] += 1  # noqa: B023 - called within the loop
            return model(z, t, generator=generator)  # noqa: B023

        like = blank(torch.tensor([3]), AtomFeatures())
        list(sampler(counted, fine, like, generator=torch.Generator(), steps=10))
    assert list(calls.values()) == [11, 11, 21]


@pytest.mark.parametrize(
    ("sampler", "times"),
    [
        (ddim, [1, 0.75, 0.5, 0.25, 0]),
        (dpm_solver, [1, 0.75, 0.5, 0.25, 0]),
        (heun, [1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0, 0]),
    ],
)
def test_the_model_is_asked_at_the_times_of_its_states(
    sampler: Sampler, times: list[float], fine: GaussianProcess
) -> None:
    asked: list[float] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        asked.append(t.item())
        return nothing(z, t, generator=generator)

    like = blank(torch.tensor([3]), AtomFeatures())
    list(sampler(model, fine, like, generator=torch.Generator(), steps=4))
    assert asked == pytest.approx(times)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_last_state_is_the_one_before_it_read_off(sampler: Sampler) -> None:
    coarse = GaussianProcess(Times.of(PolynomialSchedule(steps=4, precision=0.2)))
    like = blank(torch.tensor([3, 5]), AtomFeatures())
    *_, z, last = sampler(nothing, coarse, like, generator=torch.Generator(), steps=2)
    torch.testing.assert_close(last.x, z.x / 0.8**0.5)
    torch.testing.assert_close(last.h, z.h / 0.8**0.5)


def test_what_is_believed_of_the_molecule_goes_on_as_a_line_in_log_snr() -> None:
    """Half a step ahead of 1 on the way to 4 is 2.5, wherever the step before began."""
    depth = torch.tensor([[0.0], [1.0], [4.0]])
    levels = Levels(depth, (2 * depth).sigmoid().sqrt(), (-2 * depth).sigmoid().sqrt())

    def line(at: float) -> State:
        mask = torch.ones(1, 2, dtype=torch.bool)
        return State(torch.full((1, 2, 3), 5 - 2 * at), torch.full((1, 2, 6), at), mask)

    ahead = levels.ahead(1, line(1.0), line(0.0))
    torch.testing.assert_close(ahead.x, line(2.5).x)
    torch.testing.assert_close(ahead.h, line(2.5).h)
