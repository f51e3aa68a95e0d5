"""Ways to symmetrise, on the four tasks of Cornish (2024), section 7.3: loss and equivariance.

    python -m benchmarks.symmetrisers --json --quick

Without --quick it trains as published (100,000 steps a run, d up to 32): a day on a few cores.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from multiprocessing import get_context
from os import cpu_count
from typing import Any

import torch
import tyro

from benchmarks.symmetrisers.models import MODELS
from benchmarks.symmetrisers.tasks import TASKS, Task
from benchmarks.symmetrisers.training import Plan, run
from markovsym_diffusion.runs.folder import versions

PUBLISHED = Plan(steps=100_000, rate=1e-4, decay=False)
"""1000 epochs of 100 batches, Adam at 1e-4, as in the author's code."""

QUICK = Plan(steps=400, rate=1e-3, decay=True)
"""What two cores can do in five minutes."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to train."""

    quick: bool = False
    """A few steps, and d = 4 and 8 only."""
    tasks: tuple[str, ...] = TASKS
    """Which of the tasks."""
    models: tuple[str, ...] = MODELS
    """Which of the models."""
    dims: tuple[int, ...] = ()
    """Dimensions; by default 4, 8 or, without --quick, 4, 8, 16, 32."""
    steps: int = 0
    """Steps of training; by default those of the plan."""
    seed: int = 0
    """Source of all randomness."""
    workers: int = cpu_count() or 1
    """Runs side by side, one thread each."""
    json: bool = False
    """Print JSON, and nothing else."""


def main(options: Options) -> dict[str, Any]:
    """Train and test every model on every task."""
    plan = QUICK if options.quick else PUBLISHED
    plan = Plan(**{**asdict(plan), "seed": options.seed, "steps": options.steps or plan.steps})
    dims = options.dims or ((4, 8) if options.quick else (4, 8, 16, 32))
    jobs = [(Task(t, d), m, plan) for t, d, m in product(options.tasks, dims, options.models)]
    with ProcessPoolExecutor(
        options.workers,
        mp_context=get_context("spawn"),
        initializer=torch.set_num_threads,
        initargs=(1,),
    ) as pool:
        found = list(pool.map(run, *zip(*jobs, strict=True)))
    return {"plan": asdict(plan), "runs": found, "versions": versions()}


def table(found: dict[str, Any]) -> str:
    """One line for each run."""
    head = (
        f"{'task':<12}{'d':>3}  {'model':<12}{'loss':>10}{'+-':>9}{'equivariance':>14}{'floor':>11}"
    )
    lines = [
        f"{r['task']:<12}{r['d']:>3}  {r['model']:<12}{r['loss']:>10.4f}{r['loss_error']:>9.4f}"
        f"{r['equivariance']:>14.2e}{r['floor']:>11.2e}"
        for r in found["runs"]
    ]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    options = tyro.cli(Options)
    measured = main(options)
    sys.stdout.write((json.dumps(measured, indent=1) if options.json else table(measured)) + "\n")
