"""The molecules that these tests share, built by hand from bond lengths and angles."""

import math

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.molecules import SYMBOLS

Molecule = tuple[Tensor, Tensor]


def molecule(symbols: str, *rows: tuple[float, float, float]) -> Molecule:
    numbers = torch.tensor([SYMBOLS.index(symbol) for symbol in symbols.split()])
    return torch.tensor(rows, dtype=torch.float64), numbers


def line(symbols: str, *places: float) -> Molecule:
    return molecule(symbols, *((x, 0.0, 0.0) for x in places))


def methane() -> Molecule:
    h = 1.09 / 3**0.5
    return molecule("C H H H H", (0, 0, 0), (h, h, h), (h, -h, -h), (-h, h, -h), (-h, -h, h))


def water() -> Molecule:
    half = math.radians(104.5) / 2
    x, y = 0.96 * math.sin(half), 0.96 * math.cos(half)
    return molecule("O H H", (0, 0, 0), (x, y, 0), (-x, y, 0))


def ethene() -> Molecule:
    x, y = 0.665 + 1.087 * math.cos(math.radians(58.7)), 1.087 * math.sin(math.radians(58.7))
    carbons = (0.665, 0, 0), (-0.665, 0, 0)
    return molecule("C C H H H H", *carbons, (x, y, 0), (x, -y, 0), (-x, y, 0), (-x, -y, 0))


def beside(first: Molecule, second: Molecule, apart: float = 10.0) -> Molecule:
    """Two molecules as if they were one, out of each other's reach."""
    shift = torch.tensor([apart, 0.0, 0.0], dtype=torch.float64)
    return torch.cat([first[0], second[0] + shift]), torch.cat([first[1], second[1]])


@pytest.fixture(scope="session")
def known() -> dict[str, Molecule]:
    carbon, hydrogens = methane()
    return {
        "methane": methane(),
        "water": water(),
        "carbon dioxide": line("O C O", -1.162, 0.0, 1.162),
        "nitrogen": line("N N", 0.0, 1.10),
        "hydrogen cyanide": line("H C N", -1.065, 0.0, 1.153),
        "ethene": ethene(),
        "methyl": (carbon[:4], hydrogens[:4]),
        "CH5": molecule("C H H H H H", *carbon.tolist(), (0.0, 0.0, 1.09)),
        "two methanes": beside(methane(), methane()),
        "water and methane": beside(water(), methane()),
        "methane and water": beside(methane(), water()),
        "water and carbon dioxide": beside(water(), line("O C O", -1.162, 0.0, 1.162)),
        "carbon dioxide and water": beside(line("O C O", -1.162, 0.0, 1.162), water()),
    }
