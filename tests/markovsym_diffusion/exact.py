"""Data that are normal, of which every noise and every velocity is known exactly."""

from dataclasses import dataclass

import torch
from torch import Tensor

from markovsym_diffusion.processes import ContinuousProcess, GaussianProcess, State, blend

SPREAD = 2.0
"""Standard deviation of the data."""


@dataclass(frozen=True)
class ExactNoise:
    """The mean of the noise given z_t; a network in a continuous process sees z scaled."""

    process: ContinuousProcess

    def __call__(self, z: State, t: Tensor, *, generator: torch.Generator) -> State:
        alpha, sigma = self.process.path.alpha(t), self.process.path.sigma(t)
        size = (alpha.square() + sigma.square()).sqrt()
        return blend((size * sigma / (alpha.square() * SPREAD**2 + sigma.square()), z))


@dataclass(frozen=True)
class ExactAtSteps:
    """The mean of the noise given z_t, in a process of whole steps."""

    process: GaussianProcess

    def __call__(self, z: State, t: Tensor, *, generator: torch.Generator) -> State:
        step = (t * self.process.times.last).round().long()
        alpha, sigma = self.process.times.alpha[step], self.process.times.sigma[step]
        return blend(((sigma / (alpha**2 * SPREAD**2 + sigma**2)).to(z.x.dtype), z))


@dataclass(frozen=True)
class ExactVelocity:
    """The mean of dz/dt given z_t."""

    process: ContinuousProcess
    spread: float = SPREAD

    def __call__(self, z: State, t: Tensor, *, generator: torch.Generator) -> State:
        alpha, sigma = self.process.path.alpha(t), self.process.path.sigma(t)
        size = (alpha.square() + sigma.square()).sqrt()
        alpha_rate, sigma_rate = self.process.path.rates(t)
        variance = alpha.square() * self.spread**2 + sigma.square()
        rate = (alpha * alpha_rate * self.spread**2 + sigma * sigma_rate) / variance
        return blend((size * rate, z))


def normal_data(count: int, atoms: int, generator: torch.Generator) -> State:
    """Molecules whose every coordinate and feature is normal, with their centres at the origin."""
    x = SPREAD * torch.randn(count, atoms, 3, generator=generator)
    h = SPREAD * torch.randn(count, atoms, 6, generator=generator)
    return State(x - x.mean(1, keepdim=True), h, torch.ones(count, atoms, dtype=torch.bool))


def nothing(z: State, t: Tensor, *, generator: torch.Generator) -> State:
    """A model that sees no noise."""
    return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)
