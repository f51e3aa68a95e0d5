"""The Lorentz group O(1, n-1)."""

from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.group import Device, NonCompactGroup
from markovsym.groups.matrices import MatrixGroup, turns
from markovsym.groups.orthogonal import OrthogonalGroup
from markovsym.randomness import Source, integers, uniform

RAPIDITY = 1.5
"""Draws for tests have a rapidity of at most this, either way."""


@final
@dataclass(frozen=True)
class LorentzGroup(MatrixGroup, NonCompactGroup):
    """The n by n matrices g with g^T eta g = eta, for eta = diag(-1, 1, ..., 1): time comes first.

    Raises ``ValueError`` if ``n`` is less than 2: O(1, 0) is O(1), and compact.
    """

    n: int

    def __post_init__(self) -> None:
        if self.n < 2:
            raise ValueError(f"O(1, n-1) needs n >= 2, got n = {self.n}; O(1,0) is O(1)")

    def __str__(self) -> str:
        return f"O(1,{self.n - 1})"

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The transpose of ``g`` between two eta."""
        eta = self._eta(g)
        return eta.unsqueeze(-1) * g.mT * eta

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether eta is kept, up to ``tolerance`` times the size of the terms that cancel."""
        self.space.measure(g)
        eta = self._eta(g)
        change = g.mT @ (eta.unsqueeze(-1) * g) - eta.diag()
        size = g.square().sum((-2, -1)).clamp(min=1.0)
        return change.norm(dim=(-2, -1)) <= tolerance * size

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """Four: time and space each keep their direction, or are reversed."""
        signs = product((1.0, -1.0), (1.0, -1.0))
        rows = [[time, side, *[1.0] * (self.n - 2)] for time, side in signs]
        return [*torch.tensor(rows, dtype=dtype, device=device).diag_embed()]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """Both reversals, two boosts, and a turn by one radian in each plane of space.

        The boosts go along one axis, of rapidities 1 and minus the root of 2: in O(1, 1), which
        has no turns, words of a single one would not be dense.
        """
        _, mirror, reversal, _ = self.components(dtype=dtype, device=device)
        rapidities = torch.tensor([1.0, -sqrt(2)], dtype=dtype, device=device)
        boosts = self.boost(rapidities)
        spatial = turns(self.n - 1, dtype=dtype, device=device)
        return [
            reversal,
            mirror,
            *boosts,
            *(self._split(turn.new_ones(()), turn) for turn in spatial),
        ]

    def boost(self, rapidity: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch n n"]:
        """The boost along the first axis of space; its speed is the hyperbolic tangent."""
        g = torch.eye(self.n, dtype=rapidity.dtype, device=rapidity.device)
        g = g.expand(*rapidity.shape, self.n, self.n).clone()
        g[..., 0, 0] = g[..., 1, 1] = rapidity.cosh()
        g[..., 0, 1] = g[..., 1, 0] = rapidity.sinh()
        return g

    def random(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """A rotation or reflection of space, a boost, another one, and maybe a reversal of time.

        Both are Haar, the reversal is a fair coin, the rapidity uniform from -1.5 to 1.5: the
        condition number is at most exp(3), which is 20.
        """
        Q = OrthogonalGroup(self.n - 1).haar(2, *batch, generator=generator, dtype=dtype)
        time = 1 - 2 * integers(2, *batch, generator=generator).to(dtype)
        rapidity = (2 * uniform(*batch, generator=generator, dtype=dtype) - 1) * RAPIDITY
        return self._split(time, Q[0]) @ self.boost(rapidity) @ self._split(time.abs(), Q[1])

    def _split(
        self, time: Float[Tensor, "*batch"], rest: Float[Tensor, "*batch m m"]
    ) -> Float[Tensor, "*batch n n"]:
        """``time`` on the first axis, ``rest`` on the axes of space."""
        g = rest.new_zeros(*time.shape, self.n, self.n)
        g[..., 0, 0], g[..., 1:, 1:] = time, rest
        return g

    def _eta(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "n"]:
        """The diagonal of eta, of the precision of ``g`` and on its device."""
        eta = g.new_ones(self.n)
        eta[0] = -1.0
        return eta
