"""What all groups of matrices share."""

from typing import ClassVar

import torch
from jaxtyping import Num
from torch import Tensor

from markovsym.groups.group import Device, Group
from markovsym.spaces import FREE, Constraint, Kind, Space, space


class MatrixGroup(Group):
    """A group of n by n matrices under the matrix product."""

    n: int
    kind: ClassVar[Kind] = Kind.REAL
    constraint: ClassVar[Constraint] = FREE

    def __post_init__(self) -> None:
        if self.n < 1:
            family, _, _ = str(self).partition("(")
            raise ValueError(f"{family}(n) needs n >= 1, got n = {self.n}")

    @property
    def space(self) -> Space:
        """Square matrices."""
        return space((self.n, self.n), self.kind, self.constraint)

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Num[Tensor, "*batch n n"]:
        """The unit matrix."""
        one = torch.eye(self.n, dtype=self.kind.dtype(dtype), device=device)
        return one.expand(*batch, self.n, self.n)

    def multiply(
        self, g: Num[Tensor, "*#batch n n"], h: Num[Tensor, "*#batch n n"]
    ) -> Num[Tensor, "*batch n n"]:
        """The matrix product."""
        return g @ h


def mirror(
    n: int, *, dtype: torch.dtype = torch.float32, device: Device = None
) -> Num[Tensor, "n n"]:
    """The reflection that turns the first axis round."""
    return torch.diag(torch.tensor([-1.0, *[1.0] * (n - 1)], dtype=dtype, device=device))


def turns(
    n: int, *, dtype: torch.dtype = torch.float32, device: Device = None
) -> list[Num[Tensor, "n n"]]:
    """The rotations by one radian in the planes of axes ``i`` and ``i + 1``."""
    planes: list[Tensor] = []
    for i in range(n - 1):
        skew = torch.zeros(n, n, dtype=dtype, device=device)
        skew[i, i + 1], skew[i + 1, i] = -1.0, 1.0
        planes.append(torch.linalg.matrix_exp(skew))
    return planes
