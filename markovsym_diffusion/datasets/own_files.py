"""A data set from the SDF and XYZ files in a folder."""

from pathlib import Path

import torch

from markovsym_diffusion.datasets.data_folder import write_data_set
from markovsym_diffusion.datasets.formats import read_molecules
from markovsym_diffusion.datasets.new_folder import new_folder
from markovsym_diffusion.datasets.splits import split_at_random
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError, gather

ENDINGS = (".sdf", ".xyz")
"""How the names of the files end that are read."""


def build_from_files(folder: Path, out: Path, *, seed: int = 0) -> None:
    """Write all molecules of a folder as a data set: as they are, duplicates and all.

    The splits are drawn at random, eight tenths to train and one each to valid and test; nuclear
    charges are features, scaled as for QM9.

    Args:
        folder: Holds the files; what lies deeper inside is not read.
        out: Where the data set shall be.
        seed: Of the splits.

    Raises:
        InputError: If ``out`` exists, or naming the file and the molecule that cannot be read.
    """
    if out.exists():
        raise InputError(f"{out} exists already; remove it, or take another --out")
    paths = files_in(folder)
    parts = [read_molecules(path) for path in paths]
    molecules = gather(part.one(m) for part in parts for m in range(len(part)))
    splits = split_at_random(len(molecules), generator=torch.Generator().manual_seed(seed))
    features = AtomFeatures(vocabulary=tuple(molecules.numbers.unique().tolist()))
    about = {"source": [path.name for path in paths], "split": f"at random, seed {seed}"}
    with new_folder(out) as draft:
        write_data_set(draft, molecules, splits, features, about)


def files_in(folder: Path) -> list[Path]:
    """The files of a folder that are read, in order of their names.

    Raises:
        InputError: If there is none.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    except OSError as error:
        raise InputError(
            f"{folder}: wanted a folder that can be read ({error.strerror})"
        ) from error
    if not paths:
        raise InputError(f"{folder}: wanted files that end in .sdf or .xyz, found none")
    return paths
