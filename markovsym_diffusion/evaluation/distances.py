"""How far samples are from data: Wasserstein distances of bond lengths and atom counts."""

import torch
from jaxtyping import Float
from numpy import ndarray
from scipy.stats import wasserstein_distance

from markovsym_diffusion.evaluation.bonds import NUMBERS, find_bonds
from markovsym_diffusion.molecules import InputError, Molecules

BONDS = ("CH", "CC", "CN", "CO")
"""Pairs of elements whose bond lengths are compared."""


def distances(samples: Molecules, data: Molecules) -> dict[str, float]:
    """Wasserstein-1 distances between samples and data.

    Returns:
        ``"CH_pm"`` and the like for the lengths of bonds of any order, in picometres, without the
        pairs that samples or data lack; ``"atoms"`` for the number of atoms of a molecule.

    Raises:
        InputError: If samples or data hold no molecules.
    """
    if len(samples) == 0 or len(data) == 0:
        came = f"{len(samples)} samples and {len(data)} of data"
        raise InputError(f"distances need at least one molecule on either side, got {came}")
    ours, theirs = _lengths(samples), _lengths(data)
    found = {
        f"{pair}_pm": float(wasserstein_distance(ours[pair], theirs[pair]))
        for pair in BONDS
        if len(ours[pair]) and len(theirs[pair])
    }
    return found | {"atoms": float(wasserstein_distance(samples.sizes.numpy(), data.sizes.numpy()))}


def _lengths(molecules: Molecules) -> dict[str, Float[ndarray, "bond"]]:
    """Bond lengths in picometres, by pair of elements."""
    bonds = find_bonds(molecules)
    apart = molecules.positions[bonds.first] - molecules.positions[bonds.second]
    lengths = 100 * apart.double().norm(dim=-1)
    ends = torch.stack([molecules.numbers[bonds.first], molecules.numbers[bonds.second]])
    light, heavy = ends.sort(0).values
    return {
        pair: lengths[(light == low) & (heavy == high)].numpy()
        for pair in BONDS
        for low, high in [sorted(NUMBERS[symbol] for symbol in pair)]
    }
