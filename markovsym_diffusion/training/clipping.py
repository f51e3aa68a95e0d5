"""How long a gradient may be."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

FIRST = 3000.0
"""The norm that the queue starts with."""


@runtime_checkable
class Clip(Protocol):
    """From the norms of past gradients to the largest norm of the next."""

    def limit(self, past: Float[Tensor, "step"]) -> Float[Tensor, ""]:
        """The largest norm."""
        ...


@final
@dataclass(frozen=True, slots=True)
class NormClip:
    """The same limit always."""

    largest: float

    def limit(self, past: Float[Tensor, "step"]) -> Float[Tensor, ""]:
        """The limit."""
        return past.new_tensor(self.largest)


@final
@dataclass(frozen=True, slots=True)
class QueueClip:
    """A little above what was usual of late: 1.5 times the mean and twice the spread.

    Source:
        Hoogeboom et al. (2022), released code.
    """

    def limit(self, past: Float[Tensor, "step"]) -> Float[Tensor, ""]:
        """From the last fifty norms, each as it was after clipping."""
        return 1.5 * past.mean() + 2 * past.std(correction=0)


def remembered(
    past: Float[Tensor, "step"], norm: Float[Tensor, ""], limit: Float[Tensor, ""]
) -> Float[Tensor, "next"]:
    """The norms of the last fifty gradients, with one more that was clipped."""
    return torch.cat([past, torch.minimum(norm, limit).reshape(1)])[-50:]
