"""Haar and Gram-Schmidt beside torch's QR, and what sym costs beside its parts done by hand.

python -m benchmarks.group_speed --json
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import tyro
from torch import Tensor, nn

import markovsym as ms
from markovsym.actions import matrix
from markovsym.groups import O, gram_schmidt
from markovsym.groups.gram_schmidt import qr_with_signs
from markovsym_diffusion.runs.folder import versions


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to time."""

    elements: int = 1_000_000
    """Group elements in a batch."""
    batch: int = 256
    """Clouds in a batch of the network."""
    points: int = 32
    """Points of each."""
    width: int = 512
    """Width of the network."""
    rounds: int = 7
    """Alternating pairs of runs."""
    seed: int = 0
    """Source of all randomness."""
    json: bool = False
    """Print JSON, and nothing else."""


def paired(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Milliseconds of two functions run in turn, and their ratio, round by round."""
    ours(), theirs()
    found: list[tuple[float, float]] = [(_timed(ours), _timed(theirs)) for _ in range(rounds)]
    ratios = [b / a for a, b in found]
    return {
        "ours_ms": round(min(a for a, _ in found), 3),
        "theirs_ms": round(min(b for _, b in found), 3),
        "times_as_fast": round(statistics.median(ratios), 3),
        "ratios": [round(r, 3) for r in ratios],
    }


def _timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return 1e3 * (time.perf_counter() - start)


@torch.no_grad()
def main(options: Options) -> dict[str, Any]:
    """All of it."""
    rng = torch.Generator().manual_seed(options.seed)
    noise = torch.randn(options.elements, 3, 3, generator=rng)

    def haar_by_qr() -> Tensor:
        return qr_with_signs(torch.randn(options.elements, 3, 3, generator=rng))

    rounds = options.rounds
    return {
        "haar_O3": paired(lambda: O(3).haar(options.elements, generator=rng), haar_by_qr, rounds),
        "gram_schmidt": paired(lambda: gram_schmidt(noise), lambda: torch.linalg.qr(noise), rounds),
        "gram_schmidt_against_qr_with_signs": paired(
            lambda: gram_schmidt(noise), lambda: qr_with_signs(noise), rounds
        ),
        "sym": overhead(options, rng),
        "elements": options.elements,
        "threads": torch.get_num_threads(),
        "seed": options.seed,
        "versions": versions(),
    }


def overhead(options: Options, rng: torch.Generator) -> dict[str, Any]:
    """Sym of a network under O(3), beside gamma, both actions and the network called by hand."""
    w = options.width
    net = nn.Sequential(nn.Linear(3, w), nn.SiLU(), nn.Linear(w, w), nn.SiLU(), nn.Linear(w, 3))
    X = ms.gspace((options.points, 3), matrix(O(3)))
    s = ms.sym(ms.Deterministic(net, X, X), ms.haar(O(3), X))
    module = ms.Symmetrised(net, O(3))
    x = torch.randn(options.batch, options.points, 3, generator=rng)

    def by_hand() -> Tensor:
        Q = O(3).haar(options.batch, generator=rng)
        return net(x @ Q) @ Q.mT

    def bare() -> Tensor:
        return net(x)

    same = torch.Generator().manual_seed(1)
    found = s.sample(x, generator=torch.Generator().manual_seed(1))
    Q = O(3).haar(options.batch, generator=same)
    assert isinstance(found, Tensor)
    return {
        "largest_difference": float((found - net(x @ Q) @ Q.mT).abs().max()),
        "kernel": paired(lambda: s.sample(x, generator=rng), by_hand, 3 * options.rounds),
        "module": paired(lambda: module(x, generator=rng), by_hand, 3 * options.rounds),
        "bare_module": paired(bare, by_hand, 3 * options.rounds),
    }


def report(options: Options) -> str:
    """The figures, as JSON or as lines."""
    found = main(options)
    if options.json:
        return json.dumps(found, indent=2)
    return "\n".join(f"{name}: {figures}" for name, figures in found.items())


if __name__ == "__main__":
    sys.stdout.write(report(tyro.cli(Options)) + "\n")
