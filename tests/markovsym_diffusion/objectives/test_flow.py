import pytest
import torch
from torch import Tensor

from markovsym_diffusion.objectives import FlowMatching, Independent, TimeDraw
from markovsym_diffusion.processes import Circular, ContinuousProcess, Path, State, Straight, blend
from tests.markovsym_diffusion.exact import ExactVelocity, normal_data, nothing


@pytest.mark.parametrize("path", [Straight(), Circular()], ids=repr)
def test_the_exact_velocity_loses_least(path: Path, generator: torch.Generator) -> None:
    process, data = ContinuousProcess(path, first=1e-3), normal_data(4000, 4, generator)
    objective, exact = FlowMatching(process, TimeDraw(), Independent()), ExactVelocity(process)

    def off(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return blend((torch.full_like(t, 1.3), exact(z, t, generator=generator)))

    losses = [
        objective(model, data, generator=torch.Generator().manual_seed(1)).mean()
        for model in (exact, off, nothing)
    ]
    assert losses[0] < losses[1] < losses[2]


def test_a_model_that_sees_nothing_loses_the_velocity(generator: torch.Generator) -> None:
    """On the straight path the velocity is noise less data."""
    process, data = ContinuousProcess(Straight(), first=1e-3), normal_data(20_000, 4, generator)
    objective = FlowMatching(process, TimeDraw(), Independent())
    loss = objective(nothing, data, generator=generator).mean().item()
    assert loss == pytest.approx(0.5 * (1 + 4) * (3 * 3 + 6 * 4) / 36, rel=0.02)


def test_the_coupling_is_asked_and_the_noise_is_its(generator: torch.Generator) -> None:
    process, data = ContinuousProcess(Straight(), first=1e-3), normal_data(5, 4, generator)

    def same(data: State, noise: State) -> State:
        return data

    loss = FlowMatching(process, TimeDraw(), same)(nothing, data, generator=generator)
    assert loss.abs().max() < 1e-6


def test_times_lie_between_the_first_and_one(generator: torch.Generator) -> None:
    process, data = ContinuousProcess(Straight(), first=0.5), normal_data(2000, 1, generator)
    drawn: list[Tensor] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        drawn.append(t)
        return nothing(z, t, generator=generator)

    FlowMatching(process, TimeDraw(), Independent())(model, data, generator=generator)
    assert 0.5 <= drawn[0].min() < 0.51
    assert 0.99 < drawn[0].max() <= 1.0


def test_validation_draws_times_evenly_and_couples_alike() -> None:
    process = ContinuousProcess(Straight(), first=1e-3)
    objective = FlowMatching(process, TimeDraw(power=2.0), Independent())
    assert objective.evenly().times == TimeDraw()
    assert objective.evenly().coupling == objective.coupling
