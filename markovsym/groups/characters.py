"""Homomorphisms everybody knows: determinant, sign, permutation matrices, fixed axes and places."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int, Num
from torch import Tensor

from markovsym.errors import CompositionError
from markovsym.groups.cyclic import CyclicGroup
from markovsym.groups.homomorphism import Embedding, Homomorphism
from markovsym.groups.linear import GeneralLinearGroup
from markovsym.groups.matrices import MatrixGroup
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.groups.symmetric import SymmetricGroup
from markovsym.groups.unitary import UnitaryGroup


@final
@dataclass(frozen=True)
class Determinant(Homomorphism):
    """O(n) -> O(1), U(n) -> U(1) or GL(n) -> GL(1): numbers, as matrices of one entry.

    Raises:
        CompositionError: For another group of matrices.
    """

    of: MatrixGroup

    def __post_init__(self) -> None:
        if not isinstance(self.of, OrthogonalGroup | UnitaryGroup | GeneralLinearGroup):
            raise CompositionError(f"wanted O(n), U(n) or GL(n), got {self.of}")

    @property
    def dom(self) -> MatrixGroup:
        """The group of matrices."""
        return self.of

    @property
    def cod(self) -> MatrixGroup:
        """Its member with n = 1."""
        match self.of:
            case OrthogonalGroup():
                return OrthogonalGroup(1)
            case UnitaryGroup():
                return UnitaryGroup(1)
            case _:
                return GeneralLinearGroup(1)

    def __call__(self, h: Num[Tensor, "*batch n n"]) -> Num[Tensor, "*batch 1 1"]:
        """The determinant of ``h``; exactly 1 or -1 in O(1)."""
        found = torch.linalg.det(h)[..., None, None]
        return found.sign() if isinstance(self.of, OrthogonalGroup) else found

    def stretch(self, d: Num[Tensor, "*batch 1 1"]) -> Num[Tensor, "*batch n n"]:
        """A matrix of determinant ``d``: it scales the first axis and leaves the others."""
        e = torch.eye(self.of.n, dtype=d.dtype, device=d.device)
        first = torch.zeros_like(e)
        first[0, 0] = 1.0
        return e + (d - 1.0) * first


@final
@dataclass(frozen=True)
class Sign(Homomorphism):
    """S(n) -> C(2): 0 for even permutations and 1 for odd ones."""

    n: int

    @property
    def dom(self) -> SymmetricGroup:
        """S(n)."""
        return SymmetricGroup(self.n)

    @property
    def cod(self) -> CyclicGroup:
        """C(2)."""
        return CyclicGroup(2)

    def __call__(self, h: Int[Tensor, "*batch n"]) -> Int[Tensor, "*batch"]:
        """The number of inversions of ``h``, modulo 2."""
        later = torch.ones(self.n, self.n, dtype=torch.bool, device=h.device).triu(1)
        return ((h.unsqueeze(-1) > h.unsqueeze(-2)) & later).sum((-2, -1)) % 2


@final
@dataclass(frozen=True)
class PermutationMatrices(Homomorphism):
    """S(n) -> O(n): the matrix that sends axis ``i`` to axis ``h[i]``."""

    n: int

    @property
    def dom(self) -> SymmetricGroup:
        """S(n)."""
        return SymmetricGroup(self.n)

    @property
    def cod(self) -> OrthogonalGroup:
        """O(n)."""
        return OrthogonalGroup(self.n)

    def __call__(self, h: Int[Tensor, "*batch n"]) -> Float[Tensor, "*batch n n"]:
        """A one in column ``i`` at row ``h[i]``; in double precision, which actions lower."""
        return torch.nn.functional.one_hot(h, self.n).mT.double()


@final
@dataclass(frozen=True)
class FixingAxes(Embedding):
    """O(n - k) -> O(n), which leaves the first k axes alone; also SO, with ``proper``.

    Raises:
        ValueError: Unless 0 < k < n.
    """

    n: int
    k: int
    proper: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.k < self.n:
            raise ValueError(f"wanted 0 < k < n, got n = {self.n} and k = {self.k}")

    @property
    def dom(self) -> OrthogonalGroup | SpecialOrthogonalGroup:
        """O(n - k)."""
        return self._group(self.n - self.k)

    @property
    def cod(self) -> OrthogonalGroup | SpecialOrthogonalGroup:
        """O(n)."""
        return self._group(self.n)

    def __call__(self, h: Float[Tensor, "*batch m m"]) -> Float[Tensor, "*batch n n"]:
        """``h`` on the last axes."""
        e = torch.eye(self.n, dtype=h.dtype, device=h.device)
        whole = e.expand(*h.shape[:-2], self.n, self.n).clone()
        whole[..., self.k :, self.k :] = h
        return whole

    def back(self, g: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch m m"]:
        """The block of the last axes."""
        return g[..., self.k :, self.k :]

    def _group(self, n: int) -> OrthogonalGroup | SpecialOrthogonalGroup:
        return SpecialOrthogonalGroup(n) if self.proper else OrthogonalGroup(n)


@final
@dataclass(frozen=True)
class FixingPlaces(Embedding):
    """S(n - k) -> S(n), which leaves the first k places alone. ``ValueError`` unless 0 < k < n."""

    n: int
    k: int

    def __post_init__(self) -> None:
        if not 0 < self.k < self.n:
            raise ValueError(f"wanted 0 < k < n, got n = {self.n} and k = {self.k}")

    @property
    def dom(self) -> SymmetricGroup:
        """S(n - k)."""
        return SymmetricGroup(self.n - self.k)

    @property
    def cod(self) -> SymmetricGroup:
        """S(n)."""
        return SymmetricGroup(self.n)

    def __call__(self, h: Int[Tensor, "*batch m"]) -> Int[Tensor, "*batch n"]:
        """``h`` on the last places."""
        still = torch.arange(self.k, device=h.device).expand(*h.shape[:-1], self.k)
        return torch.cat([still, h + self.k], dim=-1)

    def back(self, g: Int[Tensor, "*batch n"]) -> Int[Tensor, "*batch m"]:
        """What ``g`` does on the last places."""
        return g[..., self.k :] - self.k
