"""The training loop."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor, nn

from markovsym.errors import MarkovsymError
from markovsym_diffusion.objectives import Objective
from markovsym_diffusion.processes import State
from markovsym_diffusion.training.clipping import Clip, remembered
from markovsym_diffusion.training.settings import Budget, TrainingSettings
from markovsym_diffusion.training.state import TrainingState

PATIENCE = 3
"""So many steps in a row may have a loss that is not finite before training stops."""


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
    lost = 0
    while (progress := budget.progress(state.step, state.seconds)) < 1:
        start = time.perf_counter()
        rate = settings.rate(state.step, progress)
        loss, norm = _step(state, objective, data(next(batches)), (rate, settings.clip))
        lost = 0 if bool(loss.isfinite() & norm.isfinite()) else lost + 1
        if lost == PATIENCE:
            raise TrainingDiverged(f"the loss was not finite {PATIENCE} times up to {state.step}")
        state.step += 1
        state.seconds += time.perf_counter() - start
        yield Step(state.step, loss, norm, rate, budget.progress(state.step, state.seconds))


def _step(
    state: TrainingState, objective: Objective, data: State, limits: tuple[float, Clip]
) -> tuple[Tensor, Tensor]:
    """One step of the optimiser; a gradient that is not finite moves nothing."""
    rate, clip = limits
    loss = objective(state.model, data, generator=state.generator).mean()
    state.optimiser.zero_grad()
    loss.backward()
    limit = clip.limit(state.norms)
    norm = nn.utils.get_total_norm([p.grad for p in state.model.parameters() if p.grad is not None])
    nn.utils.clip_grads_with_norm_(state.model.parameters(), float(limit), norm)
    if bool(norm.isfinite()):
        state.norms = remembered(state.norms, norm, limit)
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        state.optimiser.step()
        state.average.update_parameters(state.model)
    return loss.detach(), norm


@torch.no_grad()
def validation_loss(
    model: nn.Module, objective: Objective, batches: list[State], *, seed: int
) -> float:
    """Mean loss over ``batches``; times, noise and frames are the same at every call."""
    device = batches[0].mask.device
    generator = torch.Generator(device).manual_seed(seed)
    losses = [objective(model, batch, generator=generator) for batch in batches]
    return float(torch.cat(losses).mean())
