"""QM9: 130,831 molecules of up to nine heavy atoms, and the split that everyone uses.

Source:
    Ramakrishnan et al. (2014) for the molecules; Hoogeboom et al. (2022) for split and sizes.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.datasets.array_file import (
    as_molecules,
    check_arrays,
    read_arrays,
)
from markovsym_diffusion.datasets.cache import cache_folder
from markovsym_diffusion.datasets.qm9_source import VERSION, find_tables, parse_tables
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.storage import write_tensors

VOCABULARY = (1, 6, 7, 8, 9)
"""Atomic numbers that occur: H, C, N, O, F."""

SIZE_HISTOGRAM = {
    3: 1, 4: 4, 5: 5, 6: 9, 7: 16, 8: 49, 9: 124, 10: 362, 11: 807, 12: 1689, 13: 3060, 14: 5136,
    15: 7796, 16: 10644, 17: 13025, 18: 13364, 19: 13832, 20: 9482, 21: 9970, 22: 3393, 23: 4848,
    24: 539, 25: 1506, 26: 48, 27: 266, 29: 25,
}  # fmt: skip
"""How many molecules of the train split have so many atoms."""

CHECKSUMS = {
    "positions": "7dc582107f8efec5e2db5179764bc2ddf26190dcfc8d247753ff149b8e5ce708",
    "atomic_numbers": "12864330fe28f3189ce94a18b379f2c4b1dea95fe2291a1835e6bf52cd032d1b",
    "offsets": "3df6fe5832e45b8a186f56af4f9291242ed81ac5a02a7a0e35b0ef45f9ec2975",
    "index": "54e3c2872ae88920eb296f5a973cb52c0c571e445ca3d744bfedff5d4722f08c",
}
"""SHA-256 of each array of the cache."""

CUTS = {"train": (0, 100_000), "valid": (100_000, 117_748), "test": (117_748, 130_831)}
"""Which part of the permutation each split owns."""


def qm9(split: str, cache: Path | None = None) -> Molecules:
    """One split of QM9: ``train``, ``valid`` or ``test``; see ``load_qm9`` for ``cache``."""
    rows = split_rows(split)
    return load_qm9(cache).take(rows)


def load_qm9(cache: Path | None = None, report: Callable[[str], None] | None = None) -> Molecules:
    """All of QM9, positions in ångström and not centred; parsed once, then kept in a cache.

    Args:
        cache: Folder of the cache, that of the user by default.
        report: Told of every step, if the cache must be built.

    Raises:
        InputError: If ``qm9pack`` is needed and absent, or if the cache is damaged, in which
            case it is left as it is.
    """
    path = cache_path(cache)
    if not path.exists():
        build_qm9(cache, report)
    try:
        return as_molecules(read_arrays(path, CHECKSUMS))
    except InputError as error:
        mend = "delete it, or rebuild it with `markovsym-diffusion data qm9 --rebuild`"
        raise InputError(f"damaged cache: {error}; {mend}") from error


def build_qm9(cache: Path | None = None, report: Callable[[str], None] | None = None) -> Path:
    """Parse QM9 and write its cache, replacing an older one.

    Returns:
        The path of the cache.
    """
    arrays = parse_tables(find_tables(), report)
    check_arrays(arrays, CHECKSUMS, f"the tables of qm9pack {VERSION}")
    path = cache_path(cache)
    write_tensors(path, arrays, {"source": "qm9pack", "version": VERSION, **CHECKSUMS})
    return path


def cache_path(cache: Path | None = None) -> Path:
    """The file of the cache, in ``cache`` or else in that of the user."""
    return cache_folder(cache) / "qm9.safetensors"


def split_rows(split: str) -> Int[Tensor, "molecule"]:
    """Rows of the molecules in a split, in increasing order.

    Raises:
        InputError: If ``split`` is none of ``train``, ``valid`` and ``test``.
    """
    if split not in CUTS:
        raise InputError(f"a split is one of {', '.join(CUTS)}; got {split!r}")
    start, end = CUTS[split]
    return torch.from_numpy(_permutation()[start:end]).sort().values


def _permutation() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows in the order in which the splits are cut from them."""
    legacy = np.random.RandomState(0)  # the published split; a new Generator draws another
    return legacy.permutation(130_831)
