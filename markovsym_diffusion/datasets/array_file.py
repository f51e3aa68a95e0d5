"""Named arrays whose contents are known beforehand, by their checksums."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.storage import read_tensors


def checksum(array: Tensor) -> str:
    """SHA-256 of the bytes of ``array``, in C order."""
    return hashlib.sha256(array.contiguous().numpy().data).hexdigest()


def read_arrays(path: Path, checksums: Mapping[str, str]) -> dict[str, Tensor]:
    """The arrays in ``path``, whose names and contents must be those of ``checksums``.

    Raises:
        InputError: With what is wrong with the file.
    """
    arrays, _ = read_tensors(path)
    check_arrays(arrays, checksums, str(path))
    return arrays


def check_arrays(arrays: Mapping[str, Tensor], checksums: Mapping[str, str], where: str) -> None:
    """Refuse ``arrays`` unless their names and contents are those of ``checksums``.

    Raises:
        InputError: Naming ``where`` and the first array at fault.
    """
    if arrays.keys() != checksums.keys():
        raise InputError(f"{where} holds {sorted(arrays)}, wanted {sorted(checksums)}")
    for name, expected in checksums.items():
        if checksum(arrays[name]) != expected:
            raise InputError(f"the {name} in {where} are not the ones expected (SHA-256 differs)")


def as_molecules(arrays: Mapping[str, Tensor]) -> Molecules:
    """Molecules from the arrays ``positions`` (ångström), ``atomic_numbers`` and ``offsets``."""
    return Molecules(
        positions=arrays["positions"],
        numbers=arrays["atomic_numbers"].long(),
        offsets=arrays["offsets"].long(),
    )
