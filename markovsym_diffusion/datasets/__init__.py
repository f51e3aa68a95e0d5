"""Data sets of molecules, the law of their sizes, and the batches that training sees."""

from markovsym_diffusion.datasets.batching import SizeSorted
from markovsym_diffusion.datasets.dataset import DataSet
from markovsym_diffusion.datasets.door import data_set
from markovsym_diffusion.datasets.qm9 import (
    SIZE_HISTOGRAM,
    VOCABULARY,
    build_qm9,
    load_qm9,
    qm9,
    split_rows,
)
from markovsym_diffusion.datasets.resident import Resident
from markovsym_diffusion.datasets.sizes import SizeDistribution

__all__ = [
    "SIZE_HISTOGRAM",
    "VOCABULARY",
    "DataSet",
    "Resident",
    "SizeDistribution",
    "SizeSorted",
    "build_qm9",
    "data_set",
    "load_qm9",
    "qm9",
    "split_rows",
]
