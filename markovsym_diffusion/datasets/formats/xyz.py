"""XYZ files: frames of symbols and coordinates in ångström."""

import math
import re
from pathlib import Path

import torch

from markovsym_diffusion.datasets.formats.text import quoted, read_text
from markovsym_diffusion.molecules import (
    MOST_ATOMS,
    NUMBERS,
    InputError,
    Molecules,
    starts,
)

FARTHEST = 1e6
"""Coordinates this large are refused, in ångström."""


_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_xyz(path: Path) -> Molecules:
    """Frames one after the other, and nothing else but blank lines at the end."""
    lines = read_text(path).rstrip(" \t\r\n").split("\n")
    sizes: list[int] = []
    atoms: list[tuple[int, list[float]]] = []
    place = 0
    while place < len(lines):
        size = _size(lines[place], place + 1)
        end = place + 2 + size
        if end > len(lines):
            wanted = f"{size} atoms, as line {place + 1} says"
            raise _unlike(len(lines), wanted, "the end of the file")
        atoms += [_atom(lines[k], k + 1) for k in range(place + 2, end)]
        sizes.append(size)
        place = end
    positions = torch.tensor([position for _, position in atoms])
    numbers = torch.tensor([number for number, _ in atoms])
    return Molecules(positions, numbers, starts(torch.tensor(sizes)))


def _size(line: str, place: int) -> int:
    text = line.strip(" \t\r")
    if re.fullmatch("[0-9]{1,9}", text) is None:
        raise _unlike(place, "the number of atoms, in 1 to 9 digits", text)
    if not 1 <= int(text) <= MOST_ATOMS:
        raise _unlike(place, f"1 to {MOST_ATOMS} atoms", text)
    return int(text)


def _atom(line: str, place: int) -> tuple[int, list[float]]:
    fields = line.split()
    if len(fields) < 4:
        raise _unlike(place, "an element and three coordinates", line.strip())
    if fields[0] not in NUMBERS:
        raise _unlike(place, "an element from H to Bi, written like Cl", fields[0])
    return NUMBERS[fields[0]], [_coordinate(field, place) for field in fields[1:4]]


def _coordinate(field: str, place: int) -> float:
    # float() alone would take 1_0, digits of other scripts and nan
    value = float(field) if _DECIMAL.fullmatch(field) else math.inf
    if abs(value) >= FARTHEST:
        raise _unlike(place, f"a finite coordinate below {FARTHEST:g}", field)
    return value


def _unlike(line: int, wanted: str, came: str) -> InputError:
    return InputError(f"line {line}: wanted {wanted}, got {quoted(came)}")
