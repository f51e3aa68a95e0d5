"""npz files: molecules as three arrays."""

import math
import zipfile
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Shaped
from numpy import ndarray

from markovsym_diffusion.datasets.formats.text import quoted
from markovsym_diffusion.molecules import InputError, Molecules

LARGEST_ARRAY = 2**31
"""Larger arrays are refused, in bytes."""

_LAYOUTS = (("positions", "numbers", "offsets"), ("positions", "atomic_numbers", "offsets"))

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_npz(path: Path) -> Molecules:
    """The molecules of an npz file; ``InputError`` says what is wrong with it."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                arrays = [_array(archive, name) for name in _layout(archive)]
        except InputError:
            raise
        except Exception as error:  # damaged bytes make the decoders raise whatever they like
            wanted = "wanted an undamaged .npz archive"
            raise InputError(f"{wanted}, got one with {quoted(error)}") from error
    return _ragged(*arrays)


def _layout(archive: zipfile.ZipFile) -> tuple[str, str, str]:
    names = set(archive.namelist())
    for layout in _LAYOUTS:
        if names >= {f"{name}.npy" for name in layout}:
            return layout
    wanted = " or ".join(", ".join(layout) for layout in _LAYOUTS)
    raise InputError(f"wanted the arrays {wanted}, got {quoted(', '.join(sorted(names)))}")


def _array(archive: zipfile.ZipFile, name: str) -> Shaped[ndarray, "..."]:
    """An array that is no larger than the archive says; a header can promise anything."""
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as member:
        header = _HEADERS[np.lib.format.read_magic(member)]
        shape, _, dtype = header(member)
    size = math.prod(shape) * dtype.itemsize
    if dtype.kind not in "fiu" or not size <= info.file_size <= LARGEST_ARRAY:
        came = f"{quoted(dtype)} of shape {shape} in {info.file_size} bytes"
        raise InputError(f"{name}: wanted numbers in at most {LARGEST_ARRAY} bytes, got {came}")
    with archive.open(info) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def _ragged(
    positions: Shaped[ndarray, "..."],
    numbers: Shaped[ndarray, "..."],
    offsets: Shaped[ndarray, "..."],
) -> Molecules:
    """Molecules from arrays whose kinds and shapes fit together."""
    atoms = len(positions) if positions.ndim else 0
    for name, array, kinds, shape, wanted in (
        ("positions", positions, "f", (atoms, 3), "floats of shape (atoms, 3)"),
        (
            "numbers",
            numbers,
            "iu",
            (atoms,),
            f"integers of shape ({atoms},), one for each position",
        ),
        ("offsets", offsets, "iu", (offsets.size,), "integers in one row"),
    ):
        if array.dtype.kind not in kinds or array.shape != shape:
            raise InputError(f"{name}: wanted {wanted}, got {array.dtype} of shape {array.shape}")
    if offsets.size < 2 or offsets[0] != 0 or offsets[-1] != atoms:
        came = f"{offsets.size} of them, {offsets[:1]} to {offsets[-1:]}"
        raise InputError(f"offsets: wanted at least 2, from 0 to {atoms}, got {came}")
    with np.errstate(over="ignore"):
        return Molecules(
            torch.from_numpy(positions.astype(np.float32)),
            torch.from_numpy(numbers.astype(np.int64)),
            torch.from_numpy(offsets.astype(np.int64)),
        )
