"""Affine maps with Gaussian noise."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.errors import CompositionError, SpaceError

Dimensions = tuple[int, ...]
"""The dimension of the vector on each wire."""

ROUNDING = 1e-6
"""How far a covariance may be from one, relative to its largest entry; that of float32."""


@final
@dataclass(frozen=True, eq=False)
class Affine:
    """The kernel x -> N(matrix x + offset, covariance), in float64; wires stand one after another.

    The tensors are copied, with their gradients, and never change.

    Args:
        dom: The dimension of each input wire.
        cod: The dimension of each output wire.
        matrix: A row for each coordinate of ``cod``, a column for each of ``dom``.
        offset: The mean at 0.
        covariance: Symmetric and positive semidefinite; it may be singular.

    Raises:
        SpaceError: If a shape is another, a number is not finite, or the covariance is none.

    Example:
        >>> twice = Affine((1,), (1,), torch.tensor([[2.0]]), torch.zeros(1), torch.zeros(1, 1))
        >>> noisy = Affine((1,), (1,), torch.eye(1), torch.ones(1), torch.eye(1))
        >>> (noisy >> twice).covariance
        tensor([[4.]], dtype=torch.float64)
    """

    dom: Dimensions
    cod: Dimensions
    matrix: Float[Tensor, "_ _"]
    offset: Float[Tensor, "_"]
    covariance: Float[Tensor, "_ _"]

    def __post_init__(self) -> None:
        require_dimensions(self.dom)
        require_dimensions(self.cod)
        n, m = sum(self.dom), sum(self.cod)
        for name, shape in (("matrix", (m, n)), ("offset", (m,)), ("covariance", (m, m))):
            part: Tensor = getattr(self, name)
            if part.shape != shape:
                got = tuple(part.shape)
                raise SpaceError(f"the {name} of {self} has the shape {shape}, got {got}")
            if not part.isfinite().all():
                raise SpaceError(f"the {name} of {self} has entries that are not finite")
            object.__setattr__(self, name, part.to(torch.float64, copy=True))
        _require_covariance(self.covariance.detach())
        object.__setattr__(self, "covariance", (self.covariance + self.covariance.mT) / 2)

    def __rshift__(self, other: "Affine") -> "Affine":
        """This and then ``other``."""
        if self.cod != other.dom:
            raise CompositionError(f"the first ends in {self.cod}, the next starts in {other.dom}")
        A = other.matrix
        covariance = A @ self.covariance @ A.mT + other.covariance
        return trusted(
            self.dom, other.cod, A @ self.matrix, A @ self.offset + other.offset, covariance
        )

    def __matmul__(self, other: "Affine") -> "Affine":
        """This beside ``other``, independently."""
        return trusted(
            self.dom + other.dom,
            self.cod + other.cod,
            torch.block_diag(self.matrix, other.matrix),
            torch.cat([self.offset, other.offset]),
            torch.block_diag(self.covariance, other.covariance),
        )

    def __str__(self) -> str:
        return f"{self.dom} -> {self.cod}"


def trusted(
    dom: Dimensions, cod: Dimensions, matrix: Tensor, offset: Tensor, covariance: Tensor
) -> Affine:
    """The kernel of a covariance that a theorem makes positive, however far it was rounded."""
    made = object.__new__(Affine)
    parts = {"matrix": matrix, "offset": offset, "covariance": (covariance + covariance.mT) / 2}
    for name, value in {"dom": dom, "cod": cod, **parts}.items():
        object.__setattr__(made, name, value)
    return made


def require_dimensions(X: Dimensions) -> None:
    """Raise ``SpaceError`` if a wire has a negative dimension."""
    if any(n < 0 for n in X):
        raise SpaceError(f"a dimension is not negative, got {X}")


def _require_covariance(C: Tensor) -> None:
    slack = ROUNDING * C.abs().max().item() if C.numel() else 0.0
    if (C - C.mT).abs().gt(slack).any():
        raise SpaceError(
            f"a covariance is symmetric, got entries {(C - C.mT).abs().max():.3g} apart; "
            "(C + C.mT) / 2 is symmetric"
        )
    lowest = torch.linalg.eigvalsh(C).min().item() if C.numel() else 0.0
    if lowest < -slack:
        raise SpaceError(f"a covariance is positive semidefinite, got the eigenvalue {lowest:.3g}")
