"""What M minutes of training buy: train a recipe, sample it, score it beside the data.

    python -m benchmarks.quality --recipe symdiff-qm9-tiny --minutes 20

A run that is there goes on where it stood, so a finished one is only sampled and scored.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import tyro

from markovsym_diffusion.commands.device import device
from markovsym_diffusion.commands.sample import without_lost, write_samples
from markovsym_diffusion.datasets import load_qm9, split_rows
from markovsym_diffusion.evaluation import score
from markovsym_diffusion.evaluation.distances import distances
from markovsym_diffusion.options import Device
from markovsym_diffusion.recipes import recipe
from markovsym_diffusion.runs.folder import RunFolder, read_json, versions, write_json
from markovsym_diffusion.runs.generate import generate
from markovsym_diffusion.runs.train import Training
from markovsym_diffusion.runs.trained import load_model
from markovsym_diffusion.training import Budget

CURVE = 60
"""Points of the loss curve that are kept."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Train, sample, score."""

    recipe: str
    """Name of the recipe."""
    minutes: float
    """How long to train."""
    n: int = 1000
    """Molecules to sample."""
    steps: tuple[int, ...] = (1000, 100)
    """Steps of the sampler, each in turn."""
    out: Path | None = None
    """Folder of the run; runs/RECIPE by default."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""
    result: Path | None = None
    """File of the result; benchmarks/results/RECIPE-MINUTESmin.json by default."""


def main(options: Quality) -> dict[str, Any]:
    """Do it, and write the result."""
    made = recipe(options.recipe)
    folder = RunFolder(options.out or Path("runs") / options.recipe)
    data = load_qm9()
    train, valid, test = (data.take(split_rows(name)) for name in ("train", "valid", "test"))
    where = device(options.device)
    training = Training(made, folder, train, valid, options.seed, where)
    training.run(Budget(minutes=options.minutes), lambda report: None)
    real = score(test).to_json()
    result = {
        "recipe": made.name,
        "minutes": options.minutes,
        "seed": options.seed,
        "n": options.n,
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "settings": read_json(folder.facts)["settings"],
        "curve": curve(folder),
        "samples": [sampled(options, folder, steps) for steps in options.steps],
        "data": {"qm9/test": real},
    }
    name = f"{made.name}-{options.minutes:g}min.json"
    write_json(options.result or Path("benchmarks/results") / name, result)
    return result


def sampled(options: Quality, folder: RunFolder, steps: int) -> dict[str, Any]:
    """Scores of samples drawn in so many steps, and the seconds they took."""
    model = load_model(str(folder.root), device(options.device))
    sizes = model.sizes.sample(options.n, generator=torch.Generator().manual_seed(options.seed))
    start = time.perf_counter()
    molecules = without_lost(generate(model, sizes, seed=options.seed, steps=steps))
    seconds = time.perf_counter() - start
    write_samples(molecules, folder.root / f"samples-{steps}")
    test = load_qm9().take(split_rows("test"))
    found = {"scores": score(molecules).to_json(), "distances": distances(molecules, test)}
    return {"steps": steps, "seconds": round(seconds, 1), **found}


def curve(folder: RunFolder) -> dict[str, Any]:
    """The loss on the way, thinned out, and every validation loss at the end of a stretch."""
    lines = [json.loads(line) for line in folder.log.read_text().splitlines()]
    every = max(1, len(lines) // CURVE)
    keys = ("step", "seconds", "loss")
    checked = [line for line in lines if "validation" in line]
    return {
        "training": [[line[key] for key in keys] for line in lines[::every]],
        "validation": [[line["step"], line["validation"]] for line in checked],
        "molecules_per_second": sum(line["molecules_per_second"] for line in lines) / len(lines),
        "degenerate_frames": lines[-1]["degenerate_frames"],
        "last": lines[-1],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(tyro.cli(Quality)), indent=2) + "\n")
