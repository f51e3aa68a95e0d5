"""The training loop."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor, nn

from markovsym.errors import MarkovsymError
from markovsym_diffusion.captured import Captured
from markovsym_diffusion.objectives import Objective
from markovsym_diffusion.processes import State
from markovsym_diffusion.training.settings import Budget, TrainingSettings
from markovsym_diffusion.training.state import PATIENCE, TrainingState

LOOK_EVERY = 16
"""Steps between two looks at whether it has to; in between nothing waits for the device."""


class TrainingDiverged(MarkovsymError, ArithmeticError):  # noqa: N818 - it names what happened
    """The loss stays NaN or infinite."""


@final
@dataclass(frozen=True, slots=True)
class Step:
    """What one step did."""

    number: int
    loss: Tensor
    norm: Tensor
    rate: float
    progress: float


def training_steps(
    state: TrainingState,
    objective: Objective,
    batches: Iterator[Int[Tensor, "chosen"]],
    data: Callable[[Int[Tensor, "chosen"]], State],
    plan: tuple[TrainingSettings, Budget],
) -> Iterator[Step]:
    """Train until the budget is spent, one step for each value taken from the iterator.

    Args:
        state: Where to start; it is moved along.
        objective: The loss of each molecule.
        batches: Indices of the molecules of each step, from ``state.step`` on.
        data: Gives the molecules of a batch, on the device of the model.
        plan: How to train, and how long.

    Raises:
        TrainingDiverged: If the loss is not finite three times in a row.
    """
    settings, budget = plan
    gradients = Captured(Gradients(state.model, objective))
    while (progress := budget.progress(state.step, state.seconds)) < 1:
        start = time.perf_counter()
        share = settings.share(state.step, progress)
        batch = data(next(batches))
        loss, *found = gradients(batch.x, batch.h, batch.mask, generator=state.generator)
        assert loss is not None
        norm = state.move(loss, found, share=share, clip=settings.clip)
        if state.step % LOOK_EVERY == 0:
            _require_finite(state)
        state.seconds += time.perf_counter() - start
        yield Step(
            state.step,
            loss.clone(),
            norm,
            share * settings.learning_rate,
            budget.progress(state.step, state.seconds),
        )
    _require_finite(state)


@final
class Gradients:
    """The mean loss of a batch, and its gradient by every weight that is trained."""

    def __init__(self, model: nn.Module, objective: Objective) -> None:
        self.model = model
        self.objective = objective
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]

    def __call__(
        self, x: Tensor, h: Tensor, mask: Tensor, *, generator: torch.Generator
    ) -> tuple[Tensor | None, ...]:
        """The loss, then the gradients; None where the loss does not depend on a weight."""
        loss = self.objective(self.model, State(x, h, mask), generator=generator).mean()
        return loss.detach(), *torch.autograd.grad(loss, self.weights, allow_unused=True)


def _require_finite(state: TrainingState) -> None:
    """Wait for the device, and look at what it counted."""
    if int(state.lost) >= PATIENCE:
        raise TrainingDiverged(f"the loss was not finite {PATIENCE} times up to {state.step}")


@torch.no_grad()
def validation_loss(
    model: nn.Module, objective: Objective, batches: list[State], *, seed: int
) -> float:
    """Mean loss over ``batches``; times, noise and frames are the same at every call."""
    device = batches[0].mask.device
    generator = torch.Generator(device).manual_seed(seed)
    losses = [objective(model, batch, generator=generator) for batch in batches]
    return float(torch.cat(losses).mean())
