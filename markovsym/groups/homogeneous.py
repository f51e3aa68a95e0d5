"""Homogeneous spaces as they are known: cosets written down as matrices, frames and injections."""

from dataclasses import dataclass
from enum import Enum
from typing import final

import torch
from jaxtyping import Float, Int, Num
from torch import Tensor

from markovsym.errors import SpaceError
from markovsym.groups.characters import Determinant
from markovsym.groups.matrices import MatrixGroup
from markovsym.groups.writing import Writing
from markovsym.spaces import Kind, Space, space


class Root(Enum):
    """Which square root of a positive definite matrix represents it."""

    CHOLESKY = "lower triangular"
    SYMMETRIC = "symmetric"


@final
@dataclass(frozen=True)
class PositiveDefinite(Writing):
    """GL(n)/O(n): the coset of A is A A^T, and A moves P to A P A^T.

    Args:
        n: Rows of the matrices.
        root: The section. Along an O(n)-equivariant kernel both roots give one result.

    Source:
        Theory of this project, E14; the polar decomposition.
    """

    n: int
    root: Root = Root.CHOLESKY

    @property
    def space(self) -> Space:
        """Square matrices."""
        return space((self.n, self.n))

    def project(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """``g g^T``."""
        return g @ g.mT

    def section(self, coset: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """A square root.

        Raises:
            SpaceError: With ``CHOLESKY``, if a matrix is not positive definite.
        """
        if self.root is Root.CHOLESKY:
            return _cholesky(coset)
        values, vectors = torch.linalg.eigh(coset)
        return vectors * values.clamp(min=0).sqrt().unsqueeze(-2) @ vectors.mT

    def act(
        self, g: Float[Tensor, "*#batch n n"], coset: Float[Tensor, "*#batch n n"]
    ) -> Float[Tensor, "*batch n n"]:
        """``g P g^T``."""
        return g @ coset @ g.mT


def _cholesky(P: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
    try:
        return torch.linalg.cholesky(P)
    except torch.linalg.LinAlgError:  # pyright: ignore[reportPrivateImportUsage]
        raise SpaceError(
            f"wanted positive definite matrices, as points that span R^{P.shape[-1]} have; got "
            "some that are not"
        ) from None


@final
@dataclass(frozen=True)
class OrthonormalAxes(Writing):
    """O(n)/O(n - k) or, ``proper``, SO(n)/SO(n - k): k orthonormal columns; if k = 1, the sphere.

    Source:
        The Stiefel manifold; Edelman, Arias and Smith (1998), section 2.2.
    """

    n: int
    k: int
    proper: bool = False

    @property
    def space(self) -> Space:
        """Columns side by side."""
        return space((self.n, self.k))

    def project(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n k"]:
        """Where the first axes go."""
        return g[..., : self.k]

    def section(self, coset: Float[Tensor, "*batch n k"]) -> Float[Tensor, "*batch n n"]:
        """The columns, and others that complete them to a frame."""
        Q, _ = torch.linalg.qr(coset, mode="complete")
        rest = Q[..., self.k :]
        if self.proper:
            sign = torch.linalg.det(torch.cat([coset, rest], dim=-1)).sign()[..., None, None]
            rest = torch.cat([rest[..., :1] * sign, rest[..., 1:]], dim=-1)
        return torch.cat([coset, rest], dim=-1)

    def act(
        self, g: Float[Tensor, "*#batch n n"], coset: Float[Tensor, "*#batch n k"]
    ) -> Float[Tensor, "*batch n k"]:
        """The product."""
        return g @ coset


@final
@dataclass(frozen=True)
class Injections(Writing):
    """S(n)/S(n - k): where the first k places go, all to different ones."""

    n: int
    k: int

    @property
    def space(self) -> Space:
        """Rows of k places."""
        return space((self.k,), Kind.INTEGER)

    def project(self, g: Int[Tensor, "*batch n"]) -> Int[Tensor, "*batch k"]:
        """Where the first places go."""
        return g[..., : self.k]

    def section(self, coset: Int[Tensor, "*batch k"]) -> Int[Tensor, "*batch n"]:
        """The other places in their order, after those of the coset."""
        taken = torch.zeros(*coset.shape[:-1], self.n, dtype=torch.int64, device=coset.device)
        taken = taken.scatter(-1, coset, 1)
        rest = taken.argsort(dim=-1, stable=True)[..., : self.n - self.k]
        return torch.cat([coset, rest], dim=-1)

    def act(
        self, g: Int[Tensor, "*#batch n"], coset: Int[Tensor, "*#batch k"]
    ) -> Int[Tensor, "*batch k"]:
        """First the injection, then ``g``."""
        batch = torch.broadcast_shapes(g.shape[:-1], coset.shape[:-1])
        return g.expand(*batch, self.n).gather(-1, coset.expand(*batch, self.k))


@final
@dataclass(frozen=True)
class Determinants(Writing):
    """O(n)/SO(n) and GL(n)/SL(n): the determinant, as a matrix of one entry."""

    group: MatrixGroup

    @property
    def space(self) -> Space:
        """That of the numbers."""
        return Determinant(self.group).cod.space

    def project(self, g: Num[Tensor, "*batch n n"]) -> Num[Tensor, "*batch 1 1"]:
        """The determinant."""
        return Determinant(self.group)(g)

    def section(self, coset: Num[Tensor, "*batch 1 1"]) -> Num[Tensor, "*batch n n"]:
        """The matrix that scales the first axis by it."""
        return Determinant(self.group).stretch(coset)

    def act(
        self, g: Num[Tensor, "*#batch n n"], coset: Num[Tensor, "*#batch 1 1"]
    ) -> Num[Tensor, "*batch 1 1"]:
        """The product of the determinants."""
        return self.project(g) * coset
