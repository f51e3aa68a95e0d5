"""Which differences of group elements are rounding."""

import torch
from torch import Tensor

from markovsym.groups.group import Element, Group
from markovsym.spaces import parts_of

PRECISION = 1e-9
"""Error of a product of elements whose entries are at most 1, in double precision."""


def same(left: Element, right: Element, tolerance: float) -> bool:
    """Whether elements agree in shape and type, exactly in whole numbers, else up to an error."""
    pairs = list(zip(parts_of(left), parts_of(right), strict=True))
    if any(a.shape != b.shape or a.dtype != b.dtype for a, b in pairs):
        return False
    return all(
        torch.allclose(a, b, rtol=0.0, atol=tolerance) if _rounded(a) else torch.equal(a, b)
        for a, b in pairs
    )


def size(G: Group, *elements: Element) -> float:
    """How much errors may grow: the largest entries of elements and of inverses, multiplied."""
    product = 1.0
    for g in elements:
        for part in (*parts_of(g), *parts_of(G.inverse(g))):
            if _rounded(part) and part.numel():
                product *= max(1.0, float(part.abs().max()))
    return product


def _rounded(part: Tensor) -> bool:
    return part.is_floating_point() or part.is_complex()
