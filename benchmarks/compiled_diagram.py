"""What it costs that a procedure is a diagram: compiled code beside its hand-written twin.

python -m benchmarks.compiled_diagram --json
"""

import json
import pickle
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
import tyro

from markovsym import Box, Diagram, Functions, Functor, Ob, Ty
from markovsym.actions import restrict
from markovsym.kernels import Deterministic, Randomness
from markovsym.spaces import space
from markovsym.syntax import GroupObject
from markovsym.syntax.procedures import Symmetry, discarding, recursive, sym
from markovsym_diffusion.denoisers.spaces import FRAMES
from markovsym_diffusion.recipes import recipe
from markovsym_diffusion.runs.folder import versions


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to time."""

    batch: int = 64
    """Molecules in a batch of the denoiser."""
    atoms: int = 18
    """Atoms of each."""
    rounds: int = 15
    """Alternating pairs of runs of the denoiser and its twin."""
    seed: int = 0
    """Source of all randomness."""
    json: bool = False
    """Print JSON, and nothing else."""


def main(options: Options) -> dict[str, Any]:
    """All of it."""
    return {
        "denoiser": denoiser(options),
        "overhead": overhead(),
        "thousand_boxes": thousand_boxes(1000),
        "threads": torch.get_num_threads(),
        "versions": versions(),
        "seed": options.seed,
    }


@torch.no_grad()
def denoiser(options: Options) -> dict[str, Any]:
    """SymDiff of recipe symdiff-qm9-tiny: the compiled diagram, and the same by hand."""
    made = recipe("symdiff-qm9-tiny")
    rng = torch.Generator().manual_seed(options.seed)
    model = made.denoiser(options.seed).kernel
    for weights in model.parameters():  # fresh weights would give zero
        weights.add_(0.02 * torch.randn(weights.shape, generator=rng))
    s, shape = model.second, (options.batch, options.atoms)
    x = torch.randn(*shape, 3, generator=rng)
    h = torch.randn(*shape, made.model.channels, generator=rng)
    t = torch.rand(options.batch, generator=rng)
    mask = torch.ones(shape, dtype=torch.bool)
    value = model.first.sample((x - x.mean(1, keepdim=True), h, t, mask), generator=rng)
    runs = {"compiled": s.draw, "by_hand": by_hand(s)}
    drawn = {name: run(value, randomness(options)) for name, run in runs.items()}
    times = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run(value, randomness(options))
            times[name].append(time.perf_counter() - start)
    pairs = zip(times["compiled"], times["by_hand"], strict=True)
    return {
        "batch": options.batch,
        "equal_to_the_bit": all(map(torch.equal, drawn["compiled"], drawn["by_hand"])),
        **{f"{name}_ms": round(1e3 * min(row), 3) for name, row in times.items()},
        "ratio": round(min(times["compiled"]) / min(times["by_hand"]), 4),
        "median_of_paired_ratios": round(statistics.median(a / b for a, b in pairs), 4),
    }


def by_hand(s: Any) -> Callable[[Any, Randomness], Any]:
    """R0 from Haar, f at R0^T z, R = R0 f, and R eps(R^T z), with the networks of ``s``."""
    inputs, outputs = (restrict(X, FRAMES.section) for X in (s.dom, s.cod))
    haar, f, eps = s.gamma.gamma.state, s.gamma.kernel, s.kernel

    def run(value: Any, source: Randomness) -> Any:
        R0 = haar.draw((), source)
        R = R0 @ f.draw(inputs.act(R0.mT, value), source)
        return outputs.act(R, eps.draw(inputs.act(R.mT, value), source))

    return run


def randomness(options: Options) -> Randomness:
    """The same draws each time."""
    rng = torch.Generator().manual_seed(options.seed)
    return Randomness(rng, (options.batch,), torch.float32)


def overhead() -> dict[str, float]:
    """A recursion of depth two, 13 boxes that do nothing, and the same calls by hand."""
    X, G = Ty("X"), GroupObject(Ob("G"))
    k, haar = Box("k", X, X), Box("haar", Ty(), G.type)
    f1, f2 = Box("f1", X, G.type), Box("f2", X, G.type)
    S = Symmetry(G, frozenset([Ob("X")]))
    diagram = sym(k, recursive(recursive(discarding(haar, X), f1, S), f2, S), S)
    real = space(())
    objects = {Ob("X"): real, G.carrier: real}
    boxes = {
        box: Deterministic(NOTHING[len(box.dom)], _several(len(box.dom)), _several(len(box.cod)))
        for box in dict.fromkeys(node.box for node in diagram.nodes)
    }
    compiled = Functor(Functions(), objects, boxes).compile(diagram)
    one = torch.zeros(())
    return {
        "boxes": len(diagram.nodes),
        "compiled_us": best(lambda: compiled(one)),
        "by_hand_us": best(lambda: _calls(one)),
        "nothing_us": best(lambda: one),
    }


def _several(n: int) -> Any:
    return reduce(lambda X, Y: X @ Y, [space(())] * n, space(()).unit)


def _state() -> int:
    return 0


def _one(x: Any) -> Any:
    return x


def _two(g: Any, x: Any) -> Any:
    return x


NOTHING = (_state, _one, _two)
"""Boxes that cost nothing, by their number of inputs."""


def _calls(x: Any) -> Any:
    g0 = _state()
    g1 = _one(_two(_one(g0), x))
    h1 = _two(g0, g1)
    g2 = _one(_two(_one(h1), x))
    h2 = _two(h1, g2)
    return _two(h2, _one(_two(_one(h2), x)))


def best(run: Callable[[], Any], calls: int = 20_000, rounds: int = 9) -> float:
    """Microseconds of one call, the least of some rounds."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            run()
        found.append((time.process_time() - start) / calls)
    return round(1e6 * min(found), 4)


def thousand_boxes(n: int) -> dict[str, float]:
    """A chain of n boxes, each of which copies a wire for the next: built, compared, run."""
    X, real = Ty("X"), space(())
    f = Box("f", X @ X, X)
    step = Diagram.copy(X) >> f
    took: dict[str, float] = {}

    def timed(name: str, run: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = run()
        took[f"{name}_ms"] = round(1e3 * (time.perf_counter() - start), 2)
        return found

    chain = timed("build", lambda: reduce(lambda d, _: d >> step, range(n), Diagram.id(X)))
    other = reduce(lambda d, _: d >> step, range(n), Diagram.id(X))
    assert timed("compare", lambda: chain == other)
    kept = timed("pickle", lambda: pickle.dumps(chain))
    assert timed("unpickle", lambda: pickle.loads(kept)) == chain  # noqa: S301 - our own bytes
    boxes = {f: Deterministic(torch.add, real @ real, real)}
    F = Functor(Functions(), {Ob("X"): real}, boxes)
    run = timed("compile", lambda: F.compile(chain))
    assert timed("run", lambda: run(torch.zeros(()))) == 0
    return took


def report(options: Options) -> str:
    """The figures, as JSON or as lines."""
    found = main(options)
    if options.json:
        return json.dumps(found, indent=2)
    return "\n".join(f"{name}: {figures}" for name, figures in found.items())


if __name__ == "__main__":
    sys.stdout.write(report(tyro.cli(Options)) + "\n")
