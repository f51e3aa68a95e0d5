"""Evidence against two laws being one, that may be looked at after every draw."""

import math
from dataclasses import dataclass, field
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

DIRECTIONS = 16
"""Values of more entries are seen through so many random directions, always the same ones."""

RIDGES = (10.0, 100.0, 1000.0)
"""How strongly each expert is held back from what it has learned."""

STEPS = 32
"""Steps of a fit at most, which starts where the last one ended."""

NEAR = 1e-4
"""A fit ends where a step is smaller."""


@final
@dataclass(eq=False)
class Evidence:
    """A bet against the exchangeability of pairs, by experts that learn to tell them apart.

    An expert has a score; before a pair (a, b) is shown, it bets that the score of a is the
    larger one. Its wealth is multiplied by 2 sigmoid(score(a) - score(b)), whose mean is 1 if a
    and b may be exchanged. So by Ville's inequality the wealth of all, averaged, ever reaches 1 /
    alpha with a chance of at most alpha. Scores are linear in the entries, or in the entries and
    their products, and are fitted to the pairs of the past.

    Source:
        Ville (1939); Podkopaev and Ramdas (2023) for betting with classifiers.
    """

    log_wealth: Float[Tensor, "expert"] = field(
        default_factory=lambda: torch.zeros(2 * len(RIDGES), dtype=torch.float64)
    )
    pairs: int = 0
    """Pairs seen."""
    largest: float = 0.0
    """Log of the largest wealth there ever was, in nats."""

    def __post_init__(self) -> None:
        self._view: _View | None = None
        self._past: list[list[Tensor]] = [[], []]
        self._gram = [torch.zeros((), dtype=torch.float64)] * 2
        self._weights: list[Tensor | None] = [None] * (2 * len(RIDGES))
        self._next_fit = 32

    def show(self, a: Float[Tensor, "pair entry"], b: Float[Tensor, "pair entry"]) -> None:
        """Bet on a block of pairs, and learn from it.

        Args:
            a: Draws of the one law, each independent of all others.
            b: As many draws of the other.
        """
        if self._view is None:
            self._view = _View.of(a, b)
        gaps = [self._view.features(a, k) - self._view.features(b, k) for k in (0, 1)]
        for j, w in enumerate(self._weights):
            if w is not None:
                self.log_wealth[j] += log_bet(gaps[j // len(RIDGES)] @ w).sum()
        self.pairs += len(a)
        wealth = float(self.log_wealth.logsumexp(0)) - math.log(len(self._weights))
        self.largest = max(self.largest, wealth)
        for kind, gap in enumerate(gaps):
            self._past[kind].append(gap)
            self._gram[kind] = self._gram[kind] + gap.mT @ gap
        if self.pairs >= self._next_fit:
            self._next_fit = self.pairs * 3 // 2 + 1
            self._fit()

    def _fit(self) -> None:
        for kind, (past, gram) in enumerate(zip(self._past, self._gram, strict=True)):
            gaps = torch.cat(past)
            for i, ridge in enumerate(RIDGES):
                j = kind * len(RIDGES) + i
                self._weights[j] = fitted(gaps, gram, ridge, self._weights[j])


def log_bet(margin: Float[Tensor, "pair"]) -> Float[Tensor, "pair"]:
    """Log of 2 sigmoid(margin): what the wealth is multiplied by, in nats."""
    return math.log(2) + torch.nn.functional.logsigmoid(margin)


def fitted(
    gaps: Float[Tensor, "pair feature"],
    gram: Float[Tensor, "feature feature"],
    ridge: float,
    start: Tensor | None,
) -> Float[Tensor, "feature"]:
    """The weights that maximise sum log sigmoid(w . gap) - ridge |w|^2 / 2.

    Each step is that of Newton's method with a bound in place of the Hessian, which is the same
    throughout: it never leads downhill, and costs no matrix product.

    Args:
        gaps: What the members of each pair differ by.
        gram: ``gaps.mT @ gaps``.
        ridge: How strongly weights are held back.
        start: Where to start from; by default at 0.

    Source:
        Boehning and Lindsay (1988), section 3.
    """
    w = gaps.new_zeros(len(gram)) if start is None else start
    bound = torch.linalg.cholesky(gram / 4 + ridge * torch.eye(len(gram), dtype=gram.dtype))
    for _ in range(STEPS):
        gradient = torch.sigmoid(-(gaps @ w)) @ gaps - ridge * w
        step = torch.cholesky_solve(gradient.unsqueeze(-1), bound).squeeze(-1)
        w = w + step
        if float(step.abs().max()) < NEAR:
            break
    return w


@final
@dataclass(frozen=True, eq=False)
class _View:
    """How values are looked at: fixed by the first block, on which no bet is placed."""

    centre: Tensor
    scale: Tensor
    directions: Tensor | None

    @staticmethod
    def of(a: Tensor, b: Tensor) -> "_View":
        """What both laws have in common in the first block.

        A spread that rounding may have made must not be blown up to be told apart.
        """
        both = torch.cat([a, b])
        rounding = 30 * torch.finfo(both.dtype).eps ** 0.5
        size = both.double().square().mean().sqrt()
        both, directions = both.double(), None
        if both.shape[1] > DIRECTIONS:
            rng = torch.Generator().manual_seed(0)
            shape = (both.shape[1], DIRECTIONS)
            directions = torch.randn(shape, generator=rng, dtype=both.dtype) / shape[0] ** 0.5
            both = both @ directions
        scale = torch.maximum(both.std(0), rounding * size).clamp(min=1e-9)
        return _View(both.mean(0), scale, directions)

    def features(self, y: Tensor, kind: int) -> Float[Tensor, "pair feature"]:
        """The entries; for kind 1, their products too."""
        y = y.double() if self.directions is None else y.double() @ self.directions
        y = (y - self.centre) / self.scale
        if kind == 0:
            return y
        i, j = torch.triu_indices(y.shape[1], y.shape[1])
        return torch.cat([y, y[:, i] * y[:, j]], dim=1)
