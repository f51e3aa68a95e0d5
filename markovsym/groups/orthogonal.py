"""The orthogonal groups O(n) and SO(n), and Gram-Schmidt."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.groups.group import CompactGroup
from markovsym.spaces import Orthogonal, Space, space


@final
@dataclass(frozen=True)
class OrthogonalGroup(CompactGroup):
    """The n by n orthogonal matrices. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"O(n) needs n >= 1, got n = {self.n}")

    def __str__(self) -> str:
        return f"O({self.n})"

    @property
    def space(self) -> Space:
        """Orthogonal matrices."""
        return space((self.n, self.n), constraint=Orthogonal())

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """The unit matrix."""
        return torch.eye(self.n, dtype=dtype).expand(*batch, self.n, self.n)

    def multiply(
        self, g: Float[Tensor, "*#batch n n"], h: Float[Tensor, "*#batch n n"]
    ) -> Float[Tensor, "*batch n n"]:
        """The matrix product."""
        return g @ h

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The transpose of ``g``."""
        return g.mT

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether the columns are orthonormal."""
        return Orthogonal().violation(g) <= tolerance

    def components(self, *, dtype: torch.dtype = torch.float32) -> list[Float[Tensor, "n n"]]:
        """The identity and a mirror."""
        return [self.identity(dtype=dtype), mirror(self.n, dtype=dtype)]

    def generators(self, *, dtype: torch.dtype = torch.float32) -> list[Float[Tensor, "n n"]]:
        """A mirror, and a turn by one radian in each coordinate plane."""
        return [mirror(self.n, dtype=dtype), *turns(self.n, dtype=dtype)]

    def haar(
        self, *batch: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """Draw from the Haar measure.

        Args:
            *batch: Batch shape of the draw.
            generator: Source of randomness; the draw lies on its device.
            dtype: Floating point type of the draw.

        Returns:
            Orthogonal matrices of shape ``(*batch, n, n)``, dimensionless.

        Source:
            Mezzadri (2007), section 5. Without the signs, the law depends on the QR routine.
        """
        shape = (*batch, self.n, self.n)
        noise = torch.randn(shape, generator=generator, device=generator.device, dtype=dtype)
        return gram_schmidt(noise)[0] if self.n == 3 else orthonormalise(noise)


@final
@dataclass(frozen=True)
class SpecialOrthogonalGroup(CompactGroup):
    """The n by n rotation matrices. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"SO(n) needs n >= 1, got n = {self.n}")

    def __str__(self) -> str:
        return f"SO({self.n})"

    @property
    def space(self) -> Space:
        """Orthogonal matrices; the sign of the determinant is not part of the type."""
        return OrthogonalGroup(self.n).space

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """The unit matrix."""
        return OrthogonalGroup(self.n).identity(*batch, dtype=dtype)

    def multiply(
        self, g: Float[Tensor, "*#batch n n"], h: Float[Tensor, "*#batch n n"]
    ) -> Float[Tensor, "*batch n n"]:
        """The matrix product."""
        return g @ h

    def inverse(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
        """The transpose of ``g``."""
        return g.mT

    def contains(
        self, g: Float[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether the columns are orthonormal and the determinant is 1."""
        return (Orthogonal().violation(g) <= tolerance) & (torch.linalg.det(g) > 0)

    def components(self, *, dtype: torch.dtype = torch.float32) -> list[Float[Tensor, "n n"]]:
        """The identity: the group is connected."""
        return [self.identity(dtype=dtype)]

    def generators(self, *, dtype: torch.dtype = torch.float32) -> list[Float[Tensor, "n n"]]:
        """A turn by one radian in each coordinate plane."""
        return turns(self.n, dtype=dtype) or [self.identity(dtype=dtype)]

    def haar(
        self, *batch: int, generator: torch.Generator, dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "*batch n n"]:
        """Draw from the Haar measure: a draw of O(n), its first column turned where needed."""
        Q = OrthogonalGroup(self.n).haar(*batch, generator=generator, dtype=dtype)
        sign = torch.where(torch.linalg.det(Q) >= 0, 1.0, -1.0).to(dtype)
        return torch.cat([Q[..., :1] * sign[..., None, None], Q[..., 1:]], dim=-1)


def mirror(n: int, *, dtype: torch.dtype = torch.float32) -> Float[Tensor, "n n"]:
    """The reflection that turns the first axis round."""
    return torch.diag(torch.tensor([-1.0, *[1.0] * (n - 1)], dtype=dtype))


def turns(n: int, *, dtype: torch.dtype = torch.float32) -> list[Float[Tensor, "n n"]]:
    """The rotations by one radian in the planes of axes ``i`` and ``i + 1``."""
    planes: list[Tensor] = []
    for i in range(n - 1):
        skew = torch.zeros(n, n, dtype=dtype)
        skew[i, i + 1], skew[i + 1, i] = -1.0, 1.0
        planes.append(torch.linalg.matrix_exp(skew))
    return planes


def orthonormalise(m: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch n n"]:
    """The Q of a QR decomposition in which R has a positive diagonal.

    Source:
        Mezzadri (2007), section 5. Without the signs, the result depends on the QR routine.
    """
    Q, R = torch.linalg.qr(m)
    signs = torch.where(R.diagonal(dim1=-2, dim2=-1) >= 0, 1.0, -1.0)  # sign(0) would be 0
    return Q * signs.unsqueeze(-2).to(m.dtype)


def gram_schmidt(
    m: Float[Tensor, "*batch 3 3"],
) -> tuple[Float[Tensor, "*batch 3 3"], Bool[Tensor, "*batch"]]:
    """Orthonormalise the columns of 3 by 3 matrices, in closed form.

    It is the same map as ``orthonormalise``, equivariant under O(3) from the left and of either
    determinant, but calls no QR routine, so that nothing has to leave a GPU.

    Args:
        m: Matrices of any scale.

    Returns:
        The orthogonal matrices, and where ``m`` was degenerate: columns so short or so nearly
        dependent that no frame can be read off them. There the matrix returned is the identity,
        and no gradient flows.
    """
    a, b, c = _columns(m)
    u = a
    v = b - _dot(b, u) * u
    plane = _length(v)
    v = v / plane
    v = v - _dot(v, u) * u  # once more: the first time loses digits where a and b are close
    v = v / _length(v)
    normal = torch.linalg.cross(u, v)
    height = _dot(c, normal)
    w = torch.where(height >= 0, normal, -normal)
    shortest = torch.cat([_length(a), plane, height.abs()], dim=-1).amin(-1)
    degenerate = ~(shortest > 8 * torch.finfo(m.dtype).eps)  # a NaN is degenerate too
    frame = torch.stack([u, v, w], dim=-1)
    eye = torch.eye(3, dtype=m.dtype, device=m.device)
    return torch.where(degenerate[..., None, None], eye, frame), degenerate


def _columns(m: Float[Tensor, "*batch 3 3"]) -> tuple[Tensor, Tensor, Tensor]:
    """The columns at length 1; one of zeros stays so, as do all where an entry is not finite."""
    m = torch.where(m.isfinite().all((-2, -1), keepdim=True), m, 0.0)
    scale = m.detach().abs().amax(-2, keepdim=True)  # of each column, lest a short one underflow
    a, b, c = (m / torch.where(scale > 0, scale, 1.0)).unbind(-1)
    return a / _length(a), b / _length(b), c / _length(c)


def _dot(a: Float[Tensor, "*batch 3"], b: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 1"]:
    return (a * b).sum(-1, keepdim=True)


def _length(a: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 1"]:
    """The length, with a tiny number in place of zero, so that it divides and has a gradient."""
    square = a.square().sum(-1, keepdim=True)
    tiny = torch.finfo(a.dtype).tiny
    return torch.where(square > tiny, square, tiny).sqrt()
