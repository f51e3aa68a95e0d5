"""The linear groups GL(n) and SL(n)."""

from dataclasses import dataclass
from math import log
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.group import Device, NonCompactGroup
from markovsym.groups.matrices import MatrixGroup, mirror, turns
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.randomness import Source, uniform

STRETCH = 3.0
"""Draws for tests stretch no axis by more, nor shrink one by more."""


@final
@dataclass(frozen=True)
class GeneralLinearGroup(MatrixGroup, NonCompactGroup):
    """The n by n invertible real matrices. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int

    def __str__(self) -> str:
        return f"GL({self.n})"

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The inverse matrix."""
        return torch.linalg.inv(g)

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether it is finite, its least singular value more than ``tolerance`` of the largest."""
        self.space.measure(g)
        finite = g.isfinite().all((-2, -1))
        values = torch.linalg.svdvals(g.where(finite[..., None, None], 0.0))
        return values[..., -1] > tolerance * values[..., 0]  # zeros are no elements either

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """The identity and a mirror."""
        e = self.identity(dtype=dtype, device=device)
        return [e, mirror(self.n, dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """A mirror, the first axis times 2 and times 1/3, and a turn in each coordinate plane."""
        axis = [1.0] * (self.n - 1)
        stretches = torch.tensor([[2.0, *axis], [1 / 3, *axis]], dtype=dtype, device=device)
        first = mirror(self.n, dtype=dtype, device=device)
        return [first, *stretches.diag_embed(), *turns(self.n, dtype=dtype, device=device)]

    def random(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """A rotation or reflection, a stretch of each axis, and another one.

        Both are Haar, the stretches log-uniform from 1/3 to 3: the condition number is at most 9.
        """
        Q = OrthogonalGroup(self.n).haar(2, *batch, generator=generator, dtype=dtype)
        logs = _logs(*batch, self.n, generator=generator, dtype=dtype)
        return Q[0] * logs.exp().unsqueeze(-2) @ Q[1]


@final
@dataclass(frozen=True)
class SpecialLinearGroup(MatrixGroup, NonCompactGroup):
    """The n by n real matrices of determinant 1.

    Raises ``ValueError`` if ``n`` is less than 2: SL(1) is trivial, and compact.
    """

    n: int

    def __post_init__(self) -> None:
        if self.n < 2:
            raise ValueError(f"SL(n) needs n >= 2, got n = {self.n}; SL(1) is TrivialGroup()")

    def __str__(self) -> str:
        return f"SL({self.n})"

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The inverse matrix."""
        return torch.linalg.inv(g)

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether the determinant is 1."""
        self.space.measure(g)
        return (torch.linalg.det(g) - 1.0).abs() <= tolerance

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """The identity: the group is connected."""
        return [self.identity(dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """A shear of the first axis along the second, and a turn in each coordinate plane."""
        shear = self.identity(dtype=dtype, device=device).clone()
        shear[1, 0] = 1.0
        return [shear, *turns(self.n, dtype=dtype, device=device)]

    def random(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """A rotation, a stretch of each axis that keeps the volume, and another rotation.

        Both are Haar, the stretches log-uniform from 1/3 to 3 and then divided by their geometric
        mean: the condition number is at most 9.
        """
        Q = SpecialOrthogonalGroup(self.n).haar(2, *batch, generator=generator, dtype=dtype)
        logs = _logs(*batch, self.n, generator=generator, dtype=dtype)
        logs = logs - logs.mean(-1, keepdim=True)
        return Q[0] * logs.exp().unsqueeze(-2) @ Q[1]


def _logs(*shape: int, generator: Source, dtype: torch.dtype) -> Float[Tensor, "*shape"]:
    """Logarithms of stretches, uniform from that of 1/3 to that of 3."""
    return (2 * uniform(*shape, generator=generator, dtype=dtype) - 1) * log(STRETCH)
