"""Quality of samples against steps of the sampler, as JSON and as a picture.

    python -m benchmarks.quality_of_steps --model qm9-small

Every sampler makes molecules of the same sizes. A sampler whose steps have two calls of the model
has half as many. What is there already is not done again.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import tyro
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.quality import sampled
from markovsym_diffusion.methods import Sampling
from markovsym_diffusion.runs.folder import read_json, versions, write_json
from markovsym_diffusion.runs.trained import load_model

CALLS = (1000, 200, 100, 50, 20)
"""Calls of the model for a molecule."""
TWICE = ("heun",)
"""Samplers that call it twice a step."""
ALL_CALLS = ("ancestral", "euler-maruyama")
"""Samplers for which a thousand calls are made too; the others are for few."""
SCORES = ("atom_stability", "molecule_stability", "valid_and_connected")


@dataclass(frozen=True, kw_only=True)
class QualityOfSteps:
    """Sample a model in more and fewer steps."""

    model: str = "qm9-small"
    """Folder of a run, file of weights, or name of a shipped model."""
    samplers: tuple[str, ...] = ()
    """Samplers to try; all by default."""
    n: int = 1000
    """Molecules of each."""
    seed: int = 0
    """Source of all randomness."""
    out: Path = Path("benchmarks/results")
    """Folder of the JSON file and of the picture."""
    folder: Path = Path("runs/quality-of-steps")
    """Folder of the samples."""


def main(options: QualityOfSteps) -> None:
    """Sample and score, and write both files after every set of samples."""
    torch.set_num_threads(1)
    model = load_model(options.model, torch.device("cpu"))
    path = options.out / f"quality-of-steps-{Path(options.model).name}"
    said = {"model": Path(options.model).name, "n": options.n, "seed": options.seed}
    found: dict[str, Any] = {**said, "versions": versions(), "rows": []}
    if path.with_suffix(".json").exists():
        found["rows"] = read_json(path.with_suffix(".json"))["rows"]
    done = {(row["sampler"], row["steps"]) for row in found["rows"]}
    names = options.samplers or tuple(model.recipe.method.samplers)
    for name in names:
        for calls in CALLS:
            steps = calls // 2 if name in TWICE else calls
            if (name, steps) in done or (calls == max(CALLS) and name not in ALL_CALLS):
                continue
            asked = Sampling(sampler=name, steps=steps)
            row = sampled(model, options.n, asked, options.seed, options.folder)
            found["rows"].append({**row, "calls": calls})
            sys.stderr.write(f"{name} {steps}: {json.dumps(row['scores'])}\n")
            write_json(path.with_suffix(".json"), found)
            picture(found["rows"], path.with_suffix(".png"))


def picture(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """One panel for each score, a line for each sampler, bars of one standard error."""
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    for panel, score in zip(figure.subplots(1, len(SCORES)), SCORES, strict=True):
        for name in dict.fromkeys(row["sampler"] for row in rows):
            chosen = [row for row in rows if row["sampler"] == name]
            values = [row["scores"][score] for row in chosen]
            panel.errorbar(
                [row["calls"] for row in chosen],
                [100 * value["value"] for value in values],
                [100 * value["error"] for value in values],
                marker="o", capsize=2, label=name,
            )  # fmt: skip
        panel.set_xscale("log")
        panel.set_xlabel("calls of the model")
        panel.set_title(score.replace("_", " ") + ", %")
        panel.legend(fontsize=7)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main(tyro.cli(QualityOfSteps))
