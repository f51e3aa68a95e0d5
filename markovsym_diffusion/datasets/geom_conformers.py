"""Which conformers of a molecule of GEOM are taken: those of lowest energy."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray

from markovsym_diffusion.datasets.geom import VOCABULARY
from markovsym_diffusion.molecules import Molecules, starts

MOST_CONFORMERS = 30
"""So many conformers of a molecule are taken, at most."""


def lowest_conformers(molecule: Any, skipped: Counter[str]) -> Molecules | None:
    """The conformers of lowest energy of one molecule, lowest first, in ångström.

    Args:
        molecule: What a download says of it: ``conformers``, each with a ``totalenergy`` and
            ``xyz``, rows of atomic number and position, or ``rd_mol``, an RDKit molecule.
        skipped: Counts what is left out.

    Returns:
        At most thirty; nothing if the molecule has no conformer or an unusual element.

    Source:
        Hoogeboom et al. (2022), released code. Hydrogens are kept.
    """
    chosen = list(islice(_sound(_sorted(molecule, skipped), skipped), MOST_CONFORMERS))
    if not chosen:
        skipped["molecules without a conformer"] += 1
        return None
    atoms = np.concatenate(chosen)
    if not np.isin(atoms[:, 0], VOCABULARY).all():
        skipped["molecules with another element"] += 1
        return None
    return Molecules(
        positions=torch.from_numpy(atoms[:, 1:]).float(),
        numbers=torch.from_numpy(atoms[:, 0]).long(),
        offsets=starts(torch.tensor([len(rows) for rows in chosen])),
    )


def _sorted(molecule: Any, skipped: Counter[str]) -> list[Any]:
    """The conformers that have an energy, lowest first; in the files they have no such order."""
    found = molecule.get("conformers") if isinstance(molecule, Mapping) else None
    conformers = found if isinstance(found, list | tuple) else ()
    energies = [_energy(conformer) for conformer in conformers]
    known = [place for place, energy in enumerate(energies) if math.isfinite(energy)]
    skipped["conformers without an energy"] += len(conformers) - len(known)
    return [conformers[place] for place in sorted(known, key=energies.__getitem__)]


def _energy(conformer: Any) -> float:
    try:
        return float(conformer["totalenergy"])
    except (KeyError, TypeError, ValueError):
        return math.nan


def _sound(conformers: Iterable[Any], skipped: Counter[str]) -> Iterator[Float[ndarray, "atom 4"]]:
    """Rows of atomic number and position of the conformers that have them, and finite ones."""
    for conformer in conformers:
        try:
            rows = _rows(conformer)
        except (KeyError, TypeError, ValueError, AttributeError):
            rows = np.zeros((0, 4))
        if rows.ndim == 2 and rows.shape[1] == 4 and len(rows) and np.isfinite(rows).all():
            yield rows
        else:
            skipped["conformers without positions"] += 1


def _rows(conformer: Mapping[str, Any]) -> Float[ndarray, "..."]:
    if "rd_mol" not in conformer:
        return np.asarray(conformer["xyz"], dtype=np.float64)
    molecule = conformer["rd_mol"]
    numbers = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    return np.column_stack([numbers, molecule.GetConformer().GetPositions()])
