"""The tables of QM9 as the package ``qm9pack`` carries them: found, checked and parsed.

Importing ``qm9pack`` fails beside a recent setuptools, so its files are found without running it.

Source:
    Ramakrishnan et al. (2014), Scientific Data 1, 140022, doi 10.1038/sdata.2014.22.
"""

import csv
import hashlib
import importlib.util
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from markovsym_diffusion.molecules import NUMBERS, InputError, starts

VERSION = "1.0.3"
"""The version of ``qm9pack`` that the checksums belong to."""

INSTALL = f"pip install --no-deps qm9pack=={VERSION}"
"""The command that brings the tables."""

TABLES = {
    "qm9_part1.csv": "19f0a5d595462d52cd82eef3370f3e9eb55a1f52cb14985657200349568deff3",
    "qm9_part2.csv": "2bca113fdc0b28a13563c80ed9b240e934f3da6c64c64fe74ddb4f0f36036e61",
    "qm9_part3.csv": "9c5efb5733d2af149db8d95d36ff198b4ffed12d9f7b344220a1e5877d5c6a43",
}
"""SHA-256 of each table, in the order in which they are read."""


LIST_MARKS = str.maketrans("", "", "[]'")
"""What to strip from a list before a split at commas; no JSON, numbers may end in a bare dot."""


def find_tables() -> list[Path]:
    """The tables of the installed ``qm9pack``, checked.

    Raises:
        InputError: If the package is absent, or a table is absent or not that of ``VERSION``.
    """
    spec = importlib.util.find_spec("qm9pack")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(f"QM9 comes from the package qm9pack, which is not installed: {INSTALL}")
    folder = Path(spec.submodule_search_locations[0]) / "data"
    tables = [folder / name for name in TABLES]
    for table in tables:
        _check_table(table)
    return tables


def parse_tables(
    tables: list[Path], report: Callable[[str], None] | None = None
) -> dict[str, Tensor]:
    """Parse tables into ragged arrays, molecules in the order of their rows.

    Args:
        tables: Paths of the tables.
        report: Told of every table that is begun.

    Returns:
        ``positions`` in ångström, as they stand in the table, ``atomic_numbers``, ``offsets``
        (where each molecule starts, and the end of the last) and ``index``, from 1, in GDB-9.
    """
    positions, numbers, sizes, index = array("f"), bytearray(), array("i"), array("i")
    for table in tables:
        if report is not None:
            report(f"reading {table.name}")
        for row in _rows(table):
            index.append(int(row["Index"]))
            sizes.append(int(row["N_atoms"]))
            numbers.extend(NUMBERS[symbol] for symbol in _items(row["Elements"]))
            positions.extend(map(float, _items(row["XYZ_Ang"])))
    return {
        "positions": torch.frombuffer(positions, dtype=torch.float32).reshape(-1, 3),
        "atomic_numbers": torch.frombuffer(numbers, dtype=torch.uint8),
        "offsets": starts(torch.frombuffer(sizes, dtype=torch.int32)).to(torch.int32),
        "index": torch.frombuffer(index, dtype=torch.int32),
    }


def _check_table(table: Path) -> None:
    if not table.is_file():
        raise InputError(f"{table} is missing; install qm9pack anew: {INSTALL} --force-reinstall")
    with table.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != TABLES[table.name]:
        raise InputError(
            f"{table} is not that of qm9pack {VERSION} (SHA-256 differs); "
            f"install it anew: {INSTALL} --force-reinstall"
        )


def _rows(table: Path) -> Iterator[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _items(text: str) -> list[str]:
    """The items of a list, or of a list of lists, as the tables write it."""
    return text.translate(LIST_MARKS).split(",")
