"""Molecules a second by size and number, fast and plain, as JSON and as a picture.

    python -m benchmarks.cost_of_size --recipe symdiff-qm9-tiny

All molecules of a batch have one size, so neither way pads in training; in sampling the plain one
pads to the largest molecule of its data set, 29 atoms of QM9 or 181 of GEOM-Drugs, as published.
Steps that would take too long, or more memory than allowed, are left out and said to be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
import tyro
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks import reference
from benchmarks.gpu import random_molecules
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.options import Device
from markovsym_diffusion.processes import State, encode
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.folder import versions, write_json
from markovsym_diffusion.speed import (
    Clock,
    SamplingSteps,
    Steps,
    TrainingSteps,
    matrix_rate,
    shaken,
    useful_work,
    widened,
)

LARGEST = (29, 181)
"""Largest molecules of QM9 and of GEOM-Drugs."""
FORWARD_AND_BACK = 3
"""A training step does the work of so many calls."""
USUAL_SHARE = 0.3
"""Of the rate of matrices; by it is estimated how long a step will take."""
STEPS = {"train": TrainingSteps, "sample": SamplingSteps}


@dataclass(frozen=True, kw_only=True)
class CostOfSize:
    """Time steps for molecules of many sizes."""

    recipe: str = "symdiff-qm9"
    """Name of the recipe."""
    atoms: tuple[int, ...] = (9, 18, 29, 60, 120, 181)
    """Sizes of molecules."""
    batch_sizes: tuple[int, ...] = (16, 64, 256, 1024)
    """Molecules of a step."""
    rounds: int = 3
    """Timed steps of each, after one that is not."""
    most_seconds: float = 10.0
    """Steps that are estimated to take longer are left out."""
    most_memory: float = 8.0
    """Likewise those that are estimated to take more gigabytes."""
    device: Device = "auto"
    """Where to compute."""
    out: Path = Path("benchmarks/results")
    """Folder of the JSON file and of the picture."""


def main(options: CostOfSize) -> None:
    """Time by turns, then write both files."""
    torch.set_num_threads(1)
    made, where = recipe(options.recipe), device(options.device)
    rate = matrix_rate(where, torch.float32)
    rows: list[dict[str, Any]] = []
    for what, ours in STEPS.items():
        ways: dict[str, Steps] = {
            "fast": ours(made, shaken(made, where), Execution()),
            "plain": reference.STEPS[what](made, shaken(made, where)),
        }
        for atoms in options.atoms:
            rows += [
                {"what": what, "atoms": atoms, "batch_size": count}
                | _timed(ways, _batch(made, atoms, count, where), what, (options, made, rate))
                for count in options.batch_sizes
            ]
    path = options.out / f"cost-of-size-{made.name}"
    write_json(
        path.with_suffix(".json"), {"recipe": made.name, "versions": versions(), "rows": rows}
    )
    _picture(rows, path.with_suffix(".png"))


def _batch(made: Recipe, atoms: int, count: int, where: torch.device) -> State:
    molecules = random_molecules(torch.full((count,), atoms))
    return encode(molecules.padded(), made.features).to(where)


def _timed(
    ways: Mapping[str, Steps], batch: State, what: str, limits: tuple[CostOfSize, Recipe, float]
) -> dict[str, Any]:
    """Molecules a second of each way, None where it is left out."""
    options, made, rate = limits
    clock, found = Clock(batch.mask.device), {}
    count, atoms = batch.mask.shape
    for name, steps in ways.items():
        largest = next(size for size in LARGEST if size >= atoms)
        seen = widened(batch, largest) if (name, what) == ("plain", "sample") else batch
        places = seen.mask.shape[-1]
        work = useful_work(made.denoiser(), made.features.width, torch.tensor([places]))
        seconds = count * work * (FORWARD_AND_BACK if what == "train" else 1) / rate / USUAL_SHARE
        if (
            seconds > options.most_seconds
            or _memory(made, count, places, what) > options.most_memory
        ):
            found[name] = None
            continue
        steps.step(seen)
        taken = [clock.seconds(partial(steps.step, seen)) for _ in range(options.rounds)]
        found[name] = count / median(taken)
    return found


def _memory(made: Recipe, count: int, places: int, what: str) -> float:
    """Gigabytes of what a step keeps, roughly: the pairs of the plain way, and the layers."""
    pairs = count * places**2 * 200 * 4 * (8 if what == "train" else 3)
    tokens = count * places * made.parameters**0.5 * 4 * (300 if what == "train" else 10)
    return (pairs + tokens) / 1e9


def _picture(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """One panel for training and one for sampling; a line for each batch size and way."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2)
    for panel, what in zip(panels, STEPS, strict=True):
        counts = sorted({row["batch_size"] for row in rows})
        for place, count in enumerate(counts):
            for name, style in (("fast", "-o"), ("plain", "--s")):
                seen = [
                    (row["atoms"], row[name])
                    for row in rows
                    if (row["what"], row["batch_size"]) == (what, count) and row[name]
                ]
                if seen:
                    label = f"{name}, {count} a step"
                    panel.loglog(*zip(*seen, strict=True), style, color=f"C{place}", label=label)
        panel.set_xlabel("atoms of a molecule")
        panel.set_ylabel("molecules a second")
        panel.set_title({"train": "training", "sample": "a step of sampling"}[what])
        panel.legend(fontsize=7)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main(tyro.cli(CostOfSize))
