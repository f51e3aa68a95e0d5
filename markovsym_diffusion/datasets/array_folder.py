"""Molecules in a folder of three arrays, appended one after the other, mapped when read."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from jaxtyping import Shaped
from numpy import ndarray
from torch import Tensor

from markovsym_diffusion.molecules import InputError, Molecules, starts

KINDS = {"positions": "<f4", "numbers": "|i1", "offsets": "<i8"}
"""The type of each array: little-endian floats of ångström, atomic numbers, places of atoms."""


@contextmanager
def appending(folder: Path) -> Generator[Callable[[Molecules], None]]:
    """Molecules, appended one call after the other, become the arrays of ``folder``.

    Memory holds the numbers of atoms and nothing else.
    """
    sizes: list[Tensor] = []
    with (
        _path(folder, "positions").open("wb") as positions,
        _path(folder, "numbers").open("wb") as numbers,
    ):
        _write_header(positions, "positions", (0, 3))
        _write_header(numbers, "numbers", (0,))

        def append(molecules: Molecules) -> None:
            positions.write(molecules.positions.numpy().astype(KINDS["positions"]).tobytes())
            numbers.write(molecules.numbers.numpy().astype(KINDS["numbers"]).tobytes())
            sizes.append(molecules.sizes)

        yield append
        offsets = starts(torch.cat(sizes))
        atoms = int(offsets[-1])
        _write_header(positions, "positions", (atoms, 3))
        _write_header(numbers, "numbers", (atoms,))
    with _path(folder, "offsets").open("wb") as file:
        np.save(file, offsets.numpy().astype(KINDS["offsets"]))


def read_folder(folder: Path) -> Molecules:
    """The molecules of a folder; of positions and numbers only what is asked for is ever read.

    Raises:
        InputError: If an array is absent, damaged, or does not fit the others.
    """
    try:
        # c: what is changed in memory stays there; torch knows no tensor that cannot be changed
        arrays = {name: np.load(_path(folder, name), mmap_mode="c") for name in KINDS}
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{folder}: an array is absent or damaged ({error})") from error
    _check(folder, arrays)
    positions, numbers, offsets = (torch.from_numpy(array) for array in arrays.values())
    return Molecules(positions, numbers, offsets)


def _check(folder: Path, arrays: Mapping[str, Shaped[ndarray, "..."]]) -> None:
    """Refuse arrays of other types or shapes, and offsets that are not those of the atoms."""
    offsets = arrays["offsets"]
    atoms = len(arrays["numbers"])
    shapes = {"positions": (atoms, 3), "numbers": (atoms,), "offsets": (len(offsets),)}
    for name, array in arrays.items():
        if array.dtype.str != KINDS[name] or array.shape != shapes[name]:
            wanted = f"{KINDS[name]} of shape {shapes[name]}"
            came = f"{array.dtype.str} of shape {array.shape}"
            raise InputError(f"{folder}: {name} are damaged: wanted {wanted}, got {came}")
    if len(offsets) < 2 or offsets[0] != 0 or offsets[-1] != atoms or (np.diff(offsets) < 1).any():
        raise InputError(f"{folder}: offsets are damaged: wanted them to rise from 0 to {atoms}")


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"


def _write_header(file: BinaryIO, name: str, shape: tuple[int, ...]) -> None:
    """The start of an npy file; its length is that of any other with as many axes."""
    file.seek(0)
    header = {"descr": KINDS[name], "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
