"""Weighted frames of finite groups: a score of every element makes a gamma of finite support."""

import math
from collections.abc import Callable
from functools import partial
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from markovsym.actions import GSpace, Shift, regular
from markovsym.groups import Same
from markovsym.kernels import Atoms, FiniteKernel
from markovsym.spaces import Value, parts_of, repeated, value_of
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gammas.moved import moved
from markovsym.symmetrise.why import Theorem

TIE = 1e-6
"""Scores are tied if they differ by less than this part of the largest one in size."""


@final
class Scored(FiniteKernel, EquivariantKernel):
    """Gamma(x) puts weights on a finite group that depend on f(g^-1 x); make it with ``scored``."""

    def __init__(
        self, score: nn.Module | Callable[..., Tensor], X: GSpace, temperature: float
    ) -> None:
        super().__init__(X, regular(X.group))
        self.score = score
        self.temperature = temperature
        self.why = Theorem(X.group, "the weight of g at x is a function of g^-1 x, over all g")

    def atoms(self, value: Value) -> Atoms:
        """Every element of the group, and its weight at each point."""
        X, (batch, _) = self.dom, self.dom.space.measure(value)
        dims, device = len(batch), parts_of(value)[0].device
        every = X.group.elements(device=device)
        count = len(parts_of(every)[0])
        elements = value_of(tuple(part.expand(*batch, *part.shape) for part in parts_of(every)))
        back = X.act(X.group.inverse(elements), repeated(value, dims, count))
        scores = self.score(*parts_of(back)).reshape(*batch, count)
        return Atoms(self._weights(scores), elements)

    def _weights(self, scores: Float[Tensor, "*batch element"]) -> Float[Tensor, "*batch element"]:
        if self.temperature > 0:
            return torch.softmax(scores / self.temperature, dim=-1)
        slack = TIE * scores.abs().amax(-1, keepdim=True)
        best = (scores >= scores.amax(-1, keepdim=True) - slack).to(scores.dtype)
        return best / best.sum(-1, keepdim=True)


def scored(
    score: nn.Module | Callable[..., Tensor], X: GSpace, *, temperature: float = 0.0
) -> Scored:
    """Gamma on a finite group, from any score f of inputs: g has the weight exp(f(g^-1 x) / T).

    At temperature 0 it is uniform on the g with the best score: a frame, which is a single element
    where there are no ties, and draws among the ties where a symmetry of x makes them.

    Args:
        score: Any callable or torch module, from the tensors of a point of X to one number each.
        X: A space of a finite group.
        temperature: T, in the units of the score; at 0, no gradient reaches the score.

    Raises:
        NotFiniteError: When it is run, if the elements of the group cannot be listed.

    Source:
        Kaba et al. (2023), section 3.2, for T = 0; weighted frames, Dym et al. (2024).
    """
    if temperature < 0:
        raise ValueError(f"wanted a temperature of 0 or more, got {temperature}")
    return Scored(score, X, temperature)


def phase(X: GSpace) -> Scored:
    """The shift that turns the slowest wave along the axis to phase zero, nearly: X -> C(n).

    Args:
        X: A space of C(n) in which it shifts an axis.

    Raises:
        CompositionError: If nothing in X is shifted.

    Source:
        Theory of this project, E18.
    """
    place, action = moved(X, Same(X.group), Shift)
    dims = len(X.space.factors[place].shape)
    return scored(partial(_towards_zero, place, action.axis, dims), X)


def _towards_zero(place: int, axis: int, dims: int, *parts: Tensor) -> Tensor:
    """How much of the slowest wave along an axis is at phase zero, all else summed."""
    x = parts[place].movedim(axis, -1)
    angles = torch.arange(x.shape[-1], device=x.device, dtype=x.dtype) * (2 * math.pi / x.shape[-1])
    return (x * angles.cos()).flatten(x.dim() - dims).sum(-1)
