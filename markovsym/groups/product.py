"""Direct and semidirect products of two groups: pairs, one entry after the other."""

from abc import abstractmethod
from dataclasses import dataclass, field
from itertools import product
from typing import final

import torch
from torch import Tensor

from markovsym.groups.group import Device, Element, Group, NonCompactGroup, not_compact
from markovsym.groups.twists import Automorphisms
from markovsym.randomness import Source
from markovsym.spaces import Space, Value, dtype_of, parts_of, value_of


class PairGroup(Group):
    """The pairs (n, h) of two groups, with (n, h)(n', h') = (n h.n', h h').

    An element is the tensors of ``n`` and then those of ``h``, in one tuple.
    """

    @property
    @abstractmethod
    def factors(self) -> tuple[Group, Group]:
        """The group of n, which is normal, and the group of h."""

    @property
    @abstractmethod
    def direct(self) -> bool:
        """Whether nothing is moved, so that the factors commute."""

    @abstractmethod
    def twist(self, h: Element, n: Element) -> Element:
        """``h.n``, how the right group moves the left one."""

    @property
    def space(self) -> Space:
        """The product of both spaces."""
        left, right = self.factors
        return left.space @ right.space

    def split(self, g: Element) -> tuple[Element, Element]:
        """Both entries of a pair."""
        cut, parts = len(self.factors[0].space.factors), parts_of(g)
        return value_of(parts[:cut]), value_of(parts[cut:])

    def identity(
        self, *batch: int, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> Element:
        """Both identities."""
        return pair(*(one.identity(*batch, dtype=dtype, device=device) for one in self.factors))

    def multiply(self, g: Element, h: Element) -> Element:
        """The product of the left entries, the second one moved, and that of the right entries."""
        (n, k), (m, l), (left, right) = self.split(g), self.split(h), self.factors
        return pair(left.multiply(n, self.twist(k, m)), right.multiply(k, l))

    def inverse(self, g: Element) -> Element:
        """The inverse of each entry, the left one moved back."""
        (n, h), (left, right) = self.split(g), self.factors
        back = right.inverse(h)
        return pair(self.twist(back, left.inverse(n)), back)

    def contains(self, g: Element, *, tolerance: float = 1e-4) -> Tensor:
        """Whether both entries are elements."""
        (n, h), (left, right) = self.split(g), self.factors
        return left.contains(n, tolerance=tolerance) & right.contains(h, tolerance=tolerance)

    def components(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Element]:
        """Every pair of components."""
        sides = (one.components(dtype=dtype, device=device) for one in self.factors)
        return [pair(n, h) for n, h in product(*sides)]

    def generators(
        self, *, dtype: torch.dtype = torch.float32, device: Device = None
    ) -> list[Element]:
        """The generators of each factor, beside the other's identity."""
        e, f = (one.identity(dtype=dtype, device=device) for one in self.factors)
        left, right = (one.generators(dtype=dtype, device=device) for one in self.factors)
        return [*(pair(n, f) for n in left), *(pair(e, h) for h in right)]

    def haar(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> Element:
        """Draw from both Haar measures, independently.

        Raises:
            NotCompactError: If one of the factors has no Haar probability measure.
        """
        return pair(*(one.haar(*batch, generator=generator, dtype=dtype) for one in self.factors))

    def random(self, *batch: int, generator: Source, dtype: torch.dtype = torch.float32) -> Element:
        """An element of each factor, drawn for a test."""
        return pair(*(one.random(*batch, generator=generator, dtype=dtype) for one in self.factors))

    def elements(self, *, device: Device = None) -> Element:
        """Every pair of elements. Raises ``NotFiniteError`` if one factor's cannot be listed."""
        rows = [parts_of(one.elements(device=device)) for one in self.factors]
        left, right = (len(parts[0]) if parts else 1 for parts in rows)
        return value_of(
            tuple(part.repeat_interleave(right, 0) for part in rows[0])
            + tuple(part.repeat(left, *[1] * (part.dim() - 1)) for part in rows[1])
        )


@final
@dataclass(frozen=True)
class DirectProduct(PairGroup):
    """The pairs (g, h), multiplied side by side. Nest for more than two."""

    left: Group
    right: Group

    @property
    def factors(self) -> tuple[Group, Group]:
        """Both groups."""
        return self.left, self.right

    @property
    def direct(self) -> bool:
        """Yes."""
        return True

    def twist(self, h: Element, n: Element) -> Element:
        """``n``: the factors do not move each other."""
        return n

    def __str__(self) -> str:
        return " x ".join(map(_inner, self.factors))


@final
@dataclass(frozen=True)
class SemidirectProduct(PairGroup):
    """N x| H for a group H that moves another, N, by automorphisms.

    Args:
        automorphisms: How H moves N.
        name: What to call it, as in E(3); by default it is written as a product.

    Source:
        Cornish (2024), remarks 3.29 and 3.31.
    """

    automorphisms: Automorphisms
    name: str = field(default="", compare=False)

    @property
    def factors(self) -> tuple[Group, Group]:
        """N and H."""
        return self.automorphisms.moved, self.automorphisms.group

    @property
    def direct(self) -> bool:
        """No."""
        return False

    def twist(self, h: Element, n: Element) -> Element:
        """``h.n``, so that h n h^-1 = h.n in the product."""
        return self.automorphisms(h, n)

    def __str__(self) -> str:
        return self.name or " x| ".join(map(_inner, self.factors))


def pair(n: Element, h: Element) -> Element:
    """The tensors of ``n`` and then those of ``h``."""
    return value_of(parts_of(n) + parts_of(h))


def alike(g: Element, other: Value) -> Element:
    """``g`` in the precision and on the device of another value, as far as that has any."""
    others = parts_of(other)
    if not others:
        return g
    rounded = any(part.is_floating_point() or part.is_complex() for part in others)
    dtype, device = dtype_of(other) if rounded else None, others[0].device
    return value_of(tuple(_cast(part.to(device), dtype) for part in parts_of(g)))


def _cast(part: Tensor, dtype: torch.dtype | None) -> Tensor:
    if dtype and part.is_complex():
        return part.to(dtype.to_complex())
    return part.to(dtype) if dtype and part.is_floating_point() else part


def _inner(group: Group) -> str:
    written = str(group)
    return f"({written})" if " x" in written else written


def is_compact(group: Group) -> bool:
    """Whether the group has a Haar probability measure, as far as is known."""
    if isinstance(group, PairGroup):
        return all(is_compact(factor) for factor in group.factors)
    return not isinstance(group, NonCompactGroup)


def require_compact(group: Group) -> None:
    """Raise ``NotCompactError`` if the group is known to have no Haar probability measure."""
    if isinstance(group, PairGroup):
        for factor in group.factors:
            require_compact(factor)
    elif not is_compact(group):
        raise not_compact(group)
