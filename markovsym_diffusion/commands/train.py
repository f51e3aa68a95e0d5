"""``train``."""

import signal
from pathlib import Path
from types import FrameType

import torch

from markovsym_diffusion.commands.console import progress, say
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.datasets import DataSet, data_set
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.options import Train
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.beginning import Beginning
from markovsym_diffusion.runs.folder import RunFolder
from markovsym_diffusion.runs.train import Report, Training
from markovsym_diffusion.runs.trained import load_model
from markovsym_diffusion.training import Budget


def run(options: Train) -> None:
    """Train until the budget is spent; a run that is there already goes on."""
    made, data = _on_data(recipe(options.recipe), options.data)
    folder = RunFolder(options.out or Path("runs") / made.name)
    where = device(options.device)
    begin = _beginning(made, options, where)
    execution = Execution(bfloat16=options.bfloat16, compiled=options.compile)
    signal.signal(signal.SIGTERM, _stop)
    with progress(made.name) as tell:
        training = Training(
            recipe=made, folder=folder, data=data, seed=options.seed, device=where, begin=begin,
            execution=execution,
        )  # fmt: skip
        training.run(_budget(made, options), lambda report: tell(report.progress, _words(report)))
    say(f"the model is in {folder.root}; sample it with: markovsym-diffusion sample {folder.root}")


def _on_data(made: Recipe, name: str | None) -> tuple[Recipe, DataSet]:
    """The data, and the recipe with the features that its atoms have."""
    data = data_set(name or made.data, say)
    return (made if name is None else made.on(data.name, data.features)), data


def _beginning(made: Recipe, options: Train, where: torch.device) -> Beginning:
    """What is asked for; a recipe that begins with another wants one."""
    if options.init is None and made.begins_with is not None:
        raise InputError(
            f"{made.name} begins with a trained {made.begins_with}: train one, and give its folder "
            f"as in --init runs/{made.begins_with}"
        )
    freeze = made.freeze if options.freeze is None else options.freeze
    if options.init is None:
        return Beginning(freeze=freeze)
    return Beginning.of(load_model(options.init, where).denoiser, freeze)


def _budget(made: Recipe, options: Train) -> Budget:
    timed = options.minutes is not None
    steps = options.steps if timed or options.steps else made.training.steps
    return Budget(steps=steps, minutes=options.minutes)


def _words(report: Report) -> str:
    words = f"step {report.step}  loss {report.loss:.4f}"
    if report.validation is not None:
        words += f"  validation {report.validation:.4f}"
    return f"{words}  {report.molecules_per_second:.0f} molecules/s"


def _stop(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that the run is saved first; 143 is what a shell reports."""
    raise SystemExit(128 + number)
