"""How much the error of the noise counts at each time."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym_diffusion.schedules import Times


@runtime_checkable
class Weighting(Protocol):
    """From times to weights of the squared error of the noise."""

    def __call__(
        self, times: Times, t: Int[Tensor, "molecule"]
    ) -> Float[Tensor, "molecule"] | float:
        """The weight of each molecule."""
        ...


@final
@dataclass(frozen=True, slots=True)
class Even:
    """Every time counts the same, as published."""

    def __call__(self, times: Times, t: Int[Tensor, "molecule"]) -> float:
        """One."""
        return 1.0


@final
@dataclass(frozen=True, slots=True)
class MinSNR:
    """Times with little noise count less: min(1, limit alpha^-2 sigma^2).

    Source:
        Hang et al. (2023), min-SNR-gamma, in its form for the error of the noise.
    """

    limit: float = 5.0
    """Signal-to-noise ratio up to which all counts the same."""

    def __call__(self, times: Times, t: Int[Tensor, "molecule"]) -> Float[Tensor, "molecule"]:
        """At most one."""
        return (self.limit * torch.exp(-times.logsnr[t])).clamp(max=1.0)


@final
@dataclass(frozen=True, slots=True)
class Importance:
    """One over the probability that ``TimeDraw`` of this power gives a time: all count the same.

    With both, the loss has the mean that it has with times drawn evenly, and another variance.

    Source:
        Nichol & Dhariwal (2021), section 3.3; there the probabilities follow past losses.
    """

    power: float = 2.0
    """The power of the draw."""

    def __call__(self, times: Times, t: Int[Tensor, "molecule"]) -> Float[Tensor, "molecule"]:
        """The mean over the draw is one."""
        count = times.last + 1
        low, high = ((t.double() + step).div(count).pow(1 / self.power) for step in (0, 1))
        return (1 / (count * (high - low))).float()


@final
@dataclass(frozen=True, slots=True)
class AsVelocity:
    """The squared error of v = alpha eps - sigma x, which is that of the noise over alpha^2.

    Source:
        Salimans & Ho (2022), section 4.
    """

    def __call__(self, times: Times, t: Int[Tensor, "molecule"]) -> Float[Tensor, "molecule"]:
        """At least one."""
        return times.alpha[t].square().reciprocal()
