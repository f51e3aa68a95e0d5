"""Ancestral sampling: from noise to molecules, one reverse step after the other."""

from collections.abc import Iterator

import torch

from markovsym_diffusion.denoisers import PredictsNoise
from markovsym_diffusion.processes import GaussianProcess, State


def ancestral(
    model: PredictsNoise,
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
        generator: Source of randomness: of the states, and of the frames, fresh at every step.
        steps: How many steps to take, evenly spaced among the T of the process; T by default.

    Yields:
        States in model units; the last one is the draw of p(x, h | z_0).

    Source:
        SymDiff (Zhang et al., 2025), algorithm 2; Hoogeboom et al. (2022), algorithm 2.
    """
    last = process.times.last
    grid = torch.linspace(0, last, (steps or last) + 1).round().long().flip(0)
    count, device = len(like.mask), like.mask.device
    z = process.prior(like).sample(generator=generator)
    yield z
    for t, s in zip(grid[:-1].to(device), grid[1:].to(device), strict=True):
        eps = model(z, (t / last).expand(count), generator=generator)
        z = process.reverse(z, eps, s.expand(count), t.expand(count)).sample(generator=generator)
        yield z
    eps = model(z, torch.zeros(count, device=device), generator=generator)
    yield process.decode(z, eps).sample(generator=generator)
