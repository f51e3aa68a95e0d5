"""``bench``."""

import importlib
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.commands.console import say, show_json
from markovsym_diffusion.commands.device import device
from markovsym_diffusion.datasets import Resident, data_set
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.options import Bench
from markovsym_diffusion.processes import State
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.folder import versions
from markovsym_diffusion.speed import (
    Clock,
    Rounds,
    SamplingSteps,
    Steps,
    TrainingSteps,
    agreement,
    interleaved,
    launches,
    like_sizes,
    matrix_rate,
    mixed_sizes,
    peak_memory,
    shaken,
    useful_work,
    widened,
)

WORK = {"train": 3, "sample": 1}
"""The work of a step, in calls: going back costs twice what going forward does."""
STEPS = {"train": TrainingSteps, "sample": SamplingSteps}


def run(options: Bench) -> None:
    """Time steps on real molecules, and print what was found as JSON."""
    _check(options)
    torch.set_num_threads(options.threads)
    made, where = recipe(options.recipe), device(options.device)
    shape = (options.batch_size, options.batches)
    execution = Execution(bfloat16=options.bfloat16, compiled=options.compile)
    ours = STEPS[options.what](made, shaken(made, where), execution)
    train = data_set(made.data, say).split("train")
    batches = _batches(train, like_sizes(train.sizes, *shape), made, where)
    runs: dict[str, Callable[[], object]] = {"ours": lambda: ours.run(batches)}
    found: dict[str, Any] = {}
    if options.against is not None:
        theirs = _theirs(options, made, shaken(made, where))
        mixed = _batches(train, mixed_sizes(train.sizes, *shape), made, where)
        if options.what == "sample":
            mixed = [widened(batch, int(train.sizes.max())) for batch in mixed]
        found["agreement"] = agreement(ours.model, theirs.model, batches[0])
        runs[options.against] = lambda: theirs.run(mixed)
    times = interleaved(runs, Clock(where), options.rounds)
    say("timed; now what the device does in a step, and how fast it multiplies")
    show_json(
        {
            **_facts(options, made, batches, times),
            **found,
            **_device(options, made, ours, batches, times["ours"].usual),
        }
    )


def _check(options: Bench) -> None:
    asked = (options.batch_size, options.batches, options.rounds, options.threads)
    if min(asked) < 1:
        words = "--batch-size, --batches, --rounds and --threads"
        raise InputError(f"wanted positive {words}, got {', '.join(map(str, asked))}")


def _batches(
    train: Molecules, rows: list[Int[Tensor, "chosen"]], made: Recipe, where: torch.device
) -> list[State]:
    """Batches of molecules, in model units, on a device."""
    resident = Resident.of(train.take(torch.cat(rows)), made.features, where)
    places = torch.arange(sum(map(len, rows))).split(len(rows[0]))
    return [resident.batch(some) for some in places]


def _theirs(options: Bench, made: Recipe, model: Denoiser) -> Steps:
    """The steps of the other implementation, which comes with the repository."""
    try:
        module = importlib.import_module(f"benchmarks.{options.against}")
    except ModuleNotFoundError as error:
        raise InputError(
            f"wanted benchmarks/{options.against}.py, got no such module; it lies in the "
            "repository: run python -m markovsym_diffusion.cli bench from its root"
        ) from error
    return module.STEPS[options.what](made, model)


def _facts(
    options: Bench, made: Recipe, batches: list[State], times: dict[str, Rounds]
) -> dict[str, Any]:
    """What was asked for, and what every contestant took."""
    molecules = sum(len(batch.mask) for batch in batches)
    asked = {
        name: getattr(options, name)
        for name in ("what", "recipe", "bfloat16", "compile", "batch_size", "batches", "threads")
    }
    found = {
        name: {"molecules_per_second": molecules / rounds.usual, "seconds": rounds.facts()}
        for name, rounds in times.items()
    }
    if options.against is not None:
        found["ratio"] = times["ours"].against(times[options.against]).facts()
    return {**asked, "parameters": made.parameters, "versions": versions(), **found}


def _device(
    options: Bench, made: Recipe, ours: Steps, batches: list[State], seconds: float
) -> dict[str, Any]:
    """What the device does in a step, beside what it could do."""
    where = batches[0].mask.device
    sizes = torch.cat([batch.mask.sum(-1) for batch in batches]).cpu()
    work = WORK[options.what] * useful_work(made.denoiser(), made.features.width, sizes)
    rate = work / seconds
    best = {
        "float32": matrix_rate(where, torch.float32),
        "bfloat16": matrix_rate(where, torch.bfloat16),
    }
    asked = launches(lambda: ours.step(batches[len(batches) // 2]), where)
    return {
        "useful_flop_per_molecule": work / len(sizes),
        "flop_per_second": rate,
        "matrix_flop_per_second": best,
        "share_of_matrix_rate": rate / best["bfloat16" if options.bfloat16 else "float32"],
        "kernels_per_step": asked.kernels,
        "waits_per_step": asked.waits,
        "peak_memory_bytes": peak_memory(where),
    }
