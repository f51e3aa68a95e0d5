"""How often tests of equivariance are wrong: on correct kernels, and on those with one fault.

``python -m benchmarks.equivariance_tests false-positives --runs 2000 --json`` and ``power``.
"""

import json
import platform
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import torch
import tyro
from scipy import stats
from torch import Tensor

from markovsym.groups import gram_schmidt
from markovsym.testing import Effort, equivariance_in_law
from markovsym.testing.faults.handmade import PROBES, Handmade, Steps, centred
from markovsym.testing.faults.mutants import MUTANTS, mutant

TOTAL = 1e-9
"""The error at which power is measured."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Measure one of the two, and print what was found."""

    what: tyro.conf.Positional[Literal["false-positives", "power"]]
    """Which rate."""
    runs: int = 2000
    """Correct kernels; or runs for each fault and gamma."""
    seed: int = 0
    """The first of the seeds."""
    json: bool = False
    """Print the facts as JSON."""


def correct(seed: int) -> Handmade:
    """A kernel without a fault, with networks of its own under one of the three gammas."""
    rng = torch.Generator().manual_seed(seed)
    some = partial(torch.randn, generator=rng, dtype=torch.float64)
    M, offset = some(3, 3), some(5, 3)
    inner, outer = 1.5 / 18**0.5 * some(18, 32), 1.5 / 32**0.5 * some(32, 9)

    def mean(x: Tensor) -> Tensor:
        return centred((x @ M.to(x) + offset.to(x)).tanh() + 0.5 * x @ M.to(x).mT)

    def frame(x: Tensor, v: Tensor) -> Tensor:
        hidden = (torch.cat([x.flatten(-2), v], -1) @ inner.to(x)).tanh()
        return gram_schmidt((hidden @ outer.to(x)).unflatten(-1, (3, 3)))[0]

    steps = list(PROBES.values())[seed % 3]
    mixed = steps is PROBES["mixed"]
    return Handmade(replace(steps, mean=mean, frame=frame) if mixed else replace(steps, mean=mean))


def false_positives(runs: int, seed: int) -> dict[str, Any]:
    """How many correct kernels are rejected, at a total error of 0.05 and of 1e-9.

    Looking goes on to the end, so that the largest evidence says what any smaller one had said.
    """
    start = time.process_time()
    found: list[float] = []
    for i in range(seed, seed + runs):
        found.append(equivariance_in_law(correct(i), effort=Effort(alpha=TOTAL, seed=i)).p)
        _tell(i - seed + 1, runs, f"{sum(p <= 0.05 for p in found)} at most 0.05")
    seconds = (time.process_time() - start) / runs
    counts = {str(a): sum(p <= a for p in found) for a in (0.5, 0.1, 0.05, 0.01, 1e-3, TOTAL)}
    bound = stats.beta.ppf(0.95, counts["0.05"] + 1, runs - counts["0.05"])
    return {
        "runs": runs, "smallest_p": min(found), "p_at_most": counts,
        "rate_at_0.05": counts["0.05"] / runs, "upper_95_percent_bound": float(bound),
        "cpu_seconds_each": seconds,
    }  # fmt: skip


def power(runs: int, seed: int) -> dict[str, Any]:
    """How many runs reject, for each fault and gamma, at a total error of 1e-9."""
    return {
        fault: {probe: _power(mutant(steps, fault), runs, seed) for probe, steps in PROBES.items()}
        for fault in MUTANTS
        if fault != "none"
    }


def _power(steps: Steps, runs: int, seed: int) -> dict[str, float]:
    start, rejected, pairs = time.process_time(), 0, list[int]()
    for i in range(seed, seed + runs):
        found = equivariance_in_law(Handmade(steps), effort=Effort(alpha=TOTAL, seed=i))
        rejected += found.rejected
        pairs.append(found.pairs)
        if len(pairs) == 10 and rejected == 0:
            break  # the fault is none under this gamma, or no test in law sees it
    seconds = (time.process_time() - start) / len(pairs)
    middle = sorted(pairs)[len(pairs) // 2]
    return {"runs": len(pairs), "rejected": rejected, "median_pairs": middle,
            "largest_pairs": max(pairs), "cpu_seconds_each": round(seconds, 4)}  # fmt: skip


def _tell(done: int, of: int, word: str) -> None:
    if done % 100 == 0:
        sys.stderr.write(f"{done} of {of}: {word}\n")


def main() -> None:
    """Measure, and print."""
    options = tyro.cli(Options, description=__doc__)
    torch.set_num_threads(1)
    measure = {"false-positives": false_positives, "power": power}[options.what]
    found = measure(options.runs, options.seed)
    settings = {"what": options.what, "runs": options.runs, "seed": options.seed,
                "torch": torch.__version__, "python": platform.python_version(),
                "machine": platform.machine(), "threads": 1}  # fmt: skip
    if options.json:
        print(json.dumps({"settings": settings, "found": found}, indent=2))
        return
    for name, value in found.items():
        print(f"{name:32} {value}")


if __name__ == "__main__":
    main()
