"""Molecules from files, whatever the format."""

from collections.abc import Callable
from pathlib import Path

from markovsym_diffusion.datasets.formats.npz import read_npz
from markovsym_diffusion.datasets.formats.sdf import read_sdf
from markovsym_diffusion.datasets.formats.xyz import read_xyz
from markovsym_diffusion.molecules import MOST_ATOMS, InputError, Molecules

_READERS: dict[str, Callable[[Path], Molecules]] = {
    ".xyz": read_xyz,
    ".sdf": read_sdf,
    ".npz": read_npz,
}


def read_molecules(path: Path) -> Molecules:
    """Read molecules from a file that ends in ``.xyz``, ``.sdf`` or ``.npz``.

    Returns:
        Molecules with float32 positions, whatever the file holds.

    Raises:
        InputError: In one line, with what was wanted and what came.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        came = f"one that ends in {path.suffix}" if path.suffix else "one without an ending"
        raise InputError(f"{path}: wanted a file that ends in .xyz, .sdf or .npz, got {came}")
    try:
        return _small(reader(path)).checked()
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _small(molecules: Molecules) -> Molecules:
    most = int(molecules.sizes.max())
    if most > MOST_ATOMS:
        raise InputError(f"wanted molecules of at most {MOST_ATOMS} atoms, got one of {most}")
    return molecules
