"""Ancestral sampling: from noise to molecules, one reverse step after the other."""

from collections.abc import Iterator
from itertools import pairwise

import torch

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import GaussianProcess, State


def ancestral(
    model: Predictor,
    process: GaussianProcess,
    like: State,
    *,
    generator: torch.Generator,
    steps: int | None = None,
) -> Iterator[State]:
    """The states z_T, ..., z_0 of one trajectory for each molecule, and at last the molecules.

    Args:
        model: Predicts the noise in a state at a time.
        process: The process to walk back.
        like: Gives the masks, and the widths of positions and features.
        generator: Source of randomness: of the states, and of the frames.
        steps: How many steps to take, evenly spaced among the T of the process; T by default.

    Yields:
        States in model units; the last one is the draw of p(x, h | z_0).

    Source:
        SymDiff (Zhang et al., 2025), algorithm 2; Hoogeboom et al. (2022), algorithm 2.
    """
    last, count = process.times.last, len(like.mask)
    grid = process.grid(steps)
    z = process.prior(like).sample(generator=generator)
    yield z
    for t, s in pairwise(grid):
        eps = model(z, (t / last).expand(count), generator=generator)
        z = process.reverse(z, eps, s.expand(count), t.expand(count)).sample(generator=generator)
        yield z
    eps = model(z, (grid[-1] / last).expand(count), generator=generator)
    yield process.decode(z, eps).sample(generator=generator)
