"""``train``."""

import signal
from pathlib import Path
from types import FrameType

from markovsym_diffusion.commands.console import progress, say
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.datasets import load_qm9, split_rows
from markovsym_diffusion.options import Train
from markovsym_diffusion.recipes import recipe
from markovsym_diffusion.runs.folder import RunFolder
from markovsym_diffusion.runs.train import Report, Training
from markovsym_diffusion.training import Budget


def run(options: Train) -> None:
    """Train until the budget is spent; a run that is there already goes on."""
    made = recipe(options.recipe)
    timed = options.minutes is not None
    steps = options.steps if timed or options.steps else made.training.steps
    budget = Budget(steps=steps, minutes=options.minutes)
    folder = RunFolder(options.out or Path("runs") / made.name)
    where = device(options.device)
    data = load_qm9(report=say)
    train, valid = data.take(split_rows("train")), data.take(split_rows("valid"))
    signal.signal(signal.SIGTERM, _stop)
    with progress(made.name) as tell:
        training = Training(made, folder, train, valid, options.seed, where)
        training.run(budget, lambda report: tell(report.progress, _words(report)))
    say(f"the model is in {folder.root}; sample it with: markovsym-diffusion sample {folder.root}")


def _words(report: Report) -> str:
    words = f"step {report.step}  loss {report.loss:.4f}"
    if report.validation is not None:
        words += f"  validation {report.validation:.4f}"
    return f"{words}  {report.molecules_per_second:.0f} molecules/s"


def _stop(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that the run is saved first; 143 is what a shell reports."""
    raise SystemExit(128 + number)
