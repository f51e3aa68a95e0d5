"""Noising in continuous time: how much is left of the data and how much noise has come."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor


class Path(ABC):
    """z_t = alpha_t z + sigma_t eps for times t from 0, data, to 1, noise."""

    @abstractmethod
    def alpha(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """How much of the data is left."""

    @abstractmethod
    def sigma(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Standard deviation of the noise, in model units."""

    @abstractmethod
    def rates(
        self, t: Float[Tensor, "*batch"]
    ) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
        """The derivatives of alpha and sigma by time."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class VariancePreserving(Path):
    """dz = -beta z / 2 dt + sqrt(beta) dw, where beta rises linearly.

    Source:
        Song et al. (2021), equation 11 and appendix C.
    """

    low: float = 0.1
    """beta at time 0."""
    high: float = 20.0
    """beta at time 1."""

    def alpha(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """exp(-1/2 of the integral of beta)."""
        return self._log_alpha(t).exp()

    def sigma(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """What makes the squares of both add up to one."""
        return (-torch.expm1(2 * self._log_alpha(t))).sqrt()

    def rates(
        self, t: Float[Tensor, "*batch"]
    ) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
        """-beta alpha / 2, and beta alpha^2 / (2 sigma)."""
        half, alpha = 0.5 * (self.low + t * (self.high - self.low)), self.alpha(t)
        return -half * alpha, half * alpha.square() / self.sigma(t)

    def _log_alpha(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        return -0.25 * t.square() * (self.high - self.low) - 0.5 * t * self.low


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceExploding(Path):
    """dz = sqrt(d sigma^2 / dt) dw, where sigma grows geometrically and the data stay.

    Source:
        Song et al. (2021), equation 9; here sigma starts at ``low``, not at 0.
    """

    low: float = 0.005
    """sigma at time 0."""
    high: float = 50.0
    """sigma at time 1."""

    def alpha(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """One."""
        return torch.ones_like(t)

    def sigma(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Low (high / low)^t."""
        return self.low * (math.log(self.high / self.low) * t).exp()

    def rates(
        self, t: Float[Tensor, "*batch"]
    ) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
        """Zero, and sigma log(high / low)."""
        return torch.zeros_like(t), math.log(self.high / self.low) * self.sigma(t)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Straight(Path):
    """The straight line from data to noise.

    Source:
        Lipman et al. (2023), section 4.1: the optimal-transport path, with time turned round.
    """

    low: float = 0.0
    """sigma at time 0."""

    def alpha(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """1 - t."""
        return 1 - t

    def sigma(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """From ``low`` to 1."""
        return self.low + (1 - self.low) * t

    def rates(
        self, t: Float[Tensor, "*batch"]
    ) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
        """Both constant."""
        return -torch.ones_like(t), (1 - self.low) * torch.ones_like(t)


@final
@dataclass(frozen=True, slots=True)
class Circular(Path):
    """A quarter of a circle from data to noise: the squares of both add up to one.

    Source:
        Albergo & Vanden-Eijnden (2023), equation 7: the trigonometric interpolant.
    """

    def alpha(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """The cosine."""
        return (0.5 * math.pi * t).cos()

    def sigma(self, t: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """The sine."""
        return (0.5 * math.pi * t).sin()

    def rates(
        self, t: Float[Tensor, "*batch"]
    ) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
        """Minus the sine and the cosine, times pi / 2."""
        return -0.5 * math.pi * self.sigma(t), 0.5 * math.pi * self.alpha(t)
