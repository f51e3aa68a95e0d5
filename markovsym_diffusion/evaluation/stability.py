"""Stability: do the bond orders of each atom add up to a valency that its element allows?"""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from markovsym_diffusion.evaluation.bonds import find_bonds
from markovsym_diffusion.molecules import NUMBERS, SYMBOLS, InputError, Molecules

VALENCIES = {
    "H": (1,),
    "B": (3,),
    "C": (4,),
    "N": (3,),
    "O": (2,),
    "F": (1,),
    "Al": (3,),
    "Si": (4,),
    "P": (3, 5),
    "S": (4,),
    "Cl": (1,),
    "As": (3,),
    "Br": (1,),
    "I": (1,),
    "Hg": (1, 2),
    "Bi": (3, 5),
}
"""The valencies that each element may have. Sulphur has 4 alone, as published."""

_HIGHEST = 5


@final
@dataclass(frozen=True, eq=False)
class Stability:
    """How many atoms of each molecule are stable."""

    stable: Int[Tensor, "molecule"]
    """Number of stable atoms of each molecule."""
    sizes: Int[Tensor, "molecule"]
    """Number of atoms of each molecule."""

    @property
    def flags(self) -> Bool[Tensor, "molecule"]:
        """True where all atoms of the molecule are stable."""
        return self.stable == self.sizes

    @property
    def stable_atoms(self) -> int:
        """Number of stable atoms in all molecules."""
        return int(self.stable.sum())

    @property
    def atoms(self) -> int:
        """Number of atoms in all molecules."""
        return int(self.sizes.sum())

    @property
    def stable_molecules(self) -> int:
        """Number of molecules whose atoms are all stable."""
        return int(self.flags.sum())

    @property
    def molecules(self) -> int:
        """Number of molecules."""
        return len(self.sizes)


def stability(molecules: Molecules) -> Stability:
    """Count the stable atoms of each molecule.

    Raises:
        InputError: If an element has no known valency.

    Source:
        Hoogeboom et al. (2022), released code. No charges and no aromatic bonds.
    """
    numbers = molecules.numbers.long()
    bonds = find_bonds(molecules)
    _need_valencies(numbers)
    valency = torch.zeros_like(numbers)
    valency.index_add_(0, bonds.first, bonds.orders).index_add_(0, bonds.second, bonds.orders)
    stable = _ALLOWED[numbers, valency.clamp(max=_HIGHEST + 1)]
    sizes = molecules.sizes.long()
    owner = torch.repeat_interleave(torch.arange(len(sizes)), sizes)
    return Stability(torch.zeros_like(sizes).index_add_(0, owner, stable.long()), sizes)


def _need_valencies(numbers: Int[Tensor, "atom"]) -> None:
    unknown = numbers[~_ALLOWED[numbers].any(-1)].unique().tolist()
    if unknown:
        came = ", ".join(SYMBOLS[number] for number in unknown)
        raise InputError(f"stability wants elements among {', '.join(VALENCIES)}, got {came}")


def _allowed() -> Bool[Tensor, "element valency"]:
    """By atomic number and valency; the last column stands for all that is too high."""
    table = torch.zeros(len(SYMBOLS), _HIGHEST + 2, dtype=torch.bool)
    for symbol, valencies in VALENCIES.items():
        table[NUMBERS[symbol], list(valencies)] = True
    return table


_ALLOWED = _allowed()
