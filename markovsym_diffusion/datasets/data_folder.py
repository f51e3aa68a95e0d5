"""Data sets in folders: the arrays of all splits, one split after the other, and some facts."""

import json
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.datasets.array_folder import appending, read_folder
from markovsym_diffusion.datasets.dataset import SPLITS, DataSet
from markovsym_diffusion.datasets.sizes import SizeDistribution
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError, Molecules

FACTS = "facts.json"
"""The file of a data set that says what the arrays hold."""

AT_A_TIME = 10_000
"""So many molecules are copied at once."""


def write_data_set(
    folder: Path,
    molecules: Molecules,
    splits: Mapping[str, Int[Tensor, "_"]],
    features: AtomFeatures,
    about: Mapping[str, Any],
) -> None:
    """Fill an empty folder with a data set.

    Args:
        folder: The folder.
        molecules: All molecules, positions in ångström.
        splits: The molecules of each split.
        features: What atoms are to a model; the scale of the elements is the usual one.
        about: What else to record, as JSON knows it.
    """
    with appending(folder) as append:
        for split in SPLITS:
            for rows in splits[split].split(AT_A_TIME):
                append(molecules.take(rows))
    facts = {
        "splits": {split: len(splits[split]) for split in SPLITS},
        "vocabulary": features.vocabulary,
        "charge_scale": features.charge_scale,
        **about,
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n")


def read_data_set(folder: Path, name: str) -> DataSet:
    """The data set in a folder; sizes are drawn as in all its splits together.

    Args:
        folder: The folder.
        name: What ``data_set`` opens it by.

    Raises:
        InputError: If there is none, or it is damaged.
    """
    facts = read_facts(folder)
    molecules = read_folder(folder)
    try:
        counts = [int(facts["splits"][split]) for split in SPLITS]
        features = AtomFeatures(
            vocabulary=tuple(facts["vocabulary"]), charge_scale=facts["charge_scale"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder / FACTS} is damaged: {error!r}") from error
    if min(counts) < 1 or sum(counts) != len(molecules):
        raise InputError(f"{folder / FACTS} splits {counts}, but there are {len(molecules)}")
    return DataSet(
        name=name,
        splits={
            split: _part(molecules, end - count, end)
            for split, count, end in zip(SPLITS, counts, accumulate(counts), strict=True)
        },
        sizes=SizeDistribution.from_sizes(molecules.sizes),
        features=features,
    )


def read_facts(folder: Path) -> dict[str, Any]:
    """What is recorded of a data set.

    Raises:
        InputError: If there is none.
    """
    try:
        return json.loads((folder / FACTS).read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"{folder} is no data set: {FACTS} is absent or no JSON") from error


def _part(molecules: Molecules, start: int, end: int) -> Molecules:
    """Molecules next to each other, without a copy of their atoms."""
    offsets = molecules.offsets[start : end + 1]
    atoms = slice(int(offsets[0]), int(offsets[-1]))
    return Molecules(molecules.positions[atoms], molecules.numbers[atoms], offsets - offsets[0])
