"""Train one model on one task, and measure its loss and how far from equivariant it is."""

import time
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor

from benchmarks.symmetrisers.models import model
from benchmarks.symmetrisers.tasks import Batch, Task, relative_error
from markovsym.kernels import Kernel
from markovsym.spaces import Value, value_of
from markovsym.symmetrise import EquivariantKernel, average

AVERAGED = {"haar", "equivariant", "recursive"}
"""Models whose output is the mean of draws."""


@final
@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long to train, and how to test."""

    steps: int
    rate: float
    decay: bool
    """Whether the learning rate falls to zero along a line."""
    seed: int = 0
    batch: int = 100
    test: int = 1000
    train_draws: int = 10
    test_draws: int = 100


def run(task: Task, name: str, plan: Plan) -> dict[str, Any]:
    """Train, then test; the test data are the same for all models."""
    start = time.perf_counter()
    torch.default_generator.manual_seed(plan.seed)  # torch's layers draw their weights from it
    kernel = model(name, task)
    data, noise = (torch.Generator().manual_seed(plan.seed + i) for i in (1, 2))
    curve = _train(kernel, task, plan, data, noise)
    test = task.draw(plan.test, torch.Generator().manual_seed(10_000))
    error, own = _tested(kernel, test, plan, noise)
    return {
        "task": task.name,
        "d": task.d,
        "model": name,
        "loss": float(error.mean()),
        "loss_error": float(error.std() / len(error) ** 0.5),
        "equivariance": own["score"],
        "floor": own["floor"],
        "parameters": sum(p.numel() for p in kernel.parameters()),
        "curve": curve,
        "seconds": round(time.perf_counter() - start, 2),
    }


def _train(
    kernel: Kernel, task: Task, plan: Plan, data: torch.Generator, noise: torch.Generator
) -> list[float]:
    """The mean training loss of each tenth of the run."""
    optimiser = torch.optim.Adam(kernel.parameters(), lr=plan.rate)
    shape = (lambda i: 1 - i / plan.steps) if plan.decay else (lambda i: 1.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, shape)
    losses = torch.zeros(plan.steps)
    for step in range(plan.steps):
        batch = task.draw(plan.batch, data)
        loss = relative_error(_mean(kernel, batch.x, plan.train_draws, noise), batch.y).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses[step] = loss.detach()
    return [round(float(part.mean()), 5) for part in losses.chunk(10)]


def _mean(kernel: Kernel, x: tuple[Tensor, ...], draws: int, noise: torch.Generator) -> Tensor:
    """The mean of draws of a symmetrised network, or the network itself."""
    if not isinstance(kernel, EquivariantKernel):
        return _tensor(kernel.sample(value_of(x), generator=noise))
    return _tensor(average(kernel, draws).sample(value_of(x), generator=noise))


@torch.no_grad()
def _tested(
    kernel: Kernel, test: Batch, plan: Plan, noise: torch.Generator
) -> tuple[Tensor, dict[str, float]]:
    """Relative errors; the mean of |k(g x) - g k(x)|^2, and of |k(x) - k(x)|^2 for two runs."""
    X, Y = kernel.dom, kernel.cod
    G, x = X.group, value_of(test.x)
    g = G.haar(len(test.y), generator=noise)

    def many(value: Value) -> Tensor:
        parts = value if isinstance(value, tuple) else (value,)
        chunks = zip(*(part.split(100) for part in parts), strict=True)
        return torch.cat([_mean(kernel, chunk, plan.test_draws, noise) for chunk in chunks])

    here, again, there = many(x), many(x), many(X.act(g, x))
    gap = (there - _tensor(Y.act(g, here))).square().mean()
    floor = (again - here).square().mean()
    return relative_error(here, test.y), {"score": float(gap), "floor": float(floor)}


def _tensor(value: Value) -> Tensor:
    assert isinstance(value, Tensor)  # the targets are one tensor each
    return value
