"""Samplers without noise: the molecule is a function of the first state and of the frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import GaussianProcess, State, blend


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
    levels = Levels.of(process, steps, like)
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
    levels = Levels.of(process, steps, like)
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
    levels = Levels.of(process, steps, like)
    z = process.prior(like).sample(generator=generator)
    yield z
    before: State | None = None
    for i in range(levels.steps):
        data = levels.data(i, z, model(z, levels.t[i], generator=generator))
        towards = data if before is None else levels.ahead(i, data, before)
        z, before = levels.towards(i, z, towards), data
        yield z
    yield process.decode(z, model(z, levels.t[-1], generator=generator)).mean


@final
@dataclass(frozen=True, eq=False)
class Levels:
    """The times of a trajectory, from noise to data, and alpha and sigma there, by molecule."""

    t: Float[Tensor, "steps_and_one molecule"]
    alpha: Float[Tensor, "steps_and_one molecule"]
    sigma: Float[Tensor, "steps_and_one molecule"]

    @classmethod
    def of(cls, process: GaussianProcess, steps: int | None, like: State) -> "Levels":
        """The levels of a discrete process at ``steps`` of its times."""
        grid, times, count = process.grid(steps), process.times, len(like.mask)
        t, alpha, sigma = grid / times.last, times.alpha[grid], times.sigma[grid]
        return cls(*(part.unsqueeze(-1).expand(-1, count) for part in (t, alpha, sigma)))

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.t) - 1

    def moved(self, i: int, z: State, eps: State) -> State:
        """From level ``i`` to the next, where ``eps`` is the noise on the whole way."""
        ratio = self.alpha[i + 1] / self.alpha[i]
        return blend((ratio, z), (self.sigma[i + 1] - ratio * self.sigma[i], eps))

    def data(self, i: int, z: State, eps: State) -> State:
        """The molecule that is believed to be in ``z`` at level ``i``."""
        return blend((1 / self.alpha[i], z), (-self.sigma[i] / self.alpha[i], eps))

    def towards(self, i: int, z: State, data: State) -> State:
        """From level ``i`` to the next, where ``data`` is the molecule on the whole way."""
        ratio = self.sigma[i + 1] / self.sigma[i]
        return blend((ratio, z), (self.alpha[i + 1] - ratio * self.alpha[i], data))

    def ahead(self, i: int, data: State, before: State) -> State:
        """The molecule half a step ahead, from this level and the one before, in log-SNR."""
        depth = (self.alpha / self.sigma).log()
        share = 0.5 * (depth[i + 1] - depth[i]) / (depth[i] - depth[i - 1])
        return blend((1 + share, data), (-share, before))
