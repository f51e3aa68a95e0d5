"""One door to every data set."""

import difflib
from collections.abc import Callable
from pathlib import Path

from markovsym_diffusion.datasets.data_folder import read_data_set
from markovsym_diffusion.datasets.dataset import SPLITS, DataSet
from markovsym_diffusion.datasets.geom import load_geom
from markovsym_diffusion.datasets.qm9 import SIZE_HISTOGRAM, VOCABULARY, load_qm9, split_rows
from markovsym_diffusion.datasets.sizes import SizeDistribution
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError

NAMES = ("qm9", "geom")
"""The data sets that have names."""


def data_set(name: str, report: Callable[[str], None] | None = None) -> DataSet:
    """A data set, to train on or to score.

    Args:
        name: ``qm9``, ``geom``, or the folder of a data set made from own files.
        report: Told of every step, if the cache of QM9 must be built.

    Raises:
        InputError: If there is none of that name, or its cache is absent or damaged.
    """
    if name == "qm9":
        return _qm9(report)
    if name == "geom":
        return load_geom()
    if Path(name).is_dir():
        return read_data_set(Path(name), name)
    near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.5)
    known = f"there are {', '.join(NAMES)}, and folders made by `data from-files`"
    hint = f"did you mean {near[0]}?" if near else known
    raise InputError(f"no data set is called {name!r}; {hint}")


def _qm9(report: Callable[[str], None] | None) -> DataSet:
    molecules = load_qm9(report=report)
    return DataSet(
        name="qm9",
        splits={split: molecules.take(split_rows(split)) for split in SPLITS},
        sizes=SizeDistribution(SIZE_HISTOGRAM),
        features=AtomFeatures(vocabulary=VOCABULARY),
    )
