"""How closely the likelihood is bounded: by the times looked at, and by the draws of the frame.

    python -m benchmarks.likelihood_bounds --model qm9-small --json

The first table has the mean bound over the same molecules of the test split, in nats, with the
standard error that comes of the draws alone. The second has by how much K draws of the frame lower
the divergence of the steps, at the same noisy molecules for every K.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
import tyro
from jaxtyping import Float
from rich.console import Console
from rich.table import Table
from torch import Tensor

from benchmarks.quality import bounds
from markovsym_diffusion.datasets import data_set
from markovsym_diffusion.likelihood import Draws, step_divergence
from markovsym_diffusion.methods import Diffusion
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.processes import encode
from markovsym_diffusion.runs.folder import versions
from markovsym_diffusion.runs.trained import TrainedModel, load_model

FRAMES = (1, 2, 4, 8, 16)
TIMES = {1: 20, 10: 10, 100: 4, 1000: 2}
"""Parts of the process, and how many passes there are with so many."""


@dataclass(frozen=True, kw_only=True)
class LikelihoodBounds:
    """Bound the likelihood with more and more draws."""

    model: str = "qm9-small"
    """Folder of a run, file of weights, or name of a shipped model."""
    n: int = 200
    """Molecules, evenly spaced over the test split."""
    paired: int = 100
    """Molecules, and times, at which numbers of frames are compared."""
    json: bool = False
    """Print JSON instead of tables."""


@torch.no_grad()
def main(options: LikelihoodBounds) -> None:
    """First more times with one frame, then more frames at the same times."""
    torch.set_num_threads(1)
    model = load_model(options.model, torch.device("cpu"))
    test = data_set(model.recipe.data).split("test")
    found = {
        "times": list(_by_times(model, test, options.n)),
        "frames": list(_by_frames(model, test, options.paired)),
    }
    if options.json:
        facts = {"model": options.model, "n": options.n, "paired": options.paired}
        sys.stdout.write(json.dumps({**facts, "versions": versions(), **found}, indent=2) + "\n")
        return
    for rows in found.values():
        view = Table(*rows[0], box=None)
        for row in rows:
            view.add_row(*(f"{x:.3f}" if isinstance(x, float) else str(x) for x in row.values()))
        Console(width=120).print(view)


def _by_times(model: TrainedModel, test: Molecules, n: int) -> Iterator[dict[str, Any]]:
    for times, passes in TIMES.items():
        draws = Draws(times=times)
        total = torch.stack([bounds(model, test, n, draws, seed=seed) for seed in range(passes)])
        yield {
            "times": times,
            "passes": passes,
            "nll": float(total.mean()),
            "error_of_one_pass": float(total.var(0).sum().sqrt() / n),
            "error_over_molecules": float(total.mean(0).std() / n**0.5),
        }


def _by_frames(model: TrainedModel, test: Molecules, count: int) -> Iterator[dict[str, Any]]:
    steps = torch.stack([_steps(model, test, count, frames) for frames in FRAMES])
    for frames, now, before in zip(FRAMES, steps, [steps[0], *steps[:-1]], strict=True):
        yield {
            "frames": frames,
            "steps": float(now.mean()),
            "below_jensen": float((steps[0] - now).mean()),
            "its_error": float((steps[0] - now).std() / count**0.5),
            "below_the_last": float((before - now).mean()),
            "error_of_that": float((before - now).std() / count**0.5),
        }


def _steps(
    model: TrainedModel, test: Molecules, count: int, frames: int
) -> Float[Tensor, "{count}"]:
    """The divergence of all steps, seen at so many times; noisy molecules depend on no frames."""
    method = model.recipe.method
    assert isinstance(method, Diffusion)
    chosen = test.take(torch.linspace(0, len(test) - 1, count).long())
    data = encode(chosen.padded(), model.recipe.features)
    total = torch.zeros(count)
    edges = torch.linspace(1, method.schedule.steps + 1, count + 1).round().long().tolist()
    for low, high in pairwise(edges):
        generator = torch.Generator().manual_seed(low)
        t = torch.randint(low, high, (count,), generator=generator)
        total += (high - low) * step_divergence(
            model.denoiser, method.process, data, t, generator=generator, frames=frames
        )
    return total


if __name__ == "__main__":
    main(tyro.cli(LikelihoodBounds))
