"""``demo``: data, training, sampling, scores and equivariance, each for a moment."""

import dataclasses
import json
import shutil
from pathlib import Path

import torch

from markovsym_diffusion.commands.console import progress, say, show
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.commands.sample import without_lost, write_samples
from markovsym_diffusion.datasets import DataSet, data_set
from markovsym_diffusion.evaluation.equivariance import verify_in_law
from markovsym_diffusion.evaluation.scores import score, table
from markovsym_diffusion.methods import Sampling
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Demo
from markovsym_diffusion.recipes import Recipe
from markovsym_diffusion.report import loss_curve, molecule_picture
from markovsym_diffusion.runs.beginning import Beginning
from markovsym_diffusion.runs.folder import RunFolder, versions, write_json
from markovsym_diffusion.runs.generate import generate
from markovsym_diffusion.runs.train import Report, Training
from markovsym_diffusion.runs.trained import TrainedModel, load_model
from markovsym_diffusion.training import Budget, Exponential

SHIPPED = "qm9-small"
SAMPLING = Sampling(sampler="sde-dpm-solver++", steps=50)
TRAINING = "demo-training"
"""Name of the folder inside; a run of somebody's own would hardly be called so, and be removed."""


def run(options: Demo) -> None:
    """Do the main job once, small, and say where everything is."""
    folder = _prepared(options.out)
    where = device(options.device)
    say(f"writing to {folder}; device {where}, seed {options.seed}")
    data = data_set("qm9", say)
    say(f"QM9: {len(data):,} molecules; the splits are the published ones, and checked")
    model = _trained_further(load_model(SHIPPED, where), data, folder, options)
    molecules = _sampled(model, options)
    write_samples(molecules, folder)
    molecule_picture(
        molecules.take(torch.arange(min(32, len(molecules)))), folder / "molecules.png"
    )
    real = score(data.split("test"))
    rows = {f"samples of {SHIPPED}": score(molecules), "data:qm9/test": real}
    say("checking equivariance")
    checked = verify_in_law(model.denoiser, name=SHIPPED)
    facts = {"scores": {name: scores.to_json() for name, scores in rows.items()}}
    judged = {"equivariance": checked.to_json(), "seed": options.seed}
    write_json(folder / "metrics.json", {**facts, **judged, **versions()})
    show(table(rows))
    show(checked.text())
    show(f"\nopen {folder / 'molecules.png'}, {folder / 'loss.png'} and {folder / 'samples.sdf'}")


def _prepared(out: Path) -> Path:
    """The folder; what an earlier demo trained there is removed, anything else is left alone."""
    strange = out.exists() and (not out.is_dir() or any(out.iterdir()))
    if strange and not (out / TRAINING / "run.json").exists():
        raise InputError(f"{out} exists and is not of a demo; take another --out")
    shutil.rmtree(out / TRAINING, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    return out


def _trained_further(
    model: TrainedModel, data: DataSet, folder: Path, options: Demo
) -> TrainedModel:
    where = next(model.denoiser.parameters()).device
    run_folder = RunFolder(folder / TRAINING)
    training = Training(
        recipe=_gently(model.recipe), folder=run_folder, data=data, seed=options.seed,
        device=where, begin=Beginning.of(model.denoiser),
    )  # fmt: skip
    with progress("training further") as tell:
        training.run(Budget(minutes=options.minutes), lambda r: tell(r.progress, _words(r)))
    lines = [json.loads(line) for line in run_folder.log.read_text().splitlines()]
    loss_curve([line["step"] for line in lines], [line["loss"] for line in lines],
               folder / "loss.png")  # fmt: skip
    return load_model(str(run_folder.root), where)


def _gently(recipe: Recipe) -> Recipe:
    """The recipe, with steps small enough for a model that has learned already."""
    gentle = dataclasses.replace(
        recipe.training, learning_rate=2e-4, warm_up=20, averaging=Exponential(0.98)
    )
    return dataclasses.replace(recipe, training=gentle)


def _words(report: Report) -> str:
    return f"step {report.step}  loss {report.loss:.4f}"


def _sampled(model: TrainedModel, options: Demo) -> Molecules:
    generator = torch.Generator().manual_seed(options.seed)
    sizes = model.sizes.sample(options.n, generator=generator)
    with progress("sampling") as tell:
        made = generate(
            model, sizes, seed=options.seed, asked=SAMPLING, batch_size=32,
            tell=lambda share: tell(share, ""),
        )  # fmt: skip
    return without_lost(made)
