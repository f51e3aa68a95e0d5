"""Gammas of the symmetric group: sorting with random ties, Plackett-Luce, Janossy."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from markovsym.actions import GSpace, regular
from markovsym.errors import CompositionError
from markovsym.groups import Cosets, FixingPlaces, SymmetricGroup
from markovsym.kernels import Randomness
from markovsym.randomness import uniform
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gamma import haar
from markovsym.symmetrise.why import Theorem


@final
class Sorting(EquivariantKernel):
    """The permutation that sorts the places by their scores; make it with ``argsort``."""

    def __init__(self, score: nn.Module | Callable[..., Tensor], X: GSpace) -> None:
        super().__init__(X, regular(X.group))
        self.score = score
        self.why = Theorem(X.group, "the order of moved scores is the order, moved; ties are drawn")

    def draw(self, value: Value, source: Randomness) -> Value:
        """Place j of the sorted input comes from place g[j]."""
        scores = self.score(*parts_of(value))
        u = uniform(*scores.shape, generator=source.generator, dtype=torch.float64)
        shuffle = u.argsort(-1)
        order = scores.gather(-1, shuffle).argsort(dim=-1, stable=True)
        return shuffle.gather(-1, order)


@final
class PlackettLuce(EquivariantKernel):
    """Places drawn one after the other without replacement; make it with ``plackett_luce``."""

    def __init__(self, score: nn.Module | Callable[..., Tensor], X: GSpace) -> None:
        super().__init__(X, regular(X.group))
        self.score = score
        self.why = Theorem(
            X.group, "the chance of an order depends on the scores of the places only"
        )

    def draw(self, value: Value, source: Randomness) -> Value:
        """The order of the scores with Gumbel noise, the largest first."""
        scores = self.score(*parts_of(value))
        u = uniform(*scores.shape, generator=source.generator, dtype=torch.float64)
        return (scores - (-u.clamp(min=1e-300).log()).log()).argsort(dim=-1, descending=True)

    def log_prob(self, g: Int[Tensor, "*batch n"], x: Value) -> Float[Tensor, "*batch"]:
        """Log probability of an order, in nats."""
        scores = self.score(*parts_of(x)).gather(-1, g)
        rest = scores.flip(-1).logcumsumexp(-1).flip(-1)
        return (scores - rest).sum(-1)


def argsort(score: nn.Module | Callable[..., Tensor], X: GSpace) -> EquivariantKernel:
    """The permutation that sorts the input by a score of each place, ties in random order.

    Args:
        score: From the tensors of a point of X to a number for each of the n places; it must be
            equivariant itself, as one that looks at each place alone is. That is taken on trust.
        X: A space of S(n).

    Raises:
        CompositionError: If the group of X is another.

    Source:
        Theory of this project, E8; Kim et al. (2023), section 3.2.
    """
    _require_symmetric(X)
    return Sorting(score, X)


def plackett_luce(score: nn.Module | Callable[..., Tensor], X: GSpace) -> PlackettLuce:
    """A random order in which places of high score come early.

    Args:
        score: From the tensors of a point of X to a number for each of the n places; it must be
            equivariant itself. That is taken on trust.
        X: A space of S(n).

    Raises:
        CompositionError: If the group of X is another.

    Source:
        Plackett (1975); Yellott (1977) for the Gumbel noise.
    """
    _require_symmetric(X)
    return PlackettLuce(score, X)


def janossy(X: GSpace, k: int | None = None) -> EquivariantKernel:
    """Uniform permutations; with k, uniform injections of k places: X -> S(n)/S(n - k).

    Averaging an invariant readout symmetrised with it is Janossy pooling. For k < n the kernel must
    not depend on the order of the places after the first k.

    Args:
        X: A space of S(n).
        k: How many of the n places are put in order; all without.

    Raises:
        CompositionError: If the group of X is another.

    Source:
        Murphy et al. (2019), equations 2 and 9.
    """
    n = _require_symmetric(X)
    if k in (None, n):
        return haar(X.group, X)
    return haar(Cosets(FixingPlaces(n, k)), X)


def _require_symmetric(X: GSpace) -> int:
    match X.group:
        case SymmetricGroup(int(n)):
            return n
        case G:
            raise CompositionError(f"wanted a space of S(n), got one of {G}")
