"""Elements of a group with names, to test by and to speak of in messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import final

import torch
from torch import Tensor

from markovsym.groups import (
    DirectProduct,
    Element,
    Group,
    MatrixGroup,
    PairGroup,
    SymmetricGroup,
)
from markovsym.groups.enumeration import pick
from markovsym.groups.product import pair
from markovsym.spaces import Kind
from markovsym.testing.inputs.rounding import same

ORDERS = 12
"""Orders of elements are looked for up to here."""

SIZE = 5
"""What stands in for the size that a batch would bring along."""


@final
@dataclass(frozen=True, eq=False)
class Named:
    """An element of a group, and what to call it in a message."""

    name: str
    element: Element


def named_elements(
    G: Group,
    *,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float64,
    generic: int = 3,
) -> list[Named]:
    """The elements that a test should not miss, without batch dimensions, each once.

    The identity, one of each other component, generators, then of groups of matrices minus the
    identity, a mirror and turns of order 3 and 4, as far as they are elements, then random ones
    that go round the components.
    """
    e, *components = G.components(dtype=dtype)
    kinds = {
        "component": components,
        "generator": G.generators(dtype=dtype),
        "special element": list(_special(G, dtype)),
        "random element": _random(G, [e, *components], generic, generator, dtype),
    }
    found = [Named("the identity", e)]
    for kind, elements in kinds.items():
        new = [g for g in elements if not any(same(g, one.element, 1e-9) for one in found)]
        found += [Named(f"{kind} {i + 1}{_facts(G, g)}", g) for i, g in enumerate(new)]
    return found


def sized(G: Group, sizes: Mapping[str, int]) -> Group:
    """The group whose elements move values of these sizes; 5 stands in for a size not known."""
    match G:
        case SymmetricGroup(str(name)):
            return SymmetricGroup(sizes.get(name, SIZE))
        case DirectProduct(left, right):
            return DirectProduct(sized(left, sizes), sized(right, sizes))
        case _:
            return G


def _random(
    G: Group,
    components: list[Element],
    count: int,
    generator: torch.Generator,
    dtype: torch.dtype,
) -> list[Element]:
    """Random elements, one for each component and then others, as many as are wanted."""
    rounds = -(-count // len(components))
    drawn = [pick(G.random(rounds, generator=generator, dtype=dtype), i) for i in range(rounds)]
    return [G.multiply(c, g) for g in drawn for c in components][:count]


def _special(G: Group, dtype: torch.dtype) -> Iterator[Element]:
    """Elements that bugs do not hide from, where the group has them; of pairs, on either side."""
    match G:
        case PairGroup(factors=(left, right)):
            e, f = left.identity(dtype=dtype), right.identity(dtype=dtype)
            ours, theirs = list(_special(left, dtype)), list(_special(right, dtype))
            yield from (pair(n, f) for n in ours)
            yield from (pair(e, h) for h in theirs)
            others = [*left.components(dtype=dtype)[1:], *left.generators(dtype=dtype)][:2]
            yield from (pair(n, h) for n, h in zip(cycle(others), theirs) if others)
        case MatrixGroup(n=n):
            one = torch.eye(n, dtype=G.kind.dtype(dtype))
            yield from (g for g in _matrices(one) if bool(G.contains(g)))
        case _:
            return


def _matrices(one: Tensor) -> Iterator[Tensor]:
    """Minus the identity; with room, mirrors and turns of orders 4 and 3."""
    n = len(one)
    yield -one
    if n > 1:
        last = one.clone()
        last[-1, -1] = -1
        yield last
        quarter = one.clone()
        quarter[:2, :2] = one.new_tensor([[0, -1], [1, 0]])
        yield quarter
    if n > 2:
        third = one.clone()
        third[-3:, -3:] = one[-3:, -3:].roll(1, 0)
        yield third


def _facts(G: Group, g: Element) -> str:
    """Its order if that is small, and which determinant it has."""
    order = _order(G, g)
    facts = [f"of order {order}"] if order else []
    if isinstance(G, MatrixGroup) and G.kind is Kind.REAL:
        facts.append(f"of determinant {float(torch.linalg.det(g)):.3g}")
    return f" ({', '.join(facts)})" if facts else ""


def _order(G: Group, g: Element) -> int | None:
    e = G.identity(dtype=torch.float64)
    power = g
    for order in range(1, ORDERS + 1):
        if same(power, e, 1e-6):
            return order
        power = G.multiply(power, g)
    return None
