"""Named arrays in one safetensors file: written whole or not at all, and checked when read."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from markovsym_diffusion.molecules import InputError, Molecules


def checksum(array: Tensor) -> str:
    """SHA-256 of the bytes of ``array``, in C order."""
    return hashlib.sha256(array.contiguous().numpy().data).hexdigest()


def write_arrays(path: Path, arrays: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write ``arrays`` to ``path``, replacing what was there in one step.

    Raises:
        InputError: If the folder cannot be made or written; ``path`` then is as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(save(dict(arrays), dict(metadata)))
        draft.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        _discard(draft)


def read_arrays(path: Path, checksums: Mapping[str, str]) -> dict[str, Tensor]:
    """The arrays in ``path``, whose names and contents must be those of ``checksums``.

    Raises:
        InputError: With what is wrong with the file.
    """
    try:
        arrays = load(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except SafetensorError as error:
        raise InputError(f"{path} is cut short or no safetensors file") from error
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


def _discard(draft: Path) -> None:
    """Remove ``draft`` if it is there; its folder may not even exist."""
    if draft.is_file():
        draft.unlink()
