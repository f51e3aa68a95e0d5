"""What each change of the training buys, alone and at one cost, on a tiny model.

    python -m benchmarks.levers --out runs/levers

The plain run is the published training on a tiny network, but for its batches, which are of 32 to
leave room for steps, and its average, which looks back over the same share of the run as the
published one. Every lever changes one thing about it. All runs
take the same processor time, counted in steps as ``benchmarks.tiny_table`` counts them; validation
bounds the likelihood of molecules of the valid split, and nothing is seen of the test split.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import tyro

from benchmarks.quality import bounds, curve, sampled
from benchmarks.tiny_table import seconds_a_step
from markovsym_diffusion.datasets import DataSet, data_set
from markovsym_diffusion.denoisers import Denoiser, SymDiff
from markovsym_diffusion.likelihood import Draws
from markovsym_diffusion.methods import Diffusion, Sampling
from markovsym_diffusion.objectives import AsVelocity, Importance, MinSNR, TimeDraw
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.folder import RunFolder, read_json, versions, write_json
from markovsym_diffusion.runs.train import Training
from markovsym_diffusion.runs.trained import TrainedModel
from markovsym_diffusion.training import Budget, Exponential, Power, TrainingSettings

RESULT = Path("benchmarks/results/levers.json")
CPU = torch.device("cpu")
SHARE = 10_000 / 1_700_850
"""The published average looks back over so much of the published run."""

ROUNDS = 3
"""Times that a step of each is timed, by turns; the shortest counts."""


@dataclass(frozen=True, kw_only=True)
class Levers:
    """Train the tiny model with one lever after the other."""

    out: Path = Path("runs/levers")
    """Folder of the runs."""
    minutes: float = 4.0
    """Processor time of each."""
    seeds: int = 3
    """Runs of each lever."""
    n: int = 300
    """Molecules to sample of each run, and to bound the likelihood of."""
    steps: int = 50
    """Steps of SDE-DPM-Solver++."""
    only: tuple[str, ...] = ()
    """Levers to run; all by default."""
    result: Path = RESULT
    """File of the result."""


def trained_with(**changes: Any) -> Callable[[Recipe], Recipe]:
    """A change of how it is trained."""
    return lambda made: replace(made, training=replace(made.training, **changes))


def noised_with(**changes: Any) -> Callable[[Recipe], Recipe]:
    """A change of what is learnt."""

    def change(made: Recipe) -> Recipe:
        assert isinstance(made.method, Diffusion)
        return replace(made, method=replace(made.method, **changes))

    return change


def with_pair_bias(made: Recipe) -> Recipe:
    """Distances bias the attention."""
    assert isinstance(made.model, SymDiff)
    backbone = replace(made.model.backbone, pair_bias=True)
    return replace(made, model=replace(made.model, backbone=backbone))


def with_importance(made: Recipe) -> Recipe:
    """Early times are drawn more often, and count less."""
    return noised_with(weighting=Importance(2.0))(LEVERS["early times"](made))


def with_belief(made: Recipe) -> Recipe:
    """The network sees what it believed at the call before."""
    assert isinstance(made.model, SymDiff)
    backbone = replace(made.model.backbone, self_conditioned=True)
    made = noised_with(self_conditioned=True)(made)
    return replace(made, model=replace(made.model, backbone=backbone))


LEVERS: Mapping[str, Callable[[Recipe], Recipe]] = {
    "plain": lambda made: made,
    "pair bias": with_pair_bias,
    "warm-up and cool-down": trained_with(warm_up=100, cool_down=1.0),
    "ten times the rate, warm-up and cool-down": trained_with(
        learning_rate=2e-3, warm_up=100, cool_down=1.0
    ),
    "power average": trained_with(averaging=Power(16.0)),
    "stratified times": trained_with(times=TimeDraw(stratified=True)),
    "early times": trained_with(times=TimeDraw(power=2.0)),
    "importance-sampled times": with_importance,
    "min-SNR": noised_with(weighting=MinSNR()),
    "velocity": noised_with(velocity=True, weighting=AsVelocity()),
    "Muon": trained_with(muon_rate=2e-2),
    "batches of 128": trained_with(batch_size=128),
    "averaged targets": noised_with(rotations=16),
    "no largest second moment": trained_with(amsgrad=False),
    "self-conditioning": with_belief,
}
"""Each lever by its name."""


def plain(steps: int) -> Recipe:
    """The published training on a tiny network, for a run of so many steps."""
    averaging = Exponential(1 - 1 / max(1.0, SHARE * steps))
    made = recipe("symdiff-qm9-tiny")
    return replace(made, training=TrainingSettings(batch_size=32, averaging=averaging))


def main(options: Levers) -> None:
    """Do what is not done yet, and write the result after every run."""
    torch.set_num_threads(1)
    data = data_set("qm9")
    budget = _steps(options, data)
    found = read_json(options.result) if options.result.exists() else {"runs": {}}
    found |= {"minutes": options.minutes, "steps": budget, "versions": versions()}
    for name, seed in _jobs(options):
        key = f"{name}/{seed}"
        if key not in found["runs"]:
            sys.stderr.write(f"{key}: {budget[name]} steps\n")
            made = LEVERS[name](plain(budget[name]))
            found["runs"][key] = _run(options, data, made, (name, seed), budget[name])
            write_json(options.result, found)


def _jobs(options: Levers) -> Iterator[tuple[str, int]]:
    """Every lever with the first seed, then with the next."""
    for seed in range(options.seeds):
        yield from ((name, seed) for name in options.only or LEVERS)


def _steps(options: Levers, data: DataSet) -> dict[str, int]:
    """How many steps of each the minutes have room for; measured once."""
    path = options.out / "steps.json"
    if not path.exists():
        options.out.mkdir(parents=True, exist_ok=True)
        rounds = [
            {
                name: seconds_a_step(lever(plain(1000)), data, options.out)
                for name, lever in LEVERS.items()
            }
            for _ in range(ROUNDS)
        ]
        found = {name: min(one[name] for one in rounds) for name in LEVERS}
        write_json(path, {"seconds_a_step": found, **versions()})
    seconds = read_json(path)["seconds_a_step"]
    return {name: round(60 * options.minutes / one) for name, one in seconds.items()}


def _run(
    options: Levers, data: DataSet, made: Recipe, which: tuple[str, int], steps: int
) -> dict[str, Any]:
    name, seed = which
    folder = RunFolder(options.out / f"{name.replace(' ', '-').replace(',', '')}-{seed}")
    training = Training(recipe=made, folder=folder, data=data, seed=seed, device=CPU)
    denoiser = training.run(Budget(steps=steps), lambda report: None).average
    assert isinstance(denoiser, Denoiser)
    asked = Sampling(sampler="sde-dpm-solver++", steps=options.steps)
    model = TrainedModel(made, denoiser, data.sizes, {})
    bound = bounds(model, data.split("valid"), options.n, Draws(times=10), seed=0)
    return {
        "steps": steps,
        "curve": curve(folder),
        "samples": sampled(model, options.n, asked, seed, folder.root),
        "nll": {"mean": float(bound.mean()), "error": float(bound.std() / options.n**0.5)},
    }


if __name__ == "__main__":
    main(tyro.cli(Levers))
