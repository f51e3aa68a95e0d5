"""The Gaussian process in continuous time, for score and flow matching."""

from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.processes.gaussian import NormalState, normal
from markovsym_diffusion.processes.path import Path
from markovsym_diffusion.processes.state import State, blend


@final
@dataclass(frozen=True)
class ContinuousProcess:
    """z_t = alpha_t z + sigma_t eps for t between ``first`` and 1.

    Source:
        Song et al. (2021) for the differential equations; Lipman et al. (2023) for velocities.
    """

    path: Path
    first: float
    """The time where sampling ends and the molecule is read off; the noise left there is small."""

    def forward(self, data: State, t: Float[Tensor, "molecule"]) -> NormalState:
        """q(z_t | z): the law of the noisy molecule at time ``t``."""
        return normal(data, self.path.alpha(t)[:, None, None], self.path.sigma(t))

    def prior(self, like: State) -> NormalState:
        """p(z_1): the centred normal law with the noise of time 1."""
        ones = torch.ones(len(like.mask), device=like.mask.device)
        return normal(like, 0.0, self.path.sigma(ones))

    def clock(
        self, steps: int
    ) -> tuple[Float[Tensor, "steps_and_one"], Float[Tensor, "steps_and_one"]]:
        """Times from the first to 1 at the ticks of a clock, and how long a tick is at each.

        The clock goes half by time and half by log sigma. A velocity that grows like one over the
        noise, as velocities do near the data, moves a state by nearly as much in every tick.
        """
        start, end = (torch.tensor(t, dtype=torch.float64) for t in (self.first, 1.0))
        low, high = self.path.sigma(start).log(), self.path.sigma(end).log()
        fine = start + (end - start) * torch.linspace(0, 1, 4001, dtype=torch.float64).pow(4)
        by_noise = (self.path.sigma(fine).log() - low) / (high - low)
        read = 0.5 * (fine - start) / (end - start) + 0.5 * by_noise
        times = torch.from_numpy(np.interp(np.linspace(0, 1, steps + 1), read, fine))
        _, rate = self.path.rates(times)
        ticking = 0.5 / (end - start) + 0.5 * rate / self.path.sigma(times) / (high - low)
        return times.float(), ticking.reciprocal().float() / steps

    def seen(self, z: State, t: Float[Tensor, "molecule"]) -> State:
        """``z`` as networks see it: as large as it were if the data had variance one.

        The factor commutes with every rotation and every order of the atoms.
        """
        alpha, sigma = self.path.alpha(t), self.path.sigma(t)
        return blend(((alpha.square() + sigma.square()).rsqrt(), z))

    def target(self, data: State, eps: State, t: Float[Tensor, "molecule"]) -> State:
        """dz/dt where data and noise are known: the conditional velocity."""
        alpha, sigma = self.path.rates(t)
        return blend((alpha, data), (sigma, eps))

    def velocity(self, z: State, eps: State, t: Float[Tensor, "molecule"]) -> State:
        """dz/dt of the probability flow, where ``eps`` is the noise believed to be in ``z``."""
        drift, spread = self.coefficients(t)
        return blend((drift, z), (0.5 * spread.square() / self.path.sigma(t), eps))

    def noise(self, z: State, velocity: State, t: Float[Tensor, "molecule"]) -> State:
        """The noise in ``z`` that a velocity stands for; undoes ``velocity``."""
        alpha, sigma = self.path.alpha(t), self.path.sigma(t)
        alpha_rate, sigma_rate = self.path.rates(t)
        turn = alpha * sigma_rate - sigma * alpha_rate
        return blend((alpha / turn, velocity), (-alpha_rate / turn, z))

    def coefficients(
        self, t: Float[Tensor, "*batch"]
    ) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
        """F and g of dz = f z dt + g dw, whose law at every time is that of z_t."""
        alpha, sigma = self.path.alpha(t), self.path.sigma(t)
        alpha_rate, sigma_rate = self.path.rates(t)
        drift = alpha_rate / alpha
        return drift, (2 * sigma * (sigma_rate - drift * sigma)).sqrt()

    def decode(self, z: State, eps: State) -> NormalState:
        """p(x, h | z) at the first time: what is left when the noise ``eps`` is taken away."""
        t = torch.full((len(z.mask),), self.first, device=z.mask.device)
        alpha, sigma = self.path.alpha(t), self.path.sigma(t)
        return normal(blend((1 / alpha, z), (-sigma / alpha, eps)), 1.0, sigma / alpha)
