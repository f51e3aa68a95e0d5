"""Homomorphisms from finite groups whose elements are numbers, by the list of their images."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import tau
from typing import Any, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym.groups.cyclic import CyclicGroup, DihedralGroup
from markovsym.groups.enumeration import each
from markovsym.groups.finite import FiniteGroup
from markovsym.groups.group import Element, Group
from markovsym.groups.homomorphism import Homomorphism
from markovsym.groups.numbered import NumberedGroup
from markovsym.groups.orthogonal import OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.groups.symmetric import SymmetricGroup
from markovsym.spaces import parts_of, value_of

PRECISION = 1e-6
"""How far images may be off: they are kept in double precision."""


@final
@dataclass(frozen=True, repr=False)
class Listed(Homomorphism):
    """A homomorphism from a finite group by the image of each element.

    Args:
        start: A group whose elements are numbers.
        end: Any group.
        images: For each element, in their order, the numbers of its image as nested tuples; where
            elements of ``end`` have several tensors, a tuple of these.

    Raises:
        ValueError: If it is no homomorphism, or an image no element.

    Example:
        >>> sign = Listed(CyclicGroup(2), OrthogonalGroup(1), (((1,),), ((-1,),)))
    """

    start: NumberedGroup
    end: Group
    images: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        if len(self.images) != self.start.order:
            wanted = f"{self.start.order} images, one for each element of {self.start}"
            raise ValueError(f"wanted {wanted}, got {len(self.images)}")
        images = _images(self, torch.device("cpu"))
        self.end.space.measure(images)
        outside = (~self.end.contains(images, tolerance=PRECISION)).nonzero()
        if outside.numel():
            raise ValueError(f"the image of {int(outside[0])} is no element of {self.end}")
        h = self.start.elements()
        for c in (0, *self.start.letters):
            g = torch.full_like(h, c)
            left, right = self(self.start.multiply(g, h)), self.end.multiply(self(g), images)
            for one, other in zip(parts_of(left), parts_of(right), strict=True):
                off = (one - other).abs().reshape(len(h), -1).amax(1) > PRECISION
                if off.any():
                    pair = f"{c} and {int(off.nonzero()[0])}"
                    raise ValueError(
                        f"wanted a homomorphism {self}, but the product of the images of {pair} is "
                        "not the image of their product"
                    )

    @staticmethod
    def of(start: NumberedGroup, end: Group, images: Element) -> "Listed":
        """The homomorphism whose images are the entries of a batch, in the order of ``start``."""
        columns = [_nested(part.tolist()) for part in parts_of(images)]
        if len(columns) == 1:
            return Listed(start, end, columns[0])
        return Listed(start, end, tuple(zip(*columns, strict=True)) or ((),) * start.order)

    def __str__(self) -> str:
        return f"{self.start} -> {self.end}"

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """The images are hashed once: they may be many, and are looked up in every call."""
        return hash(self.images)

    def __repr__(self) -> str:
        return f"Listed({self})"

    @property
    def dom(self) -> NumberedGroup:
        """The finite group."""
        return self.start

    @property
    def cod(self) -> Group:
        """Where the images lie."""
        return self.end

    def __call__(self, h: Int[Tensor, "*batch"]) -> Element:
        """The image of ``h``, in double precision; actions take that of their points."""
        return each(lambda part: part[h], _images(self, h.device))


def subgroup(G: Group, elements: Element) -> Listed:
    """The inclusion in ``G`` of a finite subgroup, by its Cayley table.

    Args:
        G: Any group.
        elements: All elements of the subgroup as one batch, the identity first; ``closure`` finds
            them.

    Raises:
        ValueError: If they are no subgroup, or one is listed twice.
    """
    return Listed.of(FiniteGroup.of(G, elements), G, elements)


def rotations(n: int) -> Listed:
    """C(n) -> SO(2): the number k is the turn by k / n of a full one.

    Example:
        >>> import torch
        >>> rotations(4)(torch.tensor(1)).round().tolist()
        [[0.0, -1.0], [1.0, 0.0]]
    """
    return Listed.of(CyclicGroup(n), SpecialOrthogonalGroup(2), _turns(n))


def symmetries_of_polygon(n: int) -> Listed:
    """D(n) -> O(2): turns by k / n of a full one; the flip reverses the second axis."""
    turns, flip = _turns(n), torch.tensor([1.0, -1.0], dtype=torch.float64)
    return Listed.of(DihedralGroup(n), OrthogonalGroup(2), torch.cat([turns, turns * flip]))


def regular_permutations(G: NumberedGroup) -> Listed:
    """G -> S(order): each element permutes the elements by multiplying from the left.

    Source:
        Cayley's theorem.
    """
    g = G.elements()
    return Listed.of(G, SymmetricGroup(G.order), G.multiply(g.unsqueeze(-1), g))


@lru_cache(maxsize=32)
def _images(phi: Listed, device: torch.device) -> Element:
    """All images as one batch, on a device."""
    factors = phi.end.space.factors
    columns = [phi.images] if len(factors) == 1 else list(zip(*phi.images, strict=True))
    types = [factor.kind.dtype(torch.float64) for factor in factors]
    pairs = zip(columns, types, strict=True)
    return value_of(tuple(torch.tensor(one, dtype=dtype, device=device) for one, dtype in pairs))


def _turns(n: int) -> Float[Tensor, "n 2 2"]:
    angles = tau * torch.arange(n, dtype=torch.float64) / n
    first = torch.stack([angles.cos(), angles.sin()], dim=-1)
    second = torch.stack([-angles.sin(), angles.cos()], dim=-1)
    return torch.stack([first, second], dim=-1)


def _nested(values: Any) -> Any:
    """Lists as tuples, so that they can be hashed."""
    return tuple(map(_nested, values)) if isinstance(values, list) else values
