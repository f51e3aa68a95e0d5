"""XYZ files: frames of symbols and coordinates in ångström."""

from itertools import pairwise
from pathlib import Path

from markovsym.files import replace_file
from markovsym_diffusion.molecules import SYMBOLS, Molecules


def write_xyz(molecules: Molecules, path: Path) -> None:
    """Write one XYZ frame for each molecule, with positions to 1e-8 ångström."""
    symbols = [SYMBOLS[number] for number in molecules.numbers.tolist()]
    rows = zip(symbols, molecules.positions.tolist(), strict=True)
    atoms = [f"{symbol:2} {x:.8f} {y:.8f} {z:.8f}\n" for symbol, (x, y, z) in rows]
    frames: list[str] = []
    edges = molecules.offsets.tolist()
    for m, (start, end) in enumerate(pairwise(edges)):
        frames += [f"{end - start}\nmolecule {m}\n", *atoms[start:end]]
    replace_file(path, "".join(frames).encode())
