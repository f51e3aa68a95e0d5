"""The discrete-time Gaussian process on centred positions and atom features."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym.kernels import Centred, Full, Normal
from markovsym_diffusion.processes.state import State, blend
from markovsym_diffusion.schedules import Times


@final
@dataclass(frozen=True, eq=False)
class NormalState:
    """A Gaussian law of molecules: ``x`` centre-of-mass free, ``h`` on the full space."""

    x: Normal
    h: Normal

    @property
    def mean(self) -> State:
        """The mean."""
        return State(self.x.mean, self.h.mean, self.x.support.mask)

    def noise(self, *, generator: torch.Generator) -> State:
        """A draw of the standard law on the same spaces."""
        x, h = self.x.noise(generator=generator), self.h.noise(generator=generator)
        return State(x, h, self.x.support.mask)

    def sample(self, *, generator: torch.Generator) -> State:
        """One draw."""
        return self.at(self.noise(generator=generator))

    def at(self, noise: State) -> State:
        """The draw that standard ``noise`` stands for."""
        x = self.x.mean + self.x.scale[:, None, None] * noise.x
        h = self.h.mean + self.h.scale[:, None, None] * noise.h
        return State(x, h, noise.mask)

    def log_prob(self, z: State) -> Float[Tensor, "molecule"]:
        """Log density at ``z``, in nats, against Lebesgue measure of the two spaces."""
        return self.x.log_prob(z.x) + self.h.log_prob(z.h)

    def kl(self, other: "NormalState") -> Float[Tensor, "molecule"]:
        """Kullback-Leibler divergence from ``other``, in nats."""
        return self.x.kl(other.x) + self.h.kl(other.h)


@final
@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """z_t = alpha_t z + sigma_t eps, and the steps back.

    Source:
        Kingma et al. (2021) for the formulas; Hoogeboom et al. (2022), section 3.1, for molecules.
    """

    times: Times

    def to(self, device: torch.device) -> "GaussianProcess":
        """The same process on ``device``."""
        return GaussianProcess(self.times.to(device))

    def forward(self, data: State, t: Int[Tensor, "molecule"]) -> NormalState:
        """q(z_t | z): the law of the noisy molecule at time ``t``."""
        alpha, sigma = self.times.alpha[t], self.times.sigma[t]
        return normal(data, alpha[:, None, None], sigma)

    def noise(self, z: State, velocity: State, t: Float[Tensor, "molecule"]) -> State:
        """The noise in ``z`` at a time from 0 to 1, read off v = alpha eps - sigma x.

        Source:
            Salimans & Ho (2022), appendix D.
        """
        step = (t * self.times.last).round().long()
        return blend((self.times.sigma[step], z), (self.times.alpha[step], velocity))

    def signal(self, z: State, eps: State, t: Float[Tensor, "molecule"]) -> State:
        """alpha_t times the molecule believed to be in ``z``, at a time from 0 to 1."""
        sigma = self.times.sigma[(t * self.times.last).round().long()]
        return blend((torch.ones_like(sigma), z), (-sigma, eps))

    def reverse(
        self, z: State, eps: State, s: Int[Tensor, "molecule"], t: Int[Tensor, "molecule"]
    ) -> NormalState:
        """p(z_s | z_t) for s < t, where ``eps`` is the noise believed to be in ``z``."""
        alpha, sigma = self.times.alpha_between(s, t), self.times.sigma_between(s, t)
        scale = (sigma.square() / (alpha * self.times.sigma[t]))[:, None, None]
        shift = 1 / alpha[:, None, None]
        mean = State(shift * z.x - scale * eps.x, shift * z.h - scale * eps.h, z.mask)
        return normal(mean, 1.0, sigma * self.times.sigma[s] / self.times.sigma[t])

    def decode(self, z: State, eps: State) -> NormalState:
        """p(x, h | z_0): the last step, from the noise at time 0 to none."""
        alpha, sigma = self.times.alpha[0], self.times.sigma[0]
        mean = State((z.x - sigma * eps.x) / alpha, (z.h - sigma * eps.h) / alpha, z.mask)
        return normal(mean, 1.0, (sigma / alpha).expand(len(z.mask)))

    def grid(self, steps: int | None, power: float = 1.0) -> Int[Tensor, "steps_and_one"]:
        """Times from T down to 0: all of them, or ``steps`` of them and 0.

        They grow as a power of their number, which is at least 1: evenly, or faster and faster.
        """
        last = self.times.last
        number = torch.arange((steps or last) + 1)
        grid = (last * (number / number[-1]).pow(power)).round().long()
        return torch.maximum(grid, number).flip(0).to(self.times.logsnr.device)

    def prior(self, like: State) -> NormalState:
        """p(z_T): the standard normal law on the spaces of ``like``."""
        return normal(like, 0.0, torch.ones(len(like.mask), device=like.mask.device))


def normal(mean: State, factor: float | Tensor, scale: Float[Tensor, "molecule"]) -> NormalState:
    """The Gaussian law around ``factor`` times ``mean``, with its centre of mass at the origin."""
    centred = Centred(mean.mask)
    x = Normal(centred.project(factor * mean.x), scale, centred)
    return NormalState(x, Normal(factor * mean.h, scale, Full(mean.mask)))
