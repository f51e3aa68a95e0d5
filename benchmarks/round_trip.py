"""A trained DiT becomes the eps of a SymDiff: what it costs, and what it does for equivariance.

    python -m benchmarks.round_trip --begin runs/tiny-table/dit-qm9-tiny-0

Three models are compared on molecules of the valid split: the trained DiT; the SymDiff that has its
eps, before a step is taken; and the same after a short training. The loss is that of the noise, of
molecules as the data have them, whose poses are no accident, and of the same turned at random. The
gap is that between the mean prediction at a turned molecule, turned back, and the mean prediction,
relative to its size; the floor is what the draws alone make of it. Last comes the test in law.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import tyro
from jaxtyping import Float
from torch import Tensor

from markovsym.groups import O
from markovsym.testing import equivariance_in_law
from markovsym_diffusion.datasets import DataSet, data_set
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.evaluation.equivariance import states
from markovsym_diffusion.processes import State, encode
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.beginning import Beginning
from markovsym_diffusion.runs.folder import RunFolder, versions
from markovsym_diffusion.runs.train import Training
from markovsym_diffusion.runs.trained import load_model
from markovsym_diffusion.training import Budget, validation_loss

CPU = torch.device("cpu")
MOLECULES = 32
"""Molecules at which gaps are measured."""


@dataclass(frozen=True, kw_only=True)
class RoundTrip:
    """Symmetrise a trained DiT, and train it a little further."""

    begin: str
    """The trained DiT: folder of a run."""
    recipe: str = "dit-ft-qm9-tiny"
    """What it becomes."""
    steps: int = 2400
    """Steps of the short training."""
    draws: int = 256
    """Draws of the frame in each mean."""
    out: Path = Path("runs/round-trip")
    """Folder of the run."""
    seed: int = 0
    """Source of all randomness."""


def main(options: RoundTrip) -> dict[str, Any]:
    """Do it, and give what was found."""
    torch.set_num_threads(1)
    made, before = recipe(options.recipe), load_model(options.begin, CPU)
    data, begin = data_set(made.data), Beginning.of(before.denoiser, made.freeze)
    symmetrised = begin.applied(made.denoiser(options.seed)).eval()
    training = Training(
        recipe=made, folder=RunFolder(options.out), data=data, seed=options.seed, device=CPU,
        begin=begin,
    )  # fmt: skip
    state = training.run(Budget(steps=options.steps), lambda report: None)
    assert isinstance(state.average, Denoiser)
    models = {
        before.recipe.name: before.denoiser,
        "symmetrised": symmetrised,
        "symmetrised and trained": state.average,
    }
    found = {name: _looked_at(model, made, data, options) for name, model in models.items()}
    asked = {"begin": Path(options.begin).name, "recipe": made.name, "steps": options.steps}
    return {**asked, "seconds": state.seconds, "versions": versions(), "models": found}


def _looked_at(model: Denoiser, made: Recipe, data: DataSet, options: RoundTrip) -> dict[str, Any]:
    model.requires_grad_(requires_grad=False)
    valid = data.split("valid")
    chosen = torch.linspace(0, len(valid) - 1, 2048).long()
    rows = chosen[valid.sizes[chosen].argsort(stable=True)].split(256)
    batches = [encode(valid.padded(some), made.features) for some in rows]
    objective = made.objective(CPU).evenly()
    told = equivariance_in_law(model.kernel, states(model))
    return {
        "loss": validation_loss(model, objective, batches, seed=1),
        "loss of turned molecules": validation_loss(
            model, objective, _turned(batches, options.seed), seed=1
        ),
        **_gap(model, made, data, options),
        "in law": f"{told}",
        "rejected": told.rejected,
    }


def _turned(batches: Sequence[State], seed: int) -> list[State]:
    """Every molecule turned, or reflected, by a matrix of its own."""
    generator = torch.Generator().manual_seed(seed)
    matrices = (O(3).haar(len(z.mask), generator=generator) for z in batches)
    return [replace(z, x=z.x @ g.mT) for z, g in zip(batches, matrices, strict=True)]


@torch.no_grad()
def _gap(model: Denoiser, made: Recipe, data: DataSet, options: RoundTrip) -> dict[str, float]:
    """The gap of the means, and what it would be by the draws alone."""
    valid, generator = data.split("valid"), torch.Generator().manual_seed(options.seed)
    chosen = torch.linspace(0, len(valid) - 1, MOLECULES).long()
    clean = encode(valid.padded(chosen), made.features)
    noise = 0.3 * torch.randn(clean.x.shape, generator=generator) * clean.mask.unsqueeze(-1)
    z = State(clean.x + noise, clean.h, clean.mask)
    g = O(3).haar(MOLECULES, generator=generator)
    turned = replace(z, x=z.x @ g.mT)
    here, again = (_mean(model, z, options.draws, generator) for _ in range(2))
    there = _mean(model, turned, options.draws, generator)
    size = here.norm()
    return {
        "gap": float((there @ g - here).norm() / size),
        "floor": float((again - here).norm() / size),
    }


def _mean(
    model: Denoiser, z: State, draws: int, generator: torch.Generator
) -> Float[Tensor, "molecule atom 3"]:
    t = torch.tensor([0.3]).expand(len(z.mask))
    total = sum(model(z, t, generator=generator).x for _ in range(draws))
    return torch.as_tensor(total) / draws


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(tyro.cli(RoundTrip)), indent=2) + "\n")
