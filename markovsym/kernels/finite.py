"""Kernels with finitely many outcomes, and their laws."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym.kernels.kernel import Kernel, Randomness
from markovsym.randomness import uniform
from markovsym.spaces import Value, parts_of, value_of


@final
@dataclass(frozen=True, eq=False)
class Atoms:
    """Finitely many values and their probabilities, one list for each point of a batch.

    Args:
        weights: They sum to 1; one of 0 belongs to no outcome.
        values: A value whose last batch dimension runs over the outcomes.
    """

    weights: Float[Tensor, "*batch outcome"]
    values: Value

    def choose(self, index: Int[Tensor, "*batch"]) -> Value:
        """The outcomes of these numbers."""
        return value_of(tuple(_chosen(part, index) for part in parts_of(self.values)))


class FiniteKernel(Kernel):
    """A kernel with finitely many outcomes at each point, which it can list."""

    @abstractmethod
    def atoms(self, value: Value) -> Atoms:
        """Its outcomes at each point of the batch ``value``, and their probabilities."""

    def draw(self, value: Value, source: Randomness) -> Value:
        """One of the outcomes."""
        atoms = self.atoms(value)
        below = atoms.weights.cumsum(-1)
        u = uniform(*below.shape[:-1], 1, generator=source.generator, dtype=below.dtype)
        index = (u * below[..., -1:] >= below).sum(-1)
        return atoms.choose(index.clamp(max=below.shape[-1] - 1))


def _chosen(part: Tensor, index: Tensor) -> Tensor:
    place = index.dim()
    shape = (*index.shape, *[1] * (part.dim() - place))
    wanted = index.reshape(shape).expand(*index.shape, 1, *part.shape[place + 1 :])
    return torch.gather(part, place, wanted).squeeze(place)
