"""Bond orders from interatomic distances, by the tables that published evaluations share."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from markovsym_diffusion.molecules import NUMBERS, SYMBOLS, InputError, Molecules

"""Atomic numbers by symbol."""

PAIRS = 2**20
"""Pairs of atoms looked at in one go; bounds the memory."""

SINGLE = {
    "H": "H 74 B 119 C 109 N 101 O 96 F 92 Si 148 P 144 S 134 Cl 127 As 152 Br 141 I 161",
    "B": "Cl 175",
    "C": "C 154 N 147 O 143 F 135 Si 185 P 184 S 182 Cl 177 Br 194 I 214",
    "N": "N 145 O 140 F 136 P 177 S 168 Cl 175 Br 214 I 222",
    "O": "O 148 F 142 Si 163 P 163 S 151 Cl 164 Br 172 I 194",
    "F": "F 142 Si 160 P 156 S 158 Cl 166 Br 178 I 187",
    "Si": "Si 233 S 200 Cl 202 Br 215 I 243",
    "P": "P 221 S 210 Cl 203 Br 222",
    "S": "S 204 Cl 207 Br 225 I 234",
    "Cl": "Cl 199 Br 214",
    "Br": "Br 228",
    "I": "I 266",
}
"""Lengths of single bonds in picometres, by element and partner. An absent pair never bonds."""

DOUBLE = {"C": "C 134 N 129 O 120 S 160", "N": "N 125 O 121", "O": "O 121 P 150", "P": "S 186"}
"""Lengths of double bonds in picometres."""

TRIPLE = {"C": "C 120 N 116 O 113", "N": "N 110"}
"""Lengths of triple bonds in picometres."""

MARGINS = (10, 5, 3)
"""How much longer than the table a single, double or triple bond may be, in picometres."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BondRule:
    """What published evaluations do differently with the same bond orders."""

    highest: int = 3
    """Orders above this are lowered to it in the graph that validity sees; stability keeps them."""

    def __post_init__(self) -> None:
        if self.highest not in (1, 2, 3):
            raise InputError(f"the highest bond order must be 1, 2 or 3, got {self.highest}")


QM9_RULE = BondRule()
"""The rule of the published evaluations on QM9."""

GEOM_RULE = BondRule(highest=1)
"""The rule of the published evaluations on GEOM-Drugs: validity sees single bonds only."""


@final
@dataclass(frozen=True, eq=False)
class Bonds:
    """Bonds, molecule after molecule; molecule ``m`` owns ``offsets[m]`` to ``offsets[m + 1]``.

    ``first`` and ``second`` are places of atoms among those of all molecules, the lower one first.
    """

    first: Int[Tensor, "bond"]
    second: Int[Tensor, "bond"]
    orders: Int[Tensor, "bond"]
    offsets: Int[Tensor, "molecule_and_one"]


def bond_orders(
    positions: Float[Tensor, "molecule atom 3"],
    numbers: Int[Tensor, "molecule atom"],
    mask: Bool[Tensor, "molecule atom"],
) -> Int[Tensor, "molecule atom atom"]:
    """Symmetric bond orders, from 0 (no bond) to 3, of all pairs of atoms.

    Args:
        positions: Positions in ångström.
        numbers: Atomic numbers.
        mask: True where an atom exists; nothing bonds to the rest.

    Source:
        Hoogeboom et al. (2022), released code. A bond is double only if it passes as a single one,
        and triple only if it passes as a double one. Our tables are symmetric; theirs lack S=C.
    """
    apart = 100 * torch.cdist(positions, positions, compute_mode="donot_use_mm_for_euclid_dist")
    apart.diagonal(dim1=-2, dim2=-1).fill_(torch.inf)
    numbers = numbers.long() * mask
    pair = numbers.unsqueeze(-1) * len(SYMBOLS) + numbers.unsqueeze(-2)
    passes = torch.ones_like(apart, dtype=torch.bool)
    orders = torch.zeros_like(apart, dtype=torch.int8)
    for longest in (_LONGEST_SINGLE, _LONGEST_DOUBLE, _LONGEST_TRIPLE):
        passes = passes & (apart < longest.to(apart.device).take(pair))
        orders += passes.to(torch.int8)
    return orders


def find_bonds(molecules: Molecules) -> Bonds:
    """All bonds of all molecules.

    Raises:
        InputError: If a molecule has no atoms, an unknown element or an infinite coordinate.
    """
    _admit(molecules)
    nothing = torch.zeros(0, dtype=torch.int64)
    parts = [_bonds_of(molecules, rows) for rows in _chunks(molecules.sizes)]
    parts.append((nothing, nothing, nothing))
    first, second, orders = (torch.cat(column) for column in zip(*parts, strict=True))
    order = first.argsort(stable=True)
    offsets = torch.searchsorted(first[order], molecules.offsets.long())
    return Bonds(first[order], second[order], orders[order], offsets)


def _admit(molecules: Molecules) -> None:
    """Refuse what has no bond orders; atoms on top of each other have, so they pass."""
    owner = torch.repeat_interleave(torch.arange(len(molecules)), molecules.sizes.clamp(min=0))
    infinite = ~molecules.positions.isfinite().all(-1)
    unknown = (molecules.numbers < 1) | (molecules.numbers >= len(SYMBOLS))
    for fault, where in (
        ("has no atoms", (molecules.sizes <= 0).nonzero()),
        ("has an element that is not known", owner[unknown]),
        ("has a coordinate that is not finite", owner[infinite]),
    ):
        if len(where):
            raise InputError(f"molecule {int(where[0])} {fault}")


def _chunks(sizes: Int[Tensor, "molecule"]) -> Iterator[Int[Tensor, "chosen"]]:
    """Molecules of one size each, so that nothing is padded."""
    for size in sizes.unique().tolist():
        rows = (sizes == size).nonzero().squeeze(-1)
        yield from rows.split(max(1, PAIRS // size**2))


def _bonds_of(molecules: Molecules, rows: Int[Tensor, "chosen"]) -> tuple[Tensor, Tensor, Tensor]:
    chosen = molecules.take(rows)
    numbers = chosen.numbers.reshape(len(rows), -1)
    positions = chosen.positions.reshape(len(rows), -1, 3)
    orders = bond_orders(positions, numbers, torch.ones_like(numbers, dtype=torch.bool)).triu()
    molecule, first, second = orders.nonzero(as_tuple=True)
    start = molecules.offsets[rows][molecule].long()
    return start + first, start + second, orders[molecule, first, second].long()


def _longest(lengths: dict[str, str], margin: int) -> Float[Tensor, "element element"]:
    """Length below which two elements bond, in picometres; 0 if they never do."""
    table = torch.zeros(len(SYMBOLS), len(SYMBOLS))
    for symbol, text in lengths.items():
        words = text.split()
        for partner, length in zip(words[::2], words[1::2], strict=True):
            a, b = NUMBERS[symbol], NUMBERS[partner]
            table[a, b] = table[b, a] = int(length) + margin
    return table


_LONGEST_SINGLE = _longest(SINGLE, MARGINS[0])
_LONGEST_DOUBLE = _longest(DOUBLE, MARGINS[1])
_LONGEST_TRIPLE = _longest(TRIPLE, MARGINS[2])
