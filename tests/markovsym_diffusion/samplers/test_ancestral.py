import pytest
import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.processes import GaussianProcess, State, blank
from markovsym_diffusion.samplers import ancestral
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.exact import SPREAD, ExactAtSteps, nothing


@pytest.fixture(name="exact")
def _exact(process: GaussianProcess) -> ExactAtSteps:
    return ExactAtSteps(process)


def last_of(steps: int | None, model: object, process: GaussianProcess, count: int) -> State:
    like = blank(torch.full((count,), 4), AtomFeatures())
    states = ancestral(
        model, process, like, generator=torch.Generator().manual_seed(1), steps=steps
    )
    return list(states)[-1]


def test_normal_data_come_out_with_their_spread(process: GaussianProcess, exact: object) -> None:
    z = last_of(None, exact, process, 1000)
    assert z.h.std().item() == pytest.approx(SPREAD, rel=5 / (2 * 24_000) ** 0.5 + 0.005)
    assert z.x.var().item() == pytest.approx(SPREAD**2 * 3 / 4, rel=5 * (2 / 9_000) ** 0.5 + 0.01)


def test_fewer_steps_come_near(process: GaussianProcess, exact: object) -> None:
    assert last_of(100, exact, process, 1000).h.std().item() == pytest.approx(SPREAD, rel=0.05)


def test_a_trajectory_has_a_state_for_every_time_and_the_molecules(
    process: GaussianProcess, exact: object, features: AtomFeatures
) -> None:
    like = blank(torch.tensor([3]), features)
    states = list(ancestral(exact, process, like, generator=torch.Generator(), steps=10))
    assert len(states) == 12
    assert len(list(ancestral(exact, process, like, generator=torch.Generator()))) == 1002


@torch.no_grad()
def test_the_centre_of_mass_stays_at_zero(
    process: GaussianProcess, small_model: Denoiser, features: AtomFeatures
) -> None:
    like = blank(torch.tensor([3, 6]), features)
    generator = torch.Generator().manual_seed(0)
    for z in ancestral(small_model, process, like, generator=generator, steps=20):
        size = z.x.abs().max().clamp(min=1.0)
        assert z.x.sum(1).abs().max() < 1e-4 * size
        assert z.x[~z.mask].abs().sum() == 0


def test_the_model_is_asked_of_every_state_at_its_time(features: AtomFeatures) -> None:
    process = GaussianProcess(Times.of(PolynomialSchedule(steps=10)))
    asked: list[tuple[State, list[float]]] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        asked.append((z, t.tolist()))
        return nothing(z, t, generator=generator)

    like = blank(torch.tensor([3, 3]), features)
    states = list(ancestral(model, process, like, generator=torch.Generator(), steps=5))
    for (z, t), state, time in zip(asked, states[:-1], (1, 0.8, 0.6, 0.4, 0.2, 0), strict=True):
        assert z is state
        assert t == pytest.approx([time, time])


def test_the_molecules_are_a_draw_around_what_is_read_off(features: AtomFeatures) -> None:
    """With alpha^2 = 0.8 and sigma^2 = 0.2 at time 0 the draw has the spread 1/2."""
    coarse = GaussianProcess(Times.of(PolynomialSchedule(steps=2, precision=0.2)))
    like = blank(torch.full((2000,), 4), features)
    states = ancestral(nothing, coarse, like, generator=torch.Generator().manual_seed(1))
    first, *_, noisy, last = states
    assert first.h.std().item() == pytest.approx(1.0, rel=5 / (2 * 48_000) ** 0.5)
    off = last.h - noisy.h / 0.8**0.5
    assert off.std().item() == pytest.approx(0.5, rel=5 / (2 * 48_000) ** 0.5)
    assert off.mean().item() == pytest.approx(0, abs=5 * 0.5 / 48_000**0.5)
