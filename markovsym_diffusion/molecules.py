"""Molecules: ragged storage of positions and atomic numbers, and padded batches of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from markovsym.errors import MarkovsymError

CLOSEST = 1e-3
"""Two atoms nearer than this, in ångström, are taken for one atom written twice."""

MOST_ATOMS = 10_000
"""Larger molecules are refused."""

PAIRS_AT_A_TIME = 4_000_000
"""So many pairs of atoms are compared at once, to bound the memory that takes."""

_ROWS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As "
    "Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd "
    "Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi"
)

SYMBOLS = ("no atom", *_ROWS.split())
"""Element symbols; the place is the atomic number."""

NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS) if number}
"""Atomic numbers by symbol."""


class InputError(MarkovsymError, ValueError):
    """Molecules, files or settings that this package cannot take."""


@final
@dataclass(frozen=True, eq=False)
class Padded:
    """A batch of molecules side by side; ``mask`` is true where an atom exists.

    Positions are in ångström; places without an atom hold zeros.
    """

    positions: Float[Tensor, "molecule atom 3"]
    numbers: Int[Tensor, "molecule atom"]
    mask: Bool[Tensor, "molecule atom"]

    def to(self, device: torch.device) -> "Padded":
        """The same batch on ``device``."""
        return Padded(self.positions.to(device), self.numbers.to(device), self.mask.to(device))


@final
@dataclass(frozen=True, eq=False)
class Molecules:
    """Molecules one after the other; ``m`` owns the atoms ``offsets[m]`` to ``offsets[m + 1]``.

    Positions are in ångström, as they were given (not centred); ``numbers`` are atomic numbers.
    """

    positions: Float[Tensor, "atom 3"]
    numbers: Int[Tensor, "atom"]
    offsets: Int[Tensor, "molecule_and_one"]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> Int[Tensor, "molecule"]:
        """Number of atoms of each molecule."""
        return self.offsets.diff()

    def one(self, index: int) -> tuple[Float[Tensor, "atom 3"], Int[Tensor, "atom"]]:
        """Positions and atomic numbers of one molecule."""
        atoms = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        return self.positions[atoms], self.numbers[atoms]

    def take(self, index: Int[Tensor, "chosen"]) -> "Molecules":
        """The chosen molecules, in that order."""
        first = self.offsets[index]
        sizes = self.offsets[index + 1] - first  # not self.sizes, which reads all offsets
        offsets = starts(sizes)
        shift = torch.repeat_interleave(first - offsets[:-1], sizes)
        atoms = torch.arange(int(offsets[-1])) + shift
        return Molecules(self.positions[atoms], self.numbers[atoms], offsets)

    def padded(self, index: Int[Tensor, "chosen"] | None = None) -> Padded:
        """The chosen molecules, or all, as a batch, each with its centre of mass at zero."""
        chosen = self if index is None else self.take(index)
        sizes = chosen.sizes
        mask = torch.arange(int(sizes.max())) < sizes.unsqueeze(-1)
        positions = chosen.positions.new_zeros((*mask.shape, 3))
        positions[mask] = chosen.positions
        numbers = torch.zeros(mask.shape, dtype=torch.int64)
        numbers[mask] = chosen.numbers.long()
        centre = positions.sum(1, keepdim=True) / sizes[:, None, None]
        return Padded((positions - centre) * mask.unsqueeze(-1), numbers, mask)

    def checked(self) -> "Molecules":
        """These molecules, if each has an atom, known elements, finite and distinct positions.

        Raises:
            InputError: With the number of the first molecule that does not, and why.
        """
        for fault, where in _faults(self):
            if bool(where.any()):
                raise InputError(f"molecule {int(where.nonzero()[0])} {fault}")
        return self


def starts(sizes: Int[Tensor, "molecule"]) -> Int[Tensor, "molecule_and_one"]:
    """Where each molecule starts, and the end of the last."""
    return torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])


def gather(parts: Iterable[tuple[Tensor, Tensor]]) -> Molecules:
    """Molecules from pairs of positions, in ångström, and atomic numbers."""
    positions, numbers = zip(*parts, strict=True)
    sizes = torch.tensor([len(part) for part in positions])
    return Molecules(torch.cat(positions), torch.cat(numbers), starts(sizes))


def join(batches: Sequence[Padded]) -> Molecules:
    """The molecules of several batches, one after the other."""
    sizes = torch.cat([batch.mask.sum(-1) for batch in batches])
    positions = torch.cat([batch.positions[batch.mask] for batch in batches])
    numbers = torch.cat([batch.numbers[batch.mask] for batch in batches])
    return Molecules(positions, numbers, starts(sizes))


def _faults(molecules: Molecules) -> Iterable[tuple[str, Bool[Tensor, "molecule"]]]:
    """What may be wrong with a molecule, and which molecules it befalls; cheapest first."""
    sizes = molecules.sizes
    yield "has no atoms", sizes <= 0
    owner = torch.repeat_interleave(torch.arange(len(molecules)), sizes)
    unknown = (molecules.numbers < 1) | (molecules.numbers >= len(SYMBOLS))
    yield "has an element that is not known", _owners(owner, unknown, len(molecules))
    infinite = ~molecules.positions.isfinite().all(-1)
    yield "has a coordinate that is not finite", _owners(owner, infinite, len(molecules))
    yield f"has two atoms closer than {CLOSEST} ångström", _crowded(molecules)


def _owners(
    owner: Int[Tensor, "atom"], bad: Bool[Tensor, "atom"], count: int
) -> Bool[Tensor, "molecule"]:
    flags = torch.zeros(count, dtype=torch.bool)
    flags[owner[bad]] = True
    return flags


def _crowded(molecules: Molecules) -> Bool[Tensor, "molecule"]:
    crowded = torch.zeros(len(molecules), dtype=torch.bool)
    for size in molecules.sizes.unique().tolist():
        rows = (molecules.sizes == size).nonzero().squeeze(-1)
        for chunk in rows.split(max(1, PAIRS_AT_A_TIME // size**2)):
            points = molecules.take(chunk).positions.reshape(-1, size, 3)
            apart = (points.unsqueeze(1) - points.unsqueeze(2)).square().sum(-1).sqrt()
            apart.diagonal(dim1=-2, dim2=-1).fill_(torch.inf)
            crowded[chunk] = (apart < CLOSEST).flatten(1).any(1)
    return crowded
