"""Building the cache of GEOM-Drugs, which is larger than most memories."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.datasets.array_folder import appending, read_folder
from markovsym_diffusion.datasets.data_folder import write_data_set
from markovsym_diffusion.datasets.geom import FEATURES, check_published, geom_path
from markovsym_diffusion.datasets.geom_conformers import lowest_conformers
from markovsym_diffusion.datasets.geom_source import records
from markovsym_diffusion.datasets.new_folder import new_folder
from markovsym_diffusion.datasets.sizes import SizeDistribution
from markovsym_diffusion.datasets.splits import split_groups, split_in_order
from markovsym_diffusion.molecules import InputError

Tell = Callable[[float, str], None]
"""Takes the share of the download that is read, and a word on what was found."""


def build_geom(
    source: Path,
    *,
    permutation: Path | None = None,
    seed: int = 0,
    cache: Path | None = None,
    tell: Tell = lambda share, word: None,
) -> Path:
    """Read a download of GEOM-Drugs and write its cache, replacing an older one.

    Args:
        source: ``drugs_crude.msgpack``, or the folder that holds ``summary_drugs.json``.
        permutation: ``geom_permutation.npy``, the published order of the conformers in
            ``drugs_crude.msgpack``; without it whole molecules are drawn into the splits, and
            likelihoods compare with no published ones.
        seed: Of that draw.
        cache: Folder of the cache, that of the user by default.
        tell: Told how reading stands.

    Returns:
        The path of the cache.

    Raises:
        InputError: If the download is damaged, or the permutation does not fit.
    """
    order = None if permutation is None else _read_permutation(permutation, source)
    path = geom_path(cache)
    skipped: Counter[str] = Counter()
    with new_folder(path) as draft, TemporaryDirectory(dir=draft) as temporary:
        counts = _collect(source, Path(temporary), skipped, tell)
        conformers = read_folder(Path(temporary))
        check_published(SizeDistribution.from_sizes(conformers.sizes))
        about = {
            "source": source.name,
            "split": f"by molecule, seed {seed}" if order is None else "published, by conformer",
            "molecules": len(counts),
            "skipped": dict(+skipped),
        }
        write_data_set(draft, conformers, _splits(counts, order, seed), FEATURES, about)
    return path


def _collect(source: Path, folder: Path, skipped: Counter[str], tell: Tell) -> Int[Tensor, "group"]:
    """Copy the conformers that are taken into a folder; gives how many each molecule has."""
    counts: list[int] = []
    with appending(folder) as append:
        for share, record in records(source, skipped):
            molecules = lowest_conformers(record, skipped)
            if molecules is not None:
                append(molecules)
                counts.append(len(molecules))
            tell(share, f"{len(counts):,} molecules")
        if not counts:
            raise InputError(f"{source} holds no molecule that can be taken: {dict(+skipped)}")
    return torch.tensor(counts)


def _splits(
    counts: Int[Tensor, "group"], order: Int[Tensor, "conformer"] | None, seed: int
) -> dict[str, Int[Tensor, "_"]]:
    if order is None:
        return split_groups(counts, generator=torch.Generator().manual_seed(seed))
    total = int(counts.sum())
    if len(order) != total:
        raise InputError(
            f"the permutation orders {len(order)} conformers, but {total} were read: leave it out"
        )
    return split_in_order(order)


def _read_permutation(path: Path, source: Path) -> Int[Tensor, "conformer"]:
    """The permutation in a file, checked before hours are spent on reading the source."""
    if source.is_dir():
        raise InputError(
            f"a permutation orders the conformers of drugs_crude.msgpack, not {source}"
        )
    try:
        order = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} cannot be read as an array: {error}") from error
    if not np.array_equal(np.sort(order, axis=None), np.arange(np.size(order))):
        raise InputError(f"{path} is no permutation: wanted each of 0, 1, 2, ... once")
    return torch.from_numpy(order.astype(np.int64))
