"""The cyclic groups C(n) and the dihedral groups D(n), without a table."""

from dataclasses import dataclass
from typing import final

from jaxtyping import Int
from torch import Tensor

from markovsym.groups.numbered import NumberedGroup


@final
@dataclass(frozen=True)
class CyclicGroup(NumberedGroup):
    """The numbers modulo n under addition. Raises ``ValueError`` if ``n`` is less than 1."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"C(n) needs n >= 1, got n = {self.n}")

    def __str__(self) -> str:
        return f"C({self.n})"

    @property
    def order(self) -> int:
        """As the name says: n."""
        return self.n

    @property
    def letters(self) -> tuple[int, ...]:
        """1."""
        return (1,) if self.n > 1 else ()

    def multiply(
        self, g: Int[Tensor, "*#batch"], h: Int[Tensor, "*#batch"]
    ) -> Int[Tensor, "*batch"]:
        """The sum modulo n."""
        return (g + h) % self.n

    def inverse(self, g: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
        """The number that adds up to n, or 0."""
        return -g % self.n


@final
@dataclass(frozen=True)
class DihedralGroup(NumberedGroup):
    """The 2 n symmetries of a regular polygon of n corners.

    The number ``r + n s``, where ``r`` is less than n and ``s`` is 0 or 1, stands for ``s`` flips
    followed by ``r`` turns: rotations come first, then reflections. D(1) has a flip and no turn,
    in D(2) the flip and the half turn commute. Raises ``ValueError`` if ``n`` is less than 1.
    """

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"D(n) needs n >= 1, got n = {self.n}")

    def __str__(self) -> str:
        return f"D({self.n})"

    @property
    def order(self) -> int:
        """Twice n."""
        return 2 * self.n

    @property
    def letters(self) -> tuple[int, ...]:
        """The turn by one corner, and the flip."""
        return (1, self.n) if self.n > 1 else (1,)

    def multiply(
        self, g: Int[Tensor, "*#batch"], h: Int[Tensor, "*#batch"]
    ) -> Int[Tensor, "*batch"]:
        """First ``h``, then ``g``: a flip in ``g`` turns the turns of ``h`` round."""
        flipped = g // self.n
        turns = (g + (1 - 2 * flipped) * h) % self.n
        return turns + self.n * ((flipped + h // self.n) % 2)

    def inverse(self, g: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
        """The turns back; a reflection undoes itself."""
        return (-g % self.n).where(g < self.n, g)
