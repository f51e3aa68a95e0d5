"""How many atoms a molecule has: the law from which generated molecules take their size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym_diffusion.molecules import InputError


@final
@dataclass(frozen=True)
class SizeDistribution:
    """The categorical law of the number of atoms; ``counts`` says how often each number was seen.

    Raises:
        InputError: If there is no count, or a number of atoms or a count is less than 1.
    """

    counts: Mapping[int, int]

    def __post_init__(self) -> None:
        if not self.counts:
            raise InputError("a law of sizes needs at least one size, got none")
        for size, count in self.counts.items():
            if size < 1 or count < 1:
                raise InputError(f"sizes and counts must be positive, got {count} of size {size}")

    @classmethod
    def from_sizes(cls, sizes: Int[Tensor, "molecule"]) -> "SizeDistribution":
        """The law of the given numbers of atoms, all equally likely."""
        values, counts = sizes.unique(return_counts=True)
        return cls(dict(zip(values.tolist(), counts.tolist(), strict=True)))

    def log_prob(self, n: Int[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
        """Logarithm of the probability of ``n`` atoms, in nats.

        Raises:
            InputError: If a number of atoms is none of those that were seen.
        """
        table = self._weights().log().to(n.device)
        places = n.clamp(0, len(table) - 1)
        found = torch.where(places == n, table[places], -torch.inf)
        if bool(found.isinf().any()):
            size = int(n[found.isinf()].flatten()[0])
            raise InputError(f"no molecule of {size} atoms was seen, only {sorted(self.counts)}")
        return found.float()

    def sample(self, count: int, *, generator: torch.Generator) -> Int[Tensor, "count"]:
        """Draw ``count`` numbers of atoms, on the device of ``generator``."""
        weights = self._weights().to(generator.device)
        return weights.multinomial(count, replacement=True, generator=generator)

    def _weights(self) -> Float[Tensor, "size"]:
        """The probability of each number of atoms, from 0 to the largest."""
        weights = torch.zeros(max(self.counts) + 1, dtype=torch.float64)
        weights[list(self.counts)] = torch.tensor(list(self.counts.values()), dtype=torch.float64)
        return weights / weights.sum()
