"""How the times of training are drawn."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym.randomness import uniform


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDraw:
    """A time grows with u^power for uniform u; the power 1 is even, as published."""

    power: float = 1.0
    """Above 1 it favours early times, where the noise is small."""
    stratified: bool = False
    """Whether each of ``count`` equal parts of the range of u has one draw, in random order."""

    def __post_init__(self) -> None:
        if self.power <= 0:
            raise ValueError(f"power must be positive, got {self.power}")

    def draw(self, count: int, last: int, *, generator: torch.Generator) -> Int[Tensor, "{count}"]:
        """``count`` independent whole times floor((last + 1) u^power), from 0 to ``last``."""
        return ((last + 1) * self._shares(count, generator)).long().clamp(max=last)

    def between(
        self, low: float, high: float, count: int, *, generator: torch.Generator
    ) -> Float[Tensor, "{count}"]:
        """``count`` independent times low + (high - low) u^power."""
        return (low + (high - low) * self._shares(count, generator)).float()

    def _shares(self, count: int, generator: torch.Generator) -> Float[Tensor, "{count}"]:
        u = uniform(count, generator=generator, dtype=torch.float64)
        if self.stratified:
            place = uniform(count, generator=generator, dtype=torch.float64).argsort()
            u = (place + u) / count
        return u.pow(self.power)
