"""What a recipe trains on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from markovsym_diffusion.datasets.sizes import SizeDistribution
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError, Molecules

SPLITS = ("train", "valid", "test")
"""The splits that every data set has."""


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class DataSet:
    """Molecules in three splits, and what a model has to know of them."""

    name: str
    """What ``data_set`` opens it by."""
    splits: Mapping[str, Molecules]
    """The molecules of each split."""
    sizes: SizeDistribution
    """The law from which generated molecules take their number of atoms."""
    features: AtomFeatures
    """The elements that occur, and whether nuclear charges are features beside them."""

    @property
    def vocabulary(self) -> tuple[int, ...]:
        """Atomic numbers of the elements, ascending."""
        return self.features.vocabulary

    def __len__(self) -> int:
        return sum(len(molecules) for molecules in self.splits.values())

    def split(self, name: str) -> Molecules:
        """The molecules of one split.

        Raises:
            InputError: If ``name`` is none of ``train``, ``valid`` and ``test``.
        """
        if name not in self.splits:
            raise InputError(f"a split is one of {', '.join(self.splits)}; got {name!r}")
        return self.splits[name]
