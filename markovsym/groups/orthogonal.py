"""The orthogonal groups O(n) and SO(n)."""

from dataclasses import dataclass
from typing import ClassVar, NoReturn, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.gram_schmidt import proper, qr_with_signs
from markovsym.groups.group import CompactGroup, Device, not_finite
from markovsym.groups.matrices import MatrixGroup, mirror, turns
from markovsym.randomness import Source, normal
from markovsym.spaces import Constraint, Orthogonal


@final
@dataclass(frozen=True)
class OrthogonalGroup(MatrixGroup, CompactGroup):
    """The n by n orthogonal matrices. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int
    constraint: ClassVar[Constraint] = Orthogonal()

    def __str__(self) -> str:
        return f"O({self.n})"

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The transpose of ``g``."""
        return g.mT

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether the columns are orthonormal."""
        self.space.measure(g)
        return Orthogonal().violation(g) <= tolerance

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """The identity and a mirror."""
        e = self.identity(dtype=dtype, device=device)
        return [e, mirror(self.n, dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """A mirror, and a turn by one radian in each coordinate plane."""
        first = mirror(self.n, dtype=dtype, device=device)
        return [first, *turns(self.n, dtype=dtype, device=device)]

    def haar(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """Draw from the Haar measure.

        Args:
            *batch: Batch shape of the draw.
            generator: Source of randomness; the draw lies on its device.
            dtype: Floating point type of the draw.

        Returns:
            Orthogonal matrices of shape ``(*batch, n, n)``, dimensionless.

        Source:
            Mezzadri (2007), section 5: without the signs, the law depends on the QR routine. For
            n = 3 Shoemake (1992): a unit quaternion, uniform on the sphere, and a random sign.
        """
        if self.n == 3:
            return _haar_in_space(*batch, generator=generator, dtype=dtype)
        return qr_with_signs(normal(*batch, self.n, self.n, generator=generator, dtype=dtype))

    def elements(self, *, device: Device = None) -> NoReturn:
        """Nothing: it raises ``NotFiniteError``."""
        raise not_finite(self)


@final
@dataclass(frozen=True)
class SpecialOrthogonalGroup(MatrixGroup, CompactGroup):
    """The n by n rotation matrices. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int
    constraint: ClassVar[Constraint] = Orthogonal()  # the sign of the determinant is no part of it

    def __str__(self) -> str:
        return f"SO({self.n})"

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The transpose of ``g``."""
        return g.mT

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether the columns are orthonormal and the determinant is 1."""
        self.space.measure(g)
        return (Orthogonal().violation(g) <= tolerance) & (torch.linalg.det(g) > 0)

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """The identity: the group is connected."""
        return [self.identity(dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Float[Tensor, "n n"]]:
        """A turn by one radian in each coordinate plane."""
        e = self.identity(dtype=dtype, device=device)
        return turns(self.n, dtype=dtype, device=device) or [e]

    def haar(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """Draw from the Haar measure: a draw of O(n), its first column turned where needed."""
        return proper(OrthogonalGroup(self.n).haar(*batch, generator=generator, dtype=dtype))

    def elements(self, *, device: Device = None) -> NoReturn:
        """Nothing: it raises ``NotFiniteError``."""
        raise not_finite(self)


def _haar_in_space(
    *batch: int, generator: Source, dtype: torch.dtype
) -> Float[Tensor, "*batch 3 3"]:
    """A rotation by a random unit quaternion, or its negative: O(3) is the rotations and those."""
    noise = normal(5, *batch, generator=generator, dtype=dtype)
    a, b, c, d = noise[:4] * (2**0.5 / noise[:4].norm(dim=0))
    bb, cc, dd, bc, ad, bd, ac, cd, ab = (
        b * b,
        c * c,
        d * d,
        b * c,
        a * d,
        b * d,
        a * c,
        c * d,
        a * b,
    )
    rows = [
        1 - cc - dd,
        bc - ad,
        bd + ac,
        bc + ad,
        1 - bb - dd,
        cd - ab,
        bd - ac,
        cd + ab,
        1 - bb - cc,
    ]
    sign = torch.where(noise[4] >= 0, 1.0, -1.0).to(dtype)
    return (torch.stack(rows, dim=-1) * sign.unsqueeze(-1)).unflatten(-1, (3, 3))
