"""Training a recipe into the folder of a run, and going on with it."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.checkpoints import load_checkpoint, save_checkpoint
from markovsym_diffusion.datasets import SizeDistribution, SizeSorted
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.objectives import NoisePrediction, TimeDraw
from markovsym_diffusion.processes import State, encode
from markovsym_diffusion.recipes import Recipe
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
@dataclass(frozen=True, eq=False)
class Training:
    """A recipe, its data and the folder it trains into, or has trained into already."""

    recipe: Recipe
    folder: RunFolder
    train: Molecules
    valid: Molecules
    seed: int
    device: torch.device
    initial: Mapping[str, Tensor] | None = None
    """Weights to start from, if not fresh ones."""

    def run(self, budget: Budget, tell: Callable[[Report], None]) -> TrainingState:
        """Train until the budget is spent, saving on the way, at the end and when interrupted.

        Raises:
            InputError: If the folder holds something else.
            TrainingDiverged: If the loss stays NaN; the last checkpoint is kept.
        """
        self.folder.open(self.recipe.name, self.seed, dataclasses.asdict(self.recipe))
        state = self.state()
        try:
            for report in self._reports(state, budget):
                tell(report)
                with self.folder.log.open("a") as log:
                    log.write(json.dumps(report.facts()) + "\n")
        finally:
            self.save(state)
        return state

    def state(self) -> TrainingState:
        """Where the folder says training stands; its start if it says nothing."""
        model = self.recipe.denoiser(self.seed)
        if self.initial is not None:
            model.load_state_dict(self.initial)
        state = TrainingState.start(model, self.recipe.training, self.seed, self.device)
        if self.folder.checkpoint.exists():
            state.restore(*load_checkpoint(self.folder.checkpoint))
        return state

    def save(self, state: TrainingState) -> None:
        """Write checkpoint and averaged weights."""
        save_checkpoint(self.folder.checkpoint, state.tensors(), state.facts())
        save_model(self.folder.model, self.recipe, state, self.train)

    def data(self, index: Int[Tensor, "chosen"]) -> State:
        """The molecules of a batch, in model units, on the device of the run."""
        return encode(self.train.padded(index), self.recipe.features).to(self.device)

    def _reports(self, state: TrainingState, budget: Budget) -> Iterator[Report]:
        settings = self.recipe.training
        objective = self.recipe.objective(self.recipe.process().to(self.device))
        batches = SizeSorted(self.train.sizes, settings.batch_size).batches(self.seed, state.step)
        watch = _Watch(self, objective)
        for step in training_steps(state, objective, batches, self.data, (settings, budget)):
            report = watch.see(step, state)
            if report is not None:
                yield report


@final
class _Watch:
    """Gathers steps into reports, and saves and validates when it is time."""

    def __init__(self, training: Training, objective: NoisePrediction) -> None:
        self.training = training
        self.objective = objective
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
        objective = NoisePrediction(self.objective.process, self.objective.features, TimeDraw())
        batch_size = self.training.recipe.training.batch_size
        return Report(
            step=step.number,
            loss=float(torch.stack(self.losses).mean()),
            rate=step.rate,
            progress=step.progress,
            seconds=state.seconds,
            molecules_per_second=len(self.losses) * batch_size / max(now - self.told, 1e-9),
            degenerate_frames=_degenerate_frames(state),
            validation=validation_loss(state.average.module, objective, self.batches, seed=0)
            if validate
            else None,
        )


def save_model(path: Path, recipe: Recipe, state: TrainingState, train: Molecules) -> None:
    """Write the averaged weights with all that sampling needs besides the recipe."""
    sizes = SizeDistribution.from_sizes(train.sizes).counts
    facts = {"recipe": recipe.name, "step": state.step, "seconds": state.seconds}
    weights = state.average.module.state_dict()
    save_checkpoint(path, weights, {**facts, "sizes": {str(n): c for n, c in sizes.items()}})


def _validation_batches(training: Training) -> list[State]:
    valid = training.valid
    count = min(VALIDATE_ON, len(valid))
    chosen = torch.linspace(0, len(valid) - 1, count).long()
    order = chosen[valid.sizes[chosen].argsort(stable=True)]
    features = training.recipe.features
    return [encode(valid.padded(rows), features).to(training.device) for rows in order.split(256)]


def _degenerate_frames(state: TrainingState) -> int:
    counts = [b for name, b in state.model.named_buffers() if name.endswith("degenerate")]
    return sum(int(count) for count in counts)
