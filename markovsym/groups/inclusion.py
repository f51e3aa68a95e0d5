"""Inclusions of subgroups: factors of a product, and groups whose elements are written alike."""

from dataclasses import dataclass
from typing import Literal, final

import torch

from markovsym.errors import CompositionError
from markovsym.groups.group import Element, Group
from markovsym.groups.homomorphism import Embedding, Homomorphism
from markovsym.groups.numbered import NumberedGroup
from markovsym.groups.product import PairGroup, pair
from markovsym.spaces import dtype_of, parts_of

Side = Literal["left", "right"]
"""A factor of a product: in N x| H, N is on the left."""


@final
@dataclass(frozen=True)
class FactorInclusion(Embedding):
    """N -> N x| H or H -> N x| H, beside the other's identity."""

    product: PairGroup
    side: Side

    @property
    def dom(self) -> Group:
        """The factor."""
        return self.product.factors[0 if self.side == "left" else 1]

    @property
    def cod(self) -> PairGroup:
        """The product."""
        return self.product

    @property
    def other(self) -> "FactorInclusion":
        """The inclusion of the other factor."""
        return FactorInclusion(self.product, "right" if self.side == "left" else "left")

    def __call__(self, h: Element) -> Element:
        """``h`` beside the identity of the other factor."""
        batch, _ = self.dom.space.measure(h)
        parts = parts_of(h)
        device = parts[0].device if parts else None
        e = self.other.dom.identity(*batch, dtype=dtype_of(h), device=device)
        return pair(h, e) if self.side == "left" else pair(e, h)

    def back(self, g: Element) -> Element:
        """The entry of ``g`` in this factor, whatever the other one is."""
        return self.product.split(g)[0 if self.side == "left" else 1]


@final
@dataclass(frozen=True)
class FactorProjection(Homomorphism):
    """N x| H -> H; for a direct product also the one onto the left factor.

    Raises:
        CompositionError: For the left factor of a product that is not direct.
    """

    product: PairGroup
    side: Side = "right"

    def __post_init__(self) -> None:
        if self.side == "left" and not self.product.direct:
            raise CompositionError(
                f"{self.product} has no projection onto {self.product.factors[0]}, which its other "
                'factor moves; wanted side = "right"'
            )

    @property
    def dom(self) -> PairGroup:
        """The product."""
        return self.product

    @property
    def cod(self) -> Group:
        """The factor."""
        return self.product.factors[0 if self.side == "left" else 1]

    def __call__(self, h: Element) -> Element:
        """The entry of ``h`` in this factor."""
        return FactorInclusion(self.product, self.side).back(h)


@final
@dataclass(frozen=True)
class Inclusion(Embedding):
    """A subgroup whose elements are written as those of the group: SO(n) in O(n) in GL(n).

    Raises:
        CompositionError: If the elements are of other shapes, or the generators of ``sub`` do not
            lie in ``group``, or are multiplied otherwise there.
    """

    sub: Group
    group: Group

    def __post_init__(self) -> None:
        shapes = [[(f.shape, f.kind) for f in one.space.factors] for one in (self.sub, self.group)]
        wanted = f"wanted a subgroup of {self.group} with elements written alike, got {self.sub}"
        if shapes[0] != shapes[1] or not _kept(self.sub, self.group):
            raise CompositionError(wanted)

    @property
    def dom(self) -> Group:
        """The subgroup."""
        return self.sub

    @property
    def cod(self) -> Group:
        """The group."""
        return self.group

    def __call__(self, h: Element) -> Element:
        """``h``."""
        return h

    def back(self, g: Element) -> Element:
        """``g``."""
        return g


def _kept(sub: Group, group: Group) -> bool:
    """Whether generators of ``sub`` lie in ``group`` and are multiplied there as in ``sub``."""
    letters = [*sub.components(dtype=torch.float64), *sub.generators(dtype=torch.float64)]
    others = [sub.elements()] if isinstance(sub, NumberedGroup) else letters
    if not all(bool(group.contains(g).all()) for g in others):
        return False
    products = [(sub.multiply(g, h), group.multiply(g, h)) for g in letters for h in others]
    parts = [zip(parts_of(one), parts_of(other), strict=True) for one, other in products]
    return all(torch.allclose(a, b, atol=1e-9) for pairs in parts for a, b in pairs)
