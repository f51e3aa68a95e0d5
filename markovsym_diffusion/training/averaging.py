"""How fast an average of the weights forgets."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable


@runtime_checkable
class Averaging(Protocol):
    """From the number of a step, the first being 1, to what the average keeps of itself."""

    def kept(self, step: int) -> float:
        """Between 0 and 1."""
        ...


@final
@dataclass(frozen=True, slots=True)
class Exponential:
    """The same share at every step, as published."""

    decay: float = 0.9999

    def __post_init__(self) -> None:
        if not 0.0 <= self.decay < 1.0:
            raise ValueError(f"decay is a share below 1, got {self.decay}")

    def kept(self, step: int) -> float:
        """The share."""
        return self.decay


@final
@dataclass(frozen=True, slots=True)
class Power:
    """An average that grows with the run: step t has the weight t^power.

    Its width is a fixed share of the run, however long that is: about 1 / (power + 1).

    Source:
        Karras et al. (2024), section 3.1.
    """

    power: float = 16.0

    def __post_init__(self) -> None:
        if self.power <= 0:
            raise ValueError(f"power must be positive, got {self.power}")

    def kept(self, step: int) -> float:
        """(1 - 1 / t)^(power + 1)."""
        return (1.0 - 1.0 / step) ** (self.power + 1.0)
