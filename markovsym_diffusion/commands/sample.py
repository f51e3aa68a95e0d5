"""``sample``."""

import time
from pathlib import Path

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.commands.console import progress, say, show, show_json
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.methods import Sampling
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Sample
from markovsym_diffusion.report import write_npz, write_sdf, write_xyz
from markovsym_diffusion.runs.generate import generate
from markovsym_diffusion.runs.trained import TrainedModel, load_model


def run(options: Sample) -> None:
    """Sample, write three files, and say where."""
    model = load_model(options.model, device(options.device))
    asked = Sampling(sampler=options.sampler, steps=options.steps, frames=options.frames)
    _, steps, frames = model.recipe.method.chosen(asked)
    _check(options)
    execution = Execution(bfloat16=options.bfloat16, compiled=options.compile)
    execution.to_sample(model.denoiser)
    start = time.perf_counter()
    with progress("sampling") as tell:
        molecules = generate(
            model,
            sizes_of(model, options),
            seed=options.seed,
            asked=asked,
            batch_size=options.batch_size,
            tell=lambda share: tell(share, ""),
        )
    seconds = time.perf_counter() - start
    molecules = without_lost(molecules)
    paths = write_samples(molecules, options.out)
    facts = {"model": options.model, "n": len(molecules), "asked": options.n, "seed": options.seed}
    facts |= {"steps": steps, "frames": frames, "seconds": round(seconds, 2)}
    if options.json:
        show_json({**facts, "files": paths})
    else:
        show("\n".join(f"{name:8} {fact}" for name, fact in {**facts, **paths}.items()))


def _check(options: Sample) -> None:
    """Refuse numbers that make no sense, before anything is computed or written."""
    if options.n < 1 or options.batch_size < 1:
        asked = f"{options.n} and {options.batch_size}"
        raise InputError(f"wanted a positive --n and --batch-size, got {asked}")
    if options.atoms is not None and options.atoms < 1:
        raise InputError(f"a molecule has at least one atom, got --atoms {options.atoms}")


def write_samples(molecules: Molecules, folder: Path) -> dict[str, str]:
    """Write molecules in three formats; gives the path of each."""
    writers = {"sdf": write_sdf, "xyz": write_xyz, "npz": write_npz}
    paths = {kind: folder / f"samples.{kind}" for kind in writers}
    for kind, write in writers.items():
        write(molecules, paths[kind])
    return {kind: str(path) for kind, path in paths.items()}


def sizes_of(model: TrainedModel, options: Sample) -> Int[Tensor, "molecule"]:
    """The numbers of atoms asked for, or drawn from the law of the training data."""
    if options.atoms is None:
        generator = torch.Generator().manual_seed(options.seed)
        return model.sizes.sample(options.n, generator=generator)
    if options.atoms > max(model.sizes.counts):
        say(f"note: the model never saw a molecule of {options.atoms} atoms")
    return torch.full((options.n,), options.atoms)


def without_lost(molecules: Molecules) -> Molecules:
    """The molecules whose positions are finite; a line says how many are not."""
    finite = molecules.positions.isfinite().all(-1)
    good = [bool(part.all()) for part in finite.split(molecules.sizes.tolist())]
    kept = torch.tensor(good).nonzero().squeeze(-1)
    if len(kept) == 0:
        raise InputError("no molecule came out with finite positions; train the model longer")
    if len(kept) < len(molecules):
        say(f"note: {len(molecules) - len(kept)} molecules are not finite and are left out")
    return molecules.take(kept)
