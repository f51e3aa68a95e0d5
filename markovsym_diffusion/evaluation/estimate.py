"""Numbers with what is known of their error, as they stand in tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import final


@final
@dataclass(frozen=True)
class Estimate:
    """A fraction in [0, 1]; ``error`` is its standard error, ``None`` where it is no proportion."""

    value: float
    error: float | None = None

    def __str__(self) -> str:
        """In percent."""
        error = "" if self.error is None else f"±{100 * self.error:.2f}"
        return f"{100 * self.value:.2f}{error}"


@final
@dataclass(frozen=True)
class Spread:
    """The mean of a fraction over runs, and the standard deviation of one run."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        """In percent."""
        return f"{100 * self.mean:.2f}±{100 * self.deviation:.2f}"


def proportion(count: int, n: int) -> Estimate:
    """A count of independent molecules among ``n``, with the binomial standard error."""
    p = count / n
    return Estimate(p, (p * (1 - p) / n) ** 0.5)


def spread(estimates: Sequence[Estimate]) -> Spread:
    """Of two runs or more; the variance is divided by one less than their number."""
    values = [estimate.value for estimate in estimates]
    return Spread(mean(values), stdev(values))
