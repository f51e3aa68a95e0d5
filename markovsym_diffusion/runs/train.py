"""Training a recipe into the folder of a run, and going on with it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, final

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.checkpoints import load_checkpoint, save_checkpoint
from markovsym_diffusion.datasets import DataSet, Resident, SizeDistribution, SizeSorted
from markovsym_diffusion.datasets.resident import MOST_ATOMS
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.objectives import Objective
from markovsym_diffusion.processes import State, encode
from markovsym_diffusion.recipes import Recipe
from markovsym_diffusion.runs.beginning import Beginning
from markovsym_diffusion.runs.folder import RunFolder
from markovsym_diffusion.training import (
    Budget,
    Step,
    TrainingState,
    training_steps,
    validation_loss,
)

SAVE_EVERY = 120.0
"""Seconds between two checkpoints."""
REPORT_EVERY = 2.0
"""Seconds between two reports."""
VALIDATE_ON = 2048
"""So many molecules of the valid split are looked at with every checkpoint."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How training stands."""

    step: int
    loss: float
    rate: float
    progress: float
    seconds: float
    molecules_per_second: float
    degenerate_frames: int
    validation: float | None = None

    def facts(self) -> dict[str, Any]:
        """All of it, for a line of the log."""
        names = (name for name in self.__slots__ if getattr(self, name) is not None)
        return {name: getattr(self, name) for name in names}


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Training:
    """A recipe, its data and the folder it trains into, or has trained into already."""

    recipe: Recipe
    folder: RunFolder
    data: DataSet
    seed: int
    device: torch.device
    begin: Beginning = field(default_factory=Beginning)
    """What it begins with, if not with fresh weights."""
    execution: Execution = field(default_factory=Execution)
    """How the model is computed."""

    def run(self, budget: Budget, tell: Callable[[Report], None]) -> TrainingState:
        """Train until the budget is spent, saving on the way, at the end and when interrupted.

        Raises:
            InputError: If the folder holds something else.
            TrainingDiverged: If the loss stays NaN; the last checkpoint is kept.
        """
        model = self.begin.applied(self.recipe.denoiser(self.seed))
        self.folder.open(self.recipe, self.seed)
        state = self._state(model)
        try:
            for report in self._reports(state, budget):
                tell(report)
                with self.folder.log.open("a") as log:
                    log.write(json.dumps(report.facts()) + "\n")
        finally:
            self.save(state)
        return state

    def _state(self, model: Denoiser) -> TrainingState:
        """Where the folder says training stands; its start if it says nothing."""
        state = TrainingState.start(model, self.recipe.training, self.seed, self.device)
        if self.folder.checkpoint.exists():
            state.restore(*load_checkpoint(self.folder.checkpoint))
        self.execution.to_train(state.model)
        return state

    def save(self, state: TrainingState) -> None:
        """Write checkpoint and averaged weights."""
        save_checkpoint(self.folder.checkpoint, state.tensors(), state.facts())
        save_model(self.folder.model, self.recipe, state, self.data.sizes)

    def batch(self, index: Int[Tensor, "chosen"]) -> State:
        """The molecules of a batch, in model units, on the device of the run."""
        if self._resident is not None:
            return self._resident.batch(index)
        return encode(self.data.split("train").padded(index), self.recipe.features).to(self.device)

    @cached_property
    def _resident(self) -> Resident | None:
        """The whole train split on the device, unless it is too large."""
        train = self.data.split("train")
        if len(train.positions) > MOST_ATOMS:
            return None
        return Resident.of(train, self.recipe.features, self.device)

    def _reports(self, state: TrainingState, budget: Budget) -> Iterator[Report]:
        settings = self.recipe.training
        objective = self.recipe.objective(self.device)
        sizes = self.data.split("train").sizes
        batches = SizeSorted(sizes, settings.batch_size).batches(self.seed, state.step)
        watch = _Watch(self, objective)
        for step in training_steps(state, objective, batches, self.batch, (settings, budget)):
            report = watch.see(step, state)
            if report is not None:
                yield report


@final
class _Watch:
    """Gathers steps into reports, and saves and validates when it is time."""

    def __init__(self, training: Training, objective: Objective) -> None:
        self.training = training
        self.objective = objective.evenly()
        self.losses: list[Tensor] = []
        self.told = self.saved = time.monotonic()
        self.batches = _validation_batches(training)

    def see(self, step: Step, state: TrainingState) -> Report | None:
        """A report, if it is time for one or this was the last step."""
        now = time.monotonic()
        self.losses.append(step.loss)
        due = now - self.saved > SAVE_EVERY
        if now - self.told < REPORT_EVERY and step.progress < 1 and not due:
            return None
        report = self._report(step, state, now, validate=due or step.progress >= 1)
        if due:
            self.training.save(state)
            self.saved = time.monotonic()
        self.losses, self.told = [], time.monotonic()
        return report

    def _report(self, step: Step, state: TrainingState, now: float, *, validate: bool) -> Report:
        batch_size = self.training.recipe.training.batch_size
        return Report(
            step=step.number,
            loss=float(torch.stack(self.losses).mean()),
            rate=step.rate,
            progress=step.progress,
            seconds=state.seconds,
            molecules_per_second=len(self.losses) * batch_size / max(now - self.told, 1e-9),
            degenerate_frames=_degenerate_frames(state),
            validation=validation_loss(state.average, self.objective, self.batches, seed=0)
            if validate
            else None,
        )


def save_model(path: Path, recipe: Recipe, state: TrainingState, sizes: SizeDistribution) -> None:
    """Write the averaged weights with all that sampling needs besides the recipe."""
    facts = {
        "recipe": recipe.name,
        "data": recipe.data,
        "vocabulary": recipe.features.vocabulary,
        "charge_scale": recipe.features.charge_scale,
        "step": state.step,
        "seconds": state.seconds,
        "sizes": {str(n): count for n, count in sizes.counts.items()},
    }
    save_checkpoint(path, state.average.state_dict(), facts)


def _validation_batches(training: Training) -> list[State]:
    valid = training.data.split("valid")
    count = min(VALIDATE_ON, len(valid))
    chosen = torch.linspace(0, len(valid) - 1, count).long()
    order = chosen[valid.sizes[chosen].argsort(stable=True)]
    features = training.recipe.features
    return [encode(valid.padded(rows), features).to(training.device) for rows in order.split(256)]


def _degenerate_frames(state: TrainingState) -> int:
    counts = [b for name, b in state.model.named_buffers() if name.endswith("degenerate")]
    return sum(int(count) for count in counts)
