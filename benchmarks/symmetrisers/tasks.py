"""The four tasks of Cornish (2024), section 7.3: matrices and vectors that O(d) moves."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from markovsym.actions import GSpace, Matrix, gspace, together, trivial
from markovsym.groups import O

POINTS = 25
"""Points of a data set."""


@final
@dataclass(frozen=True, eq=False)
class Batch:
    """Inputs, one tensor for each factor, and targets."""

    x: tuple[Tensor, ...]
    y: Tensor


@final
@dataclass(frozen=True)
class Task:
    """A map to learn, and the group that it is equivariant under.

    Args:
        name: What it is called.
        d: The dimension.
    """

    name: str
    d: int

    @property
    def ends(self) -> tuple[GSpace, GSpace]:
        """The spaces of the input and of the target, under the group of the task."""
        d, Q = self.d, O(self.d)
        columns = gspace((d, POINTS), Matrix(Q, axes=(-2,)))
        match self.name:
            case "covariance":
                return columns, gspace((d, d), Matrix(Q, axes=(-2, -1)))
            case "regression":
                return columns @ gspace((POINTS,), trivial(Q)), gspace((d,), Matrix(Q))
            case "exponential":
                return (gspace((d, d), Matrix(Q, axes=(-2, -1))),) * 2
            case "inversion":
                U, V = Matrix(Q, axes=(-2,)), Matrix(Q, axes=(-1,))
                return gspace((d, d), together(U, V)), gspace((d, d), together(V, U))
            case name:
                raise ValueError(f"no task {name}")

    @property
    def one_sided(self) -> tuple[GSpace, GSpace]:
        """The same under O(d) alone: for inversion, x goes to Q x and the target to y Q^T."""
        if self.name != "inversion":
            return self.ends
        d, Q = self.d, O(self.d)
        return gspace((d, d), Matrix(Q, axes=(-2,))), gspace((d, d), Matrix(Q, axes=(-1,)))

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        """Fresh data."""
        d = self.d

        def normal(*shape: int) -> Tensor:
            return torch.randn(count, *shape, generator=generator)

        match self.name:
            case "covariance":
                A = normal(d, d)
                return Batch((A @ normal(d, POINTS),), A @ A.mT)
            case "regression":
                z, theta = normal(d, POINTS), normal(d)
                t = (theta.unsqueeze(-2) @ z).squeeze(-2) + normal(POINTS)
                return Batch((z, t), theta)
            case "exponential":
                x = normal(d, d)
                return Batch((x,), torch.linalg.matrix_exp(x))
            case _:
                x = normal(d, d)
                return Batch((x,), torch.linalg.inv(x))


TASKS = ("covariance", "regression", "exponential", "inversion")
"""Their names."""


def relative_error(found: Tensor, wanted: Tensor) -> Tensor:
    """|found - wanted|^2 / |wanted|^2 for each entry of a batch."""
    return (found - wanted).flatten(1).square().sum(-1) / wanted.flatten(1).square().sum(-1)
