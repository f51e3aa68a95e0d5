"""Finite subgroups of any group: all their elements, and the table of their products."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym.errors import NotFiniteError
from markovsym.groups.group import Element, Group
from markovsym.spaces import parts_of, value_of

LIMIT = 2000
"""Subgroups of more elements are not listed, unless asked for: a table has the square of them."""

TOLERANCE = 1e-5
"""Elements whose entries differ by less are equal; after 710 turns by 1 radian, they do by 6e-5."""


def closure(
    G: Group, generators: Sequence[Element], *, limit: int = LIMIT, tolerance: float = TOLERANCE
) -> Element:
    """All elements of the subgroup that some elements generate, as one batch, the identity first.

    Args:
        G: Any group.
        generators: Elements without batch dimensions; words of them are multiplied in double
            precision.
        limit: The most elements to list.
        tolerance: Elements whose entries differ by less are equal.

    Raises:
        NotFiniteError: If there are more than ``limit`` elements.
    """
    if not generators or not G.space.factors:
        return G.identity(1)
    letters = [each(_precise, g) for g in generators]
    device = parts_of(letters[0])[0].device
    known = newest = G.identity(1, dtype=torch.float64, device=device)
    while len(entries(newest)):
        before = len(entries(known))
        for g in letters:  # h -> h g is injective, so the products with one letter all differ
            products = G.multiply(newest, g)
            is_new = places(entries(products), entries(known), tolerance) < 0
            fresh = parts_of(each(lambda part, is_new=is_new: part[is_new], products))
            pairs = zip(parts_of(known), fresh, strict=True)
            known = value_of(tuple(torch.cat(pair) for pair in pairs))
            if len(entries(known)) > limit:
                raise NotFiniteError(
                    f"the elements generate more than {limit} elements of {G}; if their subgroup "
                    "is finite, raise the limit"
                )
        newest = each(lambda part, before=before: part[before:], known)
    types = [part.dtype for part in parts_of(generators[0])]
    return value_of(tuple(p.to(t) for p, t in zip(parts_of(known), types, strict=True)))


def cayley_table(
    G: Group, elements: Element, *, tolerance: float = TOLERANCE
) -> Int[Tensor, "element element"]:
    """The numbers of all products of elements of a finite subgroup.

    Only products with a few letters are multiplied; the others are words of these.

    Args:
        G: Any group.
        elements: All elements of the subgroup as one batch, the identity first.
        tolerance: Elements whose entries differ by less are equal.

    Raises:
        ValueError: If they are no subgroup, or one is listed twice.
    """
    rows = entries(elements)
    order = torch.arange(len(rows), device=rows.device)
    if not len(rows) or places(rows[:1], entries(G.identity(1)).to(rows.device), tolerance)[0] < 0:
        raise ValueError(f"wanted all elements of a subgroup of {G}, the identity first")
    if (twice := (places(rows, rows, tolerance) != order).nonzero()).numel():
        raise ValueError(f"element {int(twice[0])} of the subgroup of {G} is listed twice")
    table = order.new_full((len(rows), len(rows)), -1)
    table[:, 0] = order
    letters: list[Tensor] = []
    while (missing := (table[0] < 0).nonzero()).numel():
        c = int(missing[0])
        letters.append(places(entries(G.multiply(elements, pick(elements, c))), rows, tolerance))
        if (outside := (letters[-1] < 0).nonzero()).numel():
            pair = f"elements {int(outside[0])} and {c}"
            raise ValueError(f"no subgroup of {G}: the product of {pair} is not listed")
        _fill(table, letters)
    return table


def _fill(table: Int[Tensor, "element element"], letters: Sequence[Int[Tensor, "element"]]) -> None:
    """Fill in the columns of all words of letters, each of which says where it sends an element."""
    words = (table[0] >= 0).nonzero().flatten().tolist()
    for i in words:  # grows while it is gone through
        for letter in letters:
            if table[0, j := int(letter[i])] < 0:
                table[:, j] = letter[table[:, i]]  # h (w c) is (h w) c
                words.append(j)


def entries(elements: Element) -> Float[Tensor, "row entry"]:
    """All entries of each element of a batch in a row of real numbers, in double precision."""
    parts = [torch.view_as_real(p) if p.is_complex() else p for p in parts_of(elements)]
    return torch.cat([part.unsqueeze(-1).flatten(1).double() for part in parts], dim=1)


def places(
    rows: Float[Tensor, "row entry"], among: Float[Tensor, "other entry"], tolerance: float
) -> Int[Tensor, "row"]:
    """Where each row is found among others, the first place if there are more; -1 if nowhere."""
    near = torch.cdist(rows, among, p=torch.inf) <= tolerance
    return torch.where(near.any(-1), near.int().argmax(-1), -1)


def pick(elements: Element, i: int) -> Element:
    """The entry of a batch at one place."""
    return each(lambda part: part[i], elements)


def each(change: Callable[[Tensor], Tensor], g: Element) -> Element:
    """The element with every tensor changed in one way."""
    return value_of(tuple(change(part) for part in parts_of(g)))


def _precise(part: Tensor) -> Tensor:
    """In double precision, where it has one at all."""
    has_one = part.is_floating_point() or part.is_complex()
    return part.to(torch.promote_types(part.dtype, torch.float64)) if has_one else part
