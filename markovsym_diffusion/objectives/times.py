"""How the time steps of training are drawn."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDraw:
    """t = floor((T + 1) u^power) for uniform u, 0 and T included; 1 is even, as published."""

    power: float = 1.0
    """Above 1 it favours early times, where the noise is small."""

    def __post_init__(self) -> None:
        if self.power <= 0:
            raise ValueError(f"power must be positive, got {self.power}")

    def draw(self, count: int, last: int, *, generator: torch.Generator) -> Int[Tensor, "{count}"]:
        """``count`` independent times between 0 and ``last``."""
        u = torch.rand(count, generator=generator, device=generator.device, dtype=torch.float64)
        return ((last + 1) * u.pow(self.power)).long().clamp(max=last)
