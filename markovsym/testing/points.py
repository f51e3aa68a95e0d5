"""Points to test at, and elements with names to move them by."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from markovsym.actions import Acted, CosetAction, GSpace
from markovsym.groups import Element, Group, orthonormalise
from markovsym.randomness import normal
from markovsym.spaces import CentreFree, Factor, Kind, Orthogonal, Value, parts_of, value_of
from markovsym.testing.rounding import same

SIZE = 5
"""What stands in for the size that a batch would bring along."""

ORDERS = 12
"""Orders of elements are looked for up to here."""


@final
@dataclass(frozen=True, eq=False)
class Named:
    """An element of a group, and what to call it in a message."""

    name: str
    element: Element


def points(
    X: GSpace, count: int, *, generator: torch.Generator, dtype: torch.dtype = torch.float64
) -> Value:
    """Points of a space: normal numbers under its equations, cosets of random elements.

    Masks are true throughout, whole numbers are zero, and names of sizes stand for 5.
    """
    parts = (_block(block, count, generator, dtype) for block in X.blocks)
    return value_of(tuple(part for one in parts for part in parts_of(one)))


def named_elements(
    G: Group, *, generator: torch.Generator, dtype: torch.dtype = torch.float64
) -> list[Named]:
    """The identity, components, generators and three random elements, without batch dimensions."""
    e, *components = G.components(dtype=dtype)
    kinds = {
        "component": components,
        "generator": G.generators(dtype=dtype),
        "random element": [G.random(generator=generator, dtype=dtype) for _ in range(3)],
    }
    found = [Named("the identity", e)]
    for kind, elements in kinds.items():
        for i, g in enumerate(elements):
            found.append(Named(f"{kind} {i + 1}{_order(G, g)}", g))
    return found


def _order(G: Group, g: Element) -> str:
    e = G.identity(dtype=torch.float64)
    power = g
    for order in range(1, ORDERS + 1):
        if same(power, e, 1e-6):
            return f" (of order {order})"
        power = G.multiply(power, g)
    return ""


def _block(block: Acted, count: int, generator: torch.Generator, dtype: torch.dtype) -> Value:
    match block.action:
        case CosetAction(cosets):
            return cosets.project(cosets.group.random(count, generator=generator, dtype=dtype))
        case _:
            factors = (_factor(one, count, generator, dtype) for one in block.space.factors)
            return value_of(tuple(factors))


def _factor(factor: Factor, count: int, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    shape = (count, *(n if isinstance(n, int) else SIZE for n in factor.shape))
    if factor.kind is Kind.BOOLEAN:
        return torch.ones(shape, dtype=torch.bool)
    if factor.kind is Kind.INTEGER:
        return torch.zeros(shape, dtype=torch.int64)
    x = normal(*shape, generator=generator, dtype=factor.kind.dtype(dtype))
    match factor.constraint:
        case CentreFree():
            return x - x.mean(-2, keepdim=True)
        case Orthogonal():
            return orthonormalise(x)
        case _:
            return x
