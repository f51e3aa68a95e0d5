"""Finite groups by their Cayley table."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym.groups.enumeration import TOLERANCE, cayley_table
from markovsym.groups.group import Element, Group
from markovsym.groups.numbered import NumberedGroup


@final
@dataclass(frozen=True, repr=False)
class FiniteGroup(NumberedGroup):
    """A group by its Cayley table.

    Args:
        table: The product of elements ``i`` and ``j`` in row ``i``, column ``j``; element 0 is the
            identity.

    Raises:
        ValueError: If the table is not that of a group, with the law that it breaks.

    Example:
        >>> from markovsym.groups.symmetric import SymmetricGroup
        >>> turns = FiniteGroup(((0, 1, 2), (1, 2, 0), (2, 0, 1)))
        >>> FiniteGroup.of(SymmetricGroup(3), SymmetricGroup(3).elements()).order
        6
    """

    table: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if wrong := _misshapen(self.table) or _not_associative(self):
            raise ValueError(f"wanted the table of a group, but {wrong}")

    @staticmethod
    def of(G: Group, elements: Element, *, tolerance: float = TOLERANCE) -> "FiniteGroup":
        """The finite subgroup of ``G`` with these elements, numbered as they come.

        Args:
            G: Any group.
            elements: All elements of the subgroup as one batch, the identity first.
            tolerance: Elements whose entries differ by less are equal.

        Raises:
            ValueError: If they are no subgroup, or one is listed twice.
        """
        rows = cayley_table(G, elements, tolerance=tolerance).tolist()
        numbers = tuple(range(len(rows)))  # kept once each, for a large table
        return FiniteGroup(tuple(tuple(numbers[i] for i in row) for row in rows))

    def __str__(self) -> str:
        return f"FiniteGroup({self.order})"

    def __repr__(self) -> str:  # a table of 100 elements is nothing to read
        return str(self)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """The table is hashed once: it may be large, and is looked up in every product."""
        return hash(self.table)

    @property
    def order(self) -> int:
        """The number of rows."""
        return len(self.table)

    @property
    def letters(self) -> tuple[int, ...]:
        """The first elements that generate all; those that are no involutions come first."""
        return _letters(self)

    def multiply(
        self, g: Int[Tensor, "*#batch"], h: Int[Tensor, "*#batch"]
    ) -> Int[Tensor, "*batch"]:
        """The entry in row ``g`` and column ``h``."""
        return _tensors(self, g.device)[0][g, h]

    def inverse(self, g: Int[Tensor, "*batch"]) -> Int[Tensor, "*batch"]:
        """The column in which row ``g`` has the identity."""
        return _tensors(self, g.device)[1][g]


@lru_cache(maxsize=32)
def _tensors(
    group: FiniteGroup, device: torch.device
) -> tuple[Int[Tensor, "element element"], Int[Tensor, "element"]]:
    """The table and the inverses, on a device."""
    table = torch.tensor(group.table)
    return table.to(device), (table == 0).int().argmax(1).to(device)


@lru_cache(maxsize=32)
def _letters(group: FiniteGroup) -> tuple[int, ...]:
    """Elements such that each one is a product of them, multiplied from left to right."""
    table = group.table
    found, letters = {0}, list[int]()
    for c in sorted(range(group.order), key=lambda c: table[c][c] == 0):
        if c not in found:
            letters.append(c)
            newest = found
            while newest:
                newest = {table[i][letter] for i in newest for letter in letters} - found
                found = found | newest
    return tuple(letters)


def _misshapen(table: tuple[tuple[int, ...], ...]) -> str:
    """How a table is no square with the identity first and each element once in each line."""
    order = list(range(len(table)))
    if not order or any(len(row) != len(order) for row in table):
        return f"{len(order)} rows of lengths {sorted({len(row) for row in table})} are no square"
    square = torch.tensor(table)
    numbers = torch.arange(len(order))
    for name, lines in (("row", square), ("column", square.T)):
        wrong = (lines.sort(1).values != numbers).any(1).nonzero()
        if len(wrong):
            return f"{name} {int(wrong[0])} does not hold each of the {len(order)} elements once"
    if not (torch.equal(square[0], numbers) and torch.equal(square[:, 0], numbers)):
        return "element 0 is not the identity"
    return ""


def _not_associative(group: FiniteGroup) -> str:
    """Three elements for which the product depends on the brackets; the middle one is a letter.

    Source:
        Light's test; Clifford and Preston (1961), section 1.2.
    """
    table = torch.tensor(group.table)
    for c in group.letters:
        wrong = (table[table[:, c]] != table[:, table[c]]).nonzero()
        if len(wrong):
            a, b = wrong[0].tolist()
            left, right = int(table[table[a, c], b]), int(table[a, table[c, b]])
            return f"({a} {c}) {b} = {left} is not {a} ({c} {b}) = {right}"
    return ""
