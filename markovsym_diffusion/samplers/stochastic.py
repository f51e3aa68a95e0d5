"""Ancestral sampling of second order: good molecules in tens of steps."""

from collections.abc import Iterator
from itertools import pairwise

import torch

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import GaussianProcess, State
from markovsym_diffusion.samplers.levels import Levels

POWER = 1.5
"""Times are spaced by this power: steps are the shorter, the less noise there is."""


def sde_dpm_solver(
    model: Predictor,
    process: GaussianProcess,
    like: State,
    *,
    generator: torch.Generator,
    steps: int | None = None,
) -> Iterator[State]:
    """The states of one trajectory for each molecule; arguments as ``ancestral``.

    A step is one of ancestral sampling, but towards the molecule that is believed in half a step
    ahead; with the one that is believed in here it would be ancestral sampling.

    Source:
        Lu et al. (2022), DPM-Solver++: SDE-DPM-Solver++(2M), for the stochastic equation.
    """
    grid = process.grid(steps, POWER)
    levels = Levels.of(process, grid, like)
    z = process.prior(like).sample(generator=generator)
    yield z
    before: State | None = None
    for i, (t, s) in enumerate(pairwise(grid)):
        data = levels.data(i, z, model(z, levels.t[i], generator=generator))
        towards = data if before is None else levels.ahead(i, data, before)
        law = process.reverse(
            z, levels.noise(i, z, towards), *(u.expand(len(z.mask)) for u in (s, t))
        )
        z, before = law.sample(generator=generator), data
        yield z
    eps = model(z, levels.t[-1], generator=generator)
    yield process.decode(z, eps).sample(generator=generator)
