"""Noise schedules: alpha, sigma and the log signal-to-noise ratio at every time step."""

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PolynomialSchedule:
    """alpha falls from 1 to 0 as a power of time, kept ``precision`` away from both ends.

    Source:
        Hoogeboom et al. (2022), appendix B: the schedule "polynomial" with clipped ratios.
    """

    steps: int = 1000
    """Number T of time steps."""
    power: float = 2.0
    """The power of time."""
    precision: float = 1e-5
    """Distance of alpha squared from both ends, in (0, 0.5)."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"a schedule needs at least one step, got {self.steps}")
        if not 0.0 < self.precision < 0.5:
            raise ValueError(f"precision must lie in (0, 0.5), got {self.precision}")

    def logsnr(self) -> Float[Tensor, "steps_and_one"]:
        """log(alpha^2 / sigma^2) at the times 0 to T, in float64."""
        time = np.arange(self.steps + 1) / self.steps
        square = (1 - time**self.power) ** 2
        ratios = np.clip(square / np.concatenate([[1.0], square[:-1]]), 0.001, 1.0)
        square = (1 - 2 * self.precision) * np.cumprod(ratios) + self.precision
        return torch.from_numpy(np.log(square) - np.log1p(-square))


@final
@dataclass(frozen=True, eq=False)
class Times:
    """The tables of a schedule, looked up by integer time; ``logsnr`` holds T + 1 values."""

    logsnr: Float[Tensor, "steps_and_one"]

    @classmethod
    def of(cls, schedule: PolynomialSchedule) -> "Times":
        """The tables of ``schedule``, on the CPU in float32."""
        return cls(schedule.logsnr().float())

    def to(self, device: torch.device) -> "Times":
        """The same tables on ``device``."""
        return Times(self.logsnr.to(device))

    @property
    def last(self) -> int:
        """T, the time of pure noise."""
        return len(self.logsnr) - 1

    @cached_property
    def alpha(self) -> Float[Tensor, "steps_and_one"]:
        """How much of the data is left."""
        return self.logsnr.sigmoid().sqrt()

    @cached_property
    def sigma(self) -> Float[Tensor, "steps_and_one"]:
        """Standard deviation of the noise, in model units."""
        return (-self.logsnr).sigmoid().sqrt()

    def sigma_between(
        self, s: Int[Tensor, "*batch"], t: Int[Tensor, "*batch"]
    ) -> Float[Tensor, "*batch"]:
        """Standard deviation of the noise that the step from s to t > s adds."""
        step = functional.softplus(-self.logsnr[s]) - functional.softplus(-self.logsnr[t])
        return (-torch.expm1(step)).sqrt()

    def alpha_between(
        self, s: Int[Tensor, "*batch"], t: Int[Tensor, "*batch"]
    ) -> Float[Tensor, "*batch"]:
        """What the step from s to t > s multiplies by."""
        log_square = functional.logsigmoid(self.logsnr[t]) - functional.logsigmoid(self.logsnr[s])
        return (0.5 * log_square).exp()
