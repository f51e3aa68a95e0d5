"""Everything that is to be known of the speed on a GPU, in one command of a few minutes.

    python -m benchmarks.gpu --result benchmarks/results/gpu.json

It needs no network and no package beyond those that training needs. First every fast way is
compared with float64 on the same machine, then training and sampling are timed. On a CPU
``--small`` runs the same code on tiny models.
"""

import argparse  # noqa: TID251 - where GPUs are there is no tyro
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from benchmarks.reference import Reference
from markovsym_diffusion.captured import Captured
from markovsym_diffusion.datasets import Resident
from markovsym_diffusion.denoisers import Recorded
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.methods import Sampling
from markovsym_diffusion.molecules import Molecules, starts
from markovsym_diffusion.processes import blank
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.folder import versions, write_json
from markovsym_diffusion.speed import (
    Clock,
    TrainingSteps,
    agreement,
    launches,
    like_sizes,
    matrix_rate,
    peak_memory,
    shaken,
    useful_work,
)
from markovsym_diffusion.training import Gradients

EPOCH = 100_000
"""Molecules of an epoch of QM9."""
FAST = {
    "float32": Execution(),
    "bfloat16": Execution(bfloat16=True),
    "bfloat16, compiled": Execution(bfloat16=True, compiled=True),
}
"""Ways to compute."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What is timed."""

    recipes: tuple[str, ...] = ("symdiff-qm9", "symdiff-star-qm9")
    """Models."""
    batch_sizes: tuple[int, ...] = (256, 1024, 4096)
    """Molecules of a training step."""
    shapes: int = 12
    """Batches of a round, each of molecules of another size."""
    rounds: int = 4
    """Rounds, after two that do not count."""
    sampled: int = 2048
    """Molecules that are sampled at once."""
    steps: tuple[tuple[str, int], ...] = (
        ("sde-dpm-solver++", 50),
        ("sde-dpm-solver++", 100),
        ("ancestral", 1000),
    )
    """Samplers and their steps."""
    seconds: float = 500.0
    """When this much has passed nothing new is begun."""


SMALL = Scale(
    recipes=("symdiff-qm9-tiny",), batch_sizes=(4,), shapes=2, rounds=1, sampled=4,
    steps=(("sde-dpm-solver++", 2), ("ancestral", 3)),
)  # fmt: skip
"""For a look at whether it runs."""


class Watch:
    """Says how long it has been."""

    def __init__(self, limit: float) -> None:
        self.start, self.limit = time.perf_counter(), limit

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self.start

    def due(self, what: str) -> bool:
        """Whether there is time left for ``what``; says which it is."""
        left = self.seconds < self.limit
        sys.stderr.write(f"{self.seconds:6.1f} s  {what}{'' if left else ': no time left'}\n")
        return left


def sizes_of_qm9(count: int) -> Int[Tensor, "molecule"]:
    """Numbers of atoms as in QM9: about normal, 18.0 +- 2.9, from 3 to 29."""
    spread = torch.randn(count, generator=torch.Generator().manual_seed(0))
    return (18.03 + 2.94 * spread).round().clamp(3, 29).long()


def random_molecules(sizes: Int[Tensor, "molecule"]) -> Molecules:
    """Clouds of hydrogen, carbon, nitrogen and oxygen: speed does not depend on where atoms are."""
    generator, atoms = torch.Generator().manual_seed(1), int(sizes.sum())
    numbers = torch.tensor([1, 6, 7, 8])[torch.randint(4, (atoms,), generator=generator)]
    return Molecules(2 * torch.randn(atoms, 3, generator=generator), numbers, starts(sizes))


def correct(made: Recipe, resident: Resident, device: torch.device) -> dict[str, Any]:
    """How far each way to compute is from float64, values and gradients, at the same draws."""
    z, found = resident.batch(torch.arange(32)), {}
    exact = Reference(shaken(made, device).double()).train()
    for name, how in ways(device).items():
        model = shaken(made, device).train()
        how.to_train(model)
        try:
            found[name] = agreement(model, exact, z)
        except RuntimeError as error:
            found[name] = {"error": str(error).splitlines()[0]}
    return found


def recorded(made: Recipe, resident: Resident, device: torch.device) -> dict[str, float]:
    """How far recorded graphs are from the functions they record, at the same draws."""
    objective, found = made.objective(device), {}
    batches = [resident.batch(torch.arange(8)), resident.batch(torch.arange(8, 20))]
    plain = Gradients(shaken(made, device).train(), objective)
    graph = Captured(Gradients(shaken(made, device).train(), objective))
    for name, function in (("plain", plain), ("graph", graph)):
        generator, seen = torch.Generator(device).manual_seed(7), []
        for batch in batches * 2:
            parts = function(batch.x, batch.h, batch.mask, generator=generator)
            seen += [part.flatten().double() for part in parts if part is not None]
        found[name] = torch.cat(seen)
    gap = (found["plain"] - found["graph"]).norm() / found["plain"].norm()
    return {"training step": float(gap)}


def ways(device: torch.device) -> dict[str, Execution]:
    """Ways to compute; a CPU is not asked to compile."""
    return {name: how for name, how in FAST.items() if device.type == "cuda" or not how.compiled}


def training(
    made: Recipe, batch_size: int, how: Execution, scale: Scale, device: torch.device
) -> dict[str, Any]:
    """Seconds an epoch, from whole steps on batches of all sizes, one after the other."""
    sizes = sizes_of_qm9(EPOCH)
    rows = like_sizes(sizes, batch_size, scale.shapes)
    molecules = random_molecules(sizes[torch.cat(rows)])
    resident = Resident.of(molecules, made.features, device)
    places = torch.arange(len(molecules)).split(batch_size)
    steps = TrainingSteps(made, shaken(made, device), how)
    clock, begun = Clock(device), time.perf_counter()

    def once() -> None:
        for some in places:
            steps.step(resident.batch(some))

    first = clock.seconds(once)  # compiles, and records a graph for every shape
    clock.seconds(once)
    seconds = [clock.seconds(once) / len(places) for _ in range(scale.rounds)]
    asked = launches(lambda: steps.step(resident.batch(places[0])), device)
    work = 3 * useful_work(made.denoiser(), made.features.width, molecules.sizes) / len(molecules)
    rate = batch_size / median(seconds)
    return {
        "recipe": made.name, "batch_size": batch_size, "seconds_an_epoch": EPOCH / rate,
        "seconds_a_step": seconds, "molecules_per_second": rate, "flop_per_second": rate * work,
        "seconds_of_preparation": first, "seconds_in_all": time.perf_counter() - begun,
        "kernels_per_step": asked.kernels, "waits_per_step": asked.waits,
        "peak_memory_bytes": peak_memory(device),
    }  # fmt: skip


def sampling(
    made: Recipe, sampler: str, steps: int, how: Execution, scale: Scale, device: torch.device
) -> dict[str, Any]:
    """Milliseconds a molecule, from whole trajectories, after a short one that records."""
    sizes = sizes_of_qm9(scale.sampled).sort().values
    model = shaken(made, device).eval()
    how.to_sample(model)
    predictor, clock = Recorded(model), Clock(device)
    groups = sizes.split(max(1, scale.sampled // 4))

    @torch.no_grad()
    def sample(steps: int) -> None:
        for some in groups:
            like = blank(some.to(device), made.features)
            generator = torch.Generator(device).manual_seed(0)
            asked = Sampling(sampler=sampler, steps=steps)
            for _ in made.method.trajectory(predictor, like, generator=generator, asked=asked):
                pass

    sample(2)
    seconds = clock.seconds(lambda: sample(steps))
    half = clock.seconds(lambda: sample(max(2, steps // 2)))
    return {
        "recipe": made.name, "sampler": sampler, "steps": steps, "molecules": scale.sampled,
        "ms_a_molecule": 1000 * seconds / scale.sampled,
        "ms_a_molecule_at_half_the_steps": 1000 * half / scale.sampled,
        "peak_memory_bytes": peak_memory(device),
    }  # fmt: skip


def main(result: Path, scale: Scale, device: torch.device) -> None:
    """Measure until all is measured or the time is over, and write after every part."""
    watch, names = Watch(scale.seconds), scale.recipes
    found: dict[str, Any] = {"versions": versions(), "scale": repr(scale)}
    found["matrix_flop_per_second"] = {
        str(dtype): matrix_rate(device, dtype) for dtype in (torch.float32, torch.bfloat16)
    }
    first = recipe(names[0])
    resident = Resident.of(random_molecules(sizes_of_qm9(32)), first.features, device)
    watch.due("correctness")
    found["against float64"] = correct(first, resident, device)
    found["graphs against functions"] = recorded(first, resident, device)
    found["training"], found["sampling"] = [], []
    write_json(result, found)
    for part, what, run in jobs(scale, device):
        if not watch.due(what):
            break
        try:
            found[part].append({"computed in": what, **run()})
        except RuntimeError as error:  # no memory left, or no compiler: the rest goes on
            found[part].append({"computed in": what, "error": str(error).splitlines()[0]})
        gc.collect()
        if device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(device)
        found["seconds"] = watch.seconds
        write_json(result, found)


def jobs(
    scale: Scale, device: torch.device
) -> Iterator[tuple[str, str, Callable[[], dict[str, Any]]]]:
    """What is to be measured, most wanted first: where it goes, what it is, how it is done."""
    for name in scale.recipes:
        made = recipe(name)
        for words, how in reversed(ways(device).items()):
            for batch_size in scale.batch_sizes:
                yield (
                    "training", f"{words}: {name}, {batch_size} a step",
                    partial(training, made, batch_size, how, scale, device),
                )  # fmt: skip
            for sampler, steps in scale.steps:
                yield (
                    "sampling", f"{words}: {name}, {sampler} at {steps} steps",
                    partial(sampling, made, sampler, steps, how, scale, device),
                )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--result", type=Path, default=Path("benchmarks/results/gpu.json"))
    parser.add_argument("--small", action="store_true", help="tiny models, to see that it runs")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = parser.parse_args()
    main(asked.result, SMALL if asked.small else Scale(), torch.device(asked.device))
