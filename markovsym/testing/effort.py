"""How much is asked of a test in law."""

import math
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import final

from markovsym.errors import ReadingError


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a test in law looks, and how sure it must be. Raises ``ValueError`` if it cannot be.

    Source:
        Verification of this project, section 5.6.
    """

    alpha: float = 1e-9
    """Chance of rejecting a kernel that is equivariant, all examples together."""
    examples: int = 8
    """Random group elements, each with a point; those that have names come on top."""
    pairs: int = 1024
    """Pairs of draws at each example, if none is rejected before."""
    seed: int = 0
    """What points, elements and draws depend on."""

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha must lie in (0, 1), got {self.alpha}")
        if self.examples < 1 or self.pairs < 64:
            raise ValueError(
                f"wanted at least 1 example and 64 pairs, of which 32 are learned from, got "
                f"{self.examples} and {self.pairs}"
            )

    @staticmethod
    def asked(alpha: float, examples: int, pairs: int, seed: int) -> "Effort":
        """The effort that somebody asks for on a command line.

        Raises:
            ReadingError: If it cannot be.
        """
        try:
            return Effort(alpha=alpha, examples=examples, pairs=pairs, seed=seed)
        except ValueError as error:
            raise ReadingError(str(error)) from None

    def threshold(self, examples: int) -> float:
        """Log of the evidence that rejects at one of so many examples, in nats."""
        return math.log(examples / self.alpha)


_usual = [Effort()]


def usual() -> Effort:
    """The effort where a test is told of none."""
    return _usual[-1]


@contextmanager
def making(effort: Effort) -> Generator[None]:
    """Make another effort the usual one for a while."""
    _usual.append(effort)
    try:
        yield
    finally:
        _usual.pop()
