"""The unitary group U(n)."""

from dataclasses import dataclass
from typing import ClassVar, NoReturn, final

import torch
from jaxtyping import Bool, Complex
from torch import Tensor

from markovsym.groups.gram_schmidt import qr_with_signs
from markovsym.groups.group import CompactGroup, Device, not_finite
from markovsym.groups.matrices import MatrixGroup, turns
from markovsym.randomness import Source, normal
from markovsym.spaces import Constraint, Kind, Orthogonal


@final
@dataclass(frozen=True)
class UnitaryGroup(MatrixGroup, CompactGroup):
    """The n by n unitary matrices; every ``dtype`` is the real one of their precision.

    Raises ``ValueError`` if ``n`` is less than 1.
    """

    n: int
    kind: ClassVar[Kind] = Kind.COMPLEX
    constraint: ClassVar[Constraint] = Orthogonal()

    def __str__(self) -> str:
        return f"U({self.n})"

    def inverse(self, g: Complex[Tensor, "*batch n n"]) -> Complex[Tensor, "*batch n n"]:
        """The conjugate transpose of ``g``."""
        return g.mH

    def contains(
        self, g: Complex[Tensor, "*batch n n"], *, tolerance: float = 1e-4
    ) -> Bool[Tensor, "*batch"]:
        """Whether the columns are orthonormal."""
        self.space.measure(g)
        return Orthogonal().violation(g) <= tolerance

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Complex[Tensor, "n n"]]:
        """The identity: the group is connected."""
        return [self.identity(dtype=dtype, device=device)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Complex[Tensor, "n n"]]:
        """A phase of one radian on the first axis, and a turn by one in each coordinate plane."""
        phases = torch.zeros(self.n, dtype=dtype, device=device)
        phases[0] = 1.0
        phase = torch.diag(torch.polar(torch.ones_like(phases), phases))
        real = turns(self.n, dtype=dtype, device=device)
        return [phase, *(turn.to(phase.dtype) for turn in real)]

    def haar(
        self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32
    ) -> Complex[Tensor, "*batch n n"]:
        """Draw from the Haar measure.

        Args:
            *batch: Batch shape of the draw.
            generator: Source of randomness; the draw lies on its device.
            dtype: Real floating point type of the precision of the draw.

        Source:
            Mezzadri (2007), section 5. Without the phases, the law depends on the QR routine.
        """
        complex_type = self.kind.dtype(dtype)
        return qr_with_signs(
            normal(*batch, self.n, self.n, generator=generator, dtype=complex_type)
        )

    def elements(self, *, device: Device = None) -> NoReturn:
        """Nothing: it raises ``NotFiniteError``."""
        raise not_finite(self)
