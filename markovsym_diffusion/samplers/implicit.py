"""Samplers without noise: the molecule is a function of the first state and of the frames."""

from collections.abc import Iterator

import torch

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import GaussianProcess, State, blend
from markovsym_diffusion.samplers.levels import Levels


def ddim(
    model: Predictor,
    process: GaussianProcess,
    like: State,
    *,
    generator: torch.Generator,
    steps: int | None = None,
) -> Iterator[State]:
    """The states of one trajectory for each molecule; arguments as ``ancestral``.

    Source:
        Song et al. (2021), denoising diffusion implicit models, equation 12 with eta = 0.
    """
    levels = Levels.of(process, process.grid(steps), like)
    z = process.prior(like).sample(generator=generator)
    yield z
    for i in range(levels.steps):
        eps = model(z, levels.t[i], generator=generator)
        z = levels.moved(i, z, eps)
        yield z
    yield process.decode(z, model(z, levels.t[-1], generator=generator)).mean


def heun(
    model: Predictor,
    process: GaussianProcess,
    like: State,
    *,
    generator: torch.Generator,
    steps: int | None = None,
) -> Iterator[State]:
    """The states of one trajectory for each molecule, two calls a step; see ``ancestral``.

    Source:
        Karras et al. (2022), algorithm 1 without noise: d(z / alpha) = eps d(sigma / alpha).
    """
    levels = Levels.of(process, process.grid(steps), like)
    z = process.prior(like).sample(generator=generator)
    yield z
    for i in range(levels.steps):
        eps = model(z, levels.t[i], generator=generator)
        ahead = model(levels.moved(i, z, eps), levels.t[i + 1], generator=generator)
        half = torch.full_like(levels.t[i], 0.5)
        z = levels.moved(i, z, blend((half, eps), (half, ahead)))
        yield z
    yield process.decode(z, model(z, levels.t[-1], generator=generator)).mean


def dpm_solver(
    model: Predictor,
    process: GaussianProcess,
    like: State,
    *,
    generator: torch.Generator,
    steps: int | None = None,
) -> Iterator[State]:
    """The states of one trajectory for each molecule; arguments as ``ancestral``.

    Source:
        Lu et al. (2022), DPM-Solver++, algorithm 2: second order, two steps at a time (2M).
    """
    levels = Levels.of(process, process.grid(steps), like)
    z = process.prior(like).sample(generator=generator)
    yield z
    before: State | None = None
    for i in range(levels.steps):
        data = levels.data(i, z, model(z, levels.t[i], generator=generator))
        towards = data if before is None else levels.ahead(i, data, before)
        z, before = levels.towards(i, z, towards), data
        yield z
    yield process.decode(z, model(z, levels.t[-1], generator=generator)).mean
