"""Whether two laws are one, by evidence that may be looked at after every draw."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.spaces import Value, parts_of
from markovsym.testing.effort import Effort
from markovsym.testing.inputs.named import Named
from markovsym.testing.law.evidence import Evidence
from markovsym.testing.outcome import InconclusiveError

Draws = Callable[[int], Float[Tensor, "draw entry"]]
"""So many draws of a law, as rows of numbers, independent of all that were drawn before."""

CALM = 256
"""Up to so many pairs are shown by 32; those that follow, by 128."""


@final
@dataclass(frozen=True, eq=False)
class Case:
    """A group element, and a point to try it at."""

    named: Named
    x: Value


@final
@dataclass(frozen=True)
class EResult:
    """What looking for a difference of two laws found, at all examples."""

    log_e: float
    """Log of the largest evidence at an example, in nats."""
    examples: int
    """How many there were to be: a point and a group element each."""
    pairs: int
    """Pairs of draws, of all examples."""
    element: str
    """The group element at which the evidence was largest."""
    effort: Effort
    worst: Case = field(repr=False, compare=False)
    """The example at which it was."""

    @property
    def rejected(self) -> bool:
        """Whether the evidence is enough to say that the laws differ."""
        return self.log_e >= self.effort.threshold(self.examples)

    @property
    def p(self) -> float:
        """Chance, at most, of so much evidence at any example if the laws were one."""
        return min(1.0, self.examples * math.exp(-self.log_e))

    @property
    def detectable(self) -> float:
        """Growth of the evidence that would have been found, in nats a pair."""
        return self.effort.threshold(self.examples) / (self.effort.pairs - 32)

    def __str__(self) -> str:
        if self.rejected:
            return f"evidence of 10^{self.log_e / math.log(10):.1f} at {self.element}"
        return (
            f"no evidence in {self.pairs} pairs at {self.examples} examples, p = {self.p:.2g}; "
            f"{self.detectable:.2g} nats a pair would have been found"
        )


def compared(
    sides: Callable[[Case], tuple[Draws, Draws]], cases: Sequence[Case], effort: Effort
) -> EResult:
    """Look at both laws at one example after the other, until one is enough to reject.

    Raises:
        InconclusiveError: If a draw is not finite.
    """
    threshold, pairs = effort.threshold(len(cases)), 0
    log_e, worst = -1.0, cases[0]
    for case in cases:
        found = evidence(*sides(case), pairs=effort.pairs, threshold=threshold)
        pairs += found.pairs
        if found.largest > log_e:
            log_e, worst = found.largest, case
        if log_e >= threshold:
            break
    return EResult(log_e, len(cases), pairs, worst.named.name, effort, worst)


def evidence(first: Draws, second: Draws, *, pairs: int, threshold: float) -> Evidence:
    """The evidence that two laws differ, after so many pairs or as soon as it is enough.

    Raises:
        InconclusiveError: If a draw is not finite.
    """
    found = Evidence()
    while found.pairs < pairs and found.largest < threshold:
        count = min(32 if found.pairs < CALM else 128, pairs - found.pairs)
        a, b = first(count), second(count)
        if not (bool(a.isfinite().all()) and bool(b.isfinite().all())):
            raise InconclusiveError("a draw is not finite")
        found.show(a.cpu(), b.cpu())
    return found


def law_difference(a: Value, b: Value) -> float:
    """Chance, at most, of draws so different if two laws were one.

    Args:
        a: Draws from the one law, one a row.
        b: As many draws from the other.

    Raises:
        InconclusiveError: If a draw is not finite.
    """
    if not parts_of(a):
        return 1.0  # the law on the one point there is
    first, second = (
        torch.cat([real_rows(part) for part in parts_of(one)], dim=1) for one in (a, b)
    )
    found = evidence(_in_order(first), _in_order(second), pairs=len(first), threshold=math.inf)
    return min(1.0, math.exp(-found.largest))


def gap(first: Draws, second: Draws, draws: int = 2048) -> str:
    """How far apart two laws are, in words."""
    a, b = first(draws).double(), second(draws).double()
    spread = torch.cat([a, b]).std(0).clamp(min=1e-12)
    means = (a.mean(0) - b.mean(0)).abs()
    entry = int((means / spread).argmax())
    ratio = ((a.std(0) + 1e-12) / (b.std(0) + 1e-12)).log().abs().exp()
    return (
        f"means differ by up to {float(means[entry]):.2g}, that is "
        f"{float(means[entry] / spread[entry]):.2g} standard deviations, at entry {entry}; "
        f"standard deviations by a factor of up to "
        f"{float(ratio.max()):.3g}"
    )


def real_rows(tensor: Tensor) -> Float[Tensor, "draw entry"]:
    """A batch of tensors as rows of real numbers, in their precision, which tells of rounding."""
    real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
    kept = real if real.is_floating_point() else real.float()
    return kept.reshape(len(kept), -1)


def _in_order(rows: Float[Tensor, "draw entry"]) -> Draws:
    """Rows that were drawn before, one after the other."""
    shown = 0

    def draw(count: int) -> Tensor:
        nonlocal shown
        shown += count
        return rows[shown - count : shown]

    return draw
