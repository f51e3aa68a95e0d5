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
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.commands.device import device
from markovsym_diffusion.commands.sample import without_lost, write_samples
from markovsym_diffusion.datasets import data_set, qm9
from markovsym_diffusion.evaluation.distances import distances
from markovsym_diffusion.evaluation.scores import score
from markovsym_diffusion.likelihood import Draws
from markovsym_diffusion.methods import Diffusion, Sampling
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.options import Device
from markovsym_diffusion.processes import encode
from markovsym_diffusion.recipes import recipe
from markovsym_diffusion.runs.folder import RunFolder, read_json, versions, write_json
from markovsym_diffusion.runs.generate import generate
from markovsym_diffusion.runs.train import Training
from markovsym_diffusion.runs.trained import TrainedModel, load_model
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
    data, where = data_set(made.data), device(options.device)
    training = Training(recipe=made, folder=folder, data=data, seed=options.seed, device=where)
    training.run(Budget(minutes=options.minutes), lambda report: None)
    model = load_model(str(folder.root), where)
    real = score(data.split("test")).to_json()
    result = {
        "recipe": made.name,
        "minutes": options.minutes,
        "seed": options.seed,
        "n": options.n,
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "settings": read_json(folder.facts),
        "curve": curve(folder),
        "samples": [
            sampled(model, options.n, Sampling(steps=steps), options.seed, folder.root)
            for steps in options.steps
        ],
        "likelihood": bounded(model, data.split("test")),
        "data": {"qm9/test": real},
    }
    name = f"{made.name}-{options.minutes:g}min.json"
    write_json(options.result or Path("benchmarks/results") / name, result)
    return result


def sampled(model: TrainedModel, n: int, asked: Sampling, seed: int, out: Path) -> dict[str, Any]:
    """Scores of ``n`` samples, and the seconds they took; they are written below ``out``."""
    _, steps, frames = model.recipe.method.chosen(asked)
    sizes = model.sizes.sample(n, generator=torch.Generator().manual_seed(seed))
    start = time.perf_counter()
    molecules = without_lost(generate(model, sizes, seed=seed, asked=asked))
    seconds = time.perf_counter() - start
    write_samples(molecules, out / f"samples-{asked.sampler or 'first'}-{steps}")
    found = {"scores": score(molecules).to_json(), "distances": distances(molecules, qm9("test"))}
    said = {"sampler": asked.sampler, "steps": steps, "frames": frames, "n": n}
    return {**said, "seconds": round(seconds, 1), **found}


def bounded(model: TrainedModel, test: Molecules, n: int = 500) -> dict[str, Any]:
    """The mean bound on -log p(x, h, N) of molecules evenly spaced over the split, in nats."""
    draws = Draws(times=20 if isinstance(model.recipe.method, Diffusion) else 50)
    total = bounds(model, test, n, draws, seed=0)
    said = {"n": n, "draws": draws.frames, "times": draws.times}
    return {"nll": float(total.mean()), "error": float(total.std() / n**0.5), **said}


def bounds(
    model: TrainedModel, test: Molecules, n: int, draws: Draws, *, seed: int
) -> Float[Tensor, "{n}"]:
    """The bound of each molecule, by size."""
    method, features = model.recipe.method, model.recipe.features
    chosen = test.take(torch.linspace(0, len(test) - 1, n).long())
    generator, totals = torch.Generator().manual_seed(seed), []
    for rows in chosen.sizes.argsort(stable=True).split(max(1, 256 // draws.frames)):
        batch = chosen.padded(rows)
        state = encode(batch, features)
        with torch.no_grad():
            bound = method.bound(model.denoiser, features, state, generator=generator, draws=draws)
        totals.append(bound.total - model.sizes.log_prob(batch.mask.sum(-1)))
    return torch.cat(totals)


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
