"""Every small recipe on QM9, trained for ten minutes of two cores, sampled and scored.

    python -m benchmarks.tiny_table --out runs/tiny-table

Ten minutes of two cores are counted in steps: at first the processor time of a step is taken for
every recipe, and each run then takes the steps that twenty minutes of one core have room for. So
what else the machine does while it trains changes nothing but the waiting. A run that is there
already goes on, and one that is done is left alone.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import torch
import tyro

from benchmarks.quality import bounded, curve, sampled
from markovsym_diffusion.datasets import DataSet, data_set
from markovsym_diffusion.methods import Sampling
from markovsym_diffusion.recipes import RECIPES, Recipe, recipe
from markovsym_diffusion.runs.beginning import Beginning
from markovsym_diffusion.runs.folder import RunFolder, read_json, versions, write_json
from markovsym_diffusion.runs.train import Training
from markovsym_diffusion.runs.trained import load_model
from markovsym_diffusion.training import Budget, TrainingState, training_steps

REPEATED = ("symdiff-qm9-tiny", "symdiff-h-qm9-tiny", "dit-aug-qm9-tiny", "dit-qm9-tiny")
"""Recipes trained with three seeds."""
RESULT = Path("benchmarks/results/tiny-table.json")
CPU = torch.device("cpu")
TIMED = 40
"""Steps that are timed, after as many that are not."""


@dataclass(frozen=True, kw_only=True)
class TinyTable:
    """Train every small recipe, sample it and score it."""

    out: Path = Path("runs/tiny-table")
    """Folder of the runs."""
    minutes: float = 10.0
    """How long each trains, on two cores."""
    n: int = 500
    """Molecules to sample of each."""
    steps: int = 200
    """Steps of the ancestral sampler and of Euler-Maruyama."""
    likelihoods: int = 500
    """Molecules of the test split whose likelihood is bounded."""
    timing_only: bool = False
    """Time the steps, and stop."""
    result: Path = RESULT
    """File of the result."""


def main(options: TinyTable) -> None:
    """Do what is not done yet, and write the result after every run."""
    torch.set_num_threads(1)
    data = data_set("qm9")
    budget = _steps(options, data)
    if options.timing_only:
        return
    found = read_json(options.result) if options.result.exists() else {"runs": {}}
    found |= {"minutes": options.minutes, "budget": budget, "versions": versions()}
    for made, seed in _jobs():
        key = f"{made.name}/{seed}"
        if key in found["runs"]:
            continue
        sys.stderr.write(f"{key}: {budget[made.name]} steps\n")
        found["runs"][key] = _run(options, data, made, seed, budget[made.name])
        write_json(options.result, found)


def _jobs() -> Iterator[tuple[Recipe, int]]:
    """Recipes with seeds, those first that others begin with."""
    yield from ((recipe(name), 0) for name in REPEATED)
    small = [one for one in RECIPES.values() if one.name.endswith("-qm9-tiny")]
    small += [recipe("symdiff-qm9-as-released-tiny")]
    yield from ((one, 0) for one in small if one.name not in REPEATED)
    yield from ((recipe(name), seed) for seed in (1, 2) for name in REPEATED)


def _steps(options: TinyTable, data: DataSet) -> dict[str, int]:
    """How many steps of each recipe the minutes have room for; measured once."""
    path = options.out / "steps.json"
    if not path.exists():
        names = dict.fromkeys(made.name for made, _ in _jobs())
        seconds = {name: seconds_a_step(recipe(name), data, options.out) for name in names}
        options.out.mkdir(parents=True, exist_ok=True)
        write_json(path, {"seconds_a_step": seconds, **versions()})
    seconds = read_json(path)["seconds_a_step"]
    return {name: round(2 * 60 * options.minutes / one) for name, one in seconds.items()}


def seconds_a_step(made: Recipe, data: DataSet, out: Path) -> float:
    """Processor time of a step of training, the median of several."""
    folder = RunFolder(out / "timed")
    training = Training(recipe=made, folder=folder, data=data, seed=0, device=CPU)
    state = TrainingState.start(made.denoiser(), made.training, 0, CPU)
    rows = torch.randperm(100_000, generator=torch.Generator().manual_seed(0))
    # as in training: molecules of nearly one size go together
    chosen = rows[: 2 * TIMED * made.training.batch_size]
    order = chosen[data.split("train").sizes[chosen].argsort(stable=True)]
    batches = list(order.split(made.training.batch_size))
    mixed = torch.randperm(len(batches), generator=torch.Generator().manual_seed(1)).tolist()
    plan = (made.training, Budget(steps=2 * TIMED))
    objective, times = made.objective(CPU), [time.process_time()]
    feed = iter([batches[place] for place in mixed])
    for _ in training_steps(state, objective, feed, training.batch, plan):
        times.append(time.process_time())
    gaps = [after - before for before, after in pairwise(times)]
    sys.stderr.write(f"{made.name}: {1000 * median(gaps[TIMED:]):.1f} ms a step\n")
    return median(gaps[TIMED:])


def _run(options: TinyTable, data: DataSet, made: Recipe, seed: int, steps: int) -> dict[str, Any]:
    folder = RunFolder(options.out / f"{made.name}-{seed}")
    begin = Beginning(freeze=made.freeze)
    if made.begins_with:
        before = load_model(str(options.out / f"{made.begins_with}-{seed}"), CPU)
        begin = Beginning.of(before.denoiser, made.freeze)
    training = Training(recipe=made, folder=folder, data=data, seed=seed, device=CPU, begin=begin)
    training.run(Budget(steps=steps), lambda report: None)
    model = load_model(str(folder.root), CPU)
    asked = Sampling() if made.name.startswith("flow") else Sampling(steps=options.steps)
    return {
        "steps": steps,
        "curve": curve(folder),
        "samples": sampled(model, options.n, asked, seed, folder.root),
        "likelihood": bounded(model, data.split("test"), options.likelihoods),
    }


if __name__ == "__main__":
    main(tyro.cli(TinyTable))
