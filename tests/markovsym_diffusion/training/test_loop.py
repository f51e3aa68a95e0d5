"""Training goes on after a stop as if it had never stopped, and refuses to go on from nonsense."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.checkpoints import CheckpointError
from markovsym_diffusion.datasets import SizeSorted
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.objectives import NoisePrediction, TimeDraw
from markovsym_diffusion.processes import GaussianProcess, State, encode
from markovsym_diffusion.training import (
    Budget,
    Exponential,
    Step,
    TrainingDiverged,
    TrainingSettings,
    TrainingState,
    training_steps,
    validation_loss,
)
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed

SETTINGS = TrainingSettings(batch_size=2, learning_rate=1e-2, averaging=Exponential(0.9))
CPU = torch.device("cpu")


def started(seed: int = 0) -> TrainingState:
    return TrainingState.start(perturbed(SMALL.denoiser(CHANNELS), scale=0.1), SETTINGS, seed, CPU)


@pytest.fixture(name="data")
def _data(molecules: Molecules, features: AtomFeatures) -> Callable[[Tensor], State]:
    return lambda index: encode(molecules.padded(index), features)


@pytest.fixture(name="objective")
def _objective(process: GaussianProcess, features: AtomFeatures) -> NoisePrediction:
    return NoisePrediction(process, features, TimeDraw())


def trained(
    state: TrainingState, steps: int, data: Callable[[Tensor], State], objective: NoisePrediction
) -> list[Step]:
    batches = SizeSorted(torch.tensor([5, 3]), 1).batches(0, state.step)
    return list(training_steps(state, objective, batches, data, (SETTINGS, Budget(steps=steps))))


def digest(state: TrainingState) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in state.tensors().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("stop", [1, 4, 7])
def test_a_run_that_stops_and_goes_on_ends_where_a_straight_one_does(
    stop: int, data: Callable[[Tensor], State], objective: NoisePrediction
) -> None:
    straight = started()
    trained(straight, 8, data, objective)
    first = started()
    trained(first, stop, data, objective)
    second = started(seed=99)
    second.restore(digest(first), first.facts())
    trained(second, 8, data, objective)
    assert second.step == 8
    assert same(digest(straight), digest(second))


@pytest.mark.parametrize("part", ["model/", "average/", "optimiser/", "generator"])
def test_every_part_of_the_state_matters(
    part: str, data: Callable[[Tensor], State], objective: NoisePrediction
) -> None:
    straight = started()
    trained(straight, 8, data, objective)
    first = started()
    trained(first, 4, data, objective)
    second = started(seed=99)
    fresh = digest(second)
    kept = {
        name: fresh.get(name, torch.zeros_like(tensor)) if name.startswith(part) else tensor
        for name, tensor in digest(first).items()
    }
    second.restore(kept, first.facts())
    trained(second, 8, data, objective)
    assert not same(digest(straight), digest(second))


def test_training_lowers_the_loss(
    data: Callable[[Tensor], State], objective: NoisePrediction
) -> None:
    state = started()
    batches = [data(torch.tensor([0, 1]))] * 20
    before = validation_loss(state.model, objective, batches, seed=1)
    trained(state, 150, data, objective)
    assert validation_loss(state.average, objective, batches, seed=1) < 0.9 * before


def test_the_validation_loss_is_the_same_each_time(
    data: Callable[[Tensor], State], objective: NoisePrediction
) -> None:
    state, batches = started(), [data(torch.tensor([0, 1]))]
    losses = {validation_loss(state.model, objective, batches, seed=1) for _ in range(3)}
    assert len(losses) == 1


def test_the_average_lags_behind(
    data: Callable[[Tensor], State], objective: NoisePrediction
) -> None:
    state = started()
    trained(state, 2, data, objective)
    before = [p.clone() for p in state.average.parameters()]
    trained(state, 3, data, objective)
    now = zip(state.average.parameters(), before, state.model.parameters(), strict=True)
    for average, old, new in now:
        torch.testing.assert_close(average, 0.9 * old + 0.1 * new)


def test_gradients_that_are_not_finite_move_nothing_and_end_the_run(
    objective: NoisePrediction, data: Callable[[Tensor], State]
) -> None:
    def poisoned(index: Tensor) -> State:
        state = data(index)
        return State(state.x, state.h * torch.nan, state.mask)

    state = started()
    trained(state, 2, data, objective)
    before = {name: p.clone() for name, p in state.model.named_parameters()}
    with pytest.raises(TrainingDiverged, match="not finite 3 times"):
        trained(state, 50, poisoned, objective)
    assert all(torch.equal(p, before[name]) for name, p in state.model.named_parameters())


def test_one_bad_step_is_survived(
    objective: NoisePrediction, data: Callable[[Tensor], State]
) -> None:
    calls = iter(range(100))

    def poisoned(index: Tensor) -> State:
        state = data(index)
        return State(state.x, state.h * (torch.nan if next(calls) == 2 else 1.0), state.mask)

    state = started()
    assert len(trained(state, 6, poisoned, objective)) == 6
    assert all(p.isfinite().all() for p in state.model.parameters())


def test_the_state_of_another_model_is_refused() -> None:
    state = started()
    with pytest.raises(CheckpointError, match="of another model"):
        state.restore({"model/other": torch.zeros(1)}, {"step": 1, "seconds": 0.0})
