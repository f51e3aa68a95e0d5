"""How far samples are from data in geometry and composition, beside how far data is from data."""

import torch
from jaxtyping import Float, Int
from numpy import ndarray
from scipy.stats import wasserstein_distance
from torch import Tensor

from markovsym_diffusion.evaluation.bonds import Bonds, find_bonds
from markovsym_diffusion.molecules import NUMBERS, SYMBOLS, InputError, Molecules

BONDS = ("CH", "CC", "CN", "CO")
"""Pairs of elements whose bond lengths are compared."""

CENTRES = ("C", "N", "O")
"""Elements whose bond angles are compared."""


def distances(samples: Molecules, data: Molecules) -> dict[str, float]:
    """Distances between samples and data, each 0 if and only if the two agree in what it sees.

    Returns:
        Wasserstein-1 distances: ``"CH_pm"`` and the like for the lengths of bonds of any order,
        in picometres; ``"C_degrees"`` and the like for the angles between the bonds of a carbon
        atom; ``"atoms"`` for the number of atoms of a molecule. Bonds and angles that samples or
        data lack are left out. Total variation: ``"elements"``, in [0, 1], for the shares of the
        elements among all atoms.

    Raises:
        InputError: If samples or data hold no molecules.
    """
    if len(samples) == 0 or len(data) == 0:
        came = f"{len(samples)} samples and {len(data)} of data"
        raise InputError(f"distances need at least one molecule on either side, got {came}")
    ours, theirs = _geometry(samples), _geometry(data)
    found = {
        name: float(wasserstein_distance(ours[name], theirs[name]))
        for name in ours
        if len(ours[name]) and len(theirs[name])
    }
    variation = (_shares(samples) - _shares(data)).abs().sum() / 2
    return {**found, "elements": float(variation)}


def halves(
    data: Molecules, most: int, *, generator: torch.Generator
) -> tuple[Molecules, Molecules]:
    """Two sets of as many molecules, at most ``most``, that share none.

    The distance between them is what samples as good as data would have.

    Raises:
        InputError: If there are fewer than two molecules.
    """
    n = min(most, len(data) // 2)
    if n < 1:
        raise InputError(f"a noise floor needs at least two real molecules, got {len(data)}")
    rows = torch.randperm(len(data), generator=generator)
    return data.take(rows[:n]), data.take(rows[n : 2 * n])


def _geometry(molecules: Molecules) -> dict[str, Float[ndarray, "value"]]:
    """Bond lengths in picometres, bond angles in degrees and numbers of atoms."""
    bonds = find_bonds(molecules)
    positions, numbers = molecules.positions.double(), molecules.numbers
    lengths = 100 * (positions[bonds.first] - positions[bonds.second]).norm(dim=-1)
    ends = torch.stack([numbers[bonds.first], numbers[bonds.second]])
    light, heavy = ends.sort(0).values
    found: dict[str, Tensor] = {}
    for pair in BONDS:
        low, high = sorted(NUMBERS[symbol] for symbol in pair)
        found[f"{pair}_pm"] = lengths[(light == low) & (heavy == high)]
    centre, degrees = _angles(positions, bonds)
    for symbol in CENTRES:
        found[f"{symbol}_degrees"] = degrees[numbers[centre] == NUMBERS[symbol]]
    found["atoms"] = molecules.sizes
    return {name: values.numpy() for name, values in found.items()}


def _angles(
    positions: Float[Tensor, "atom 3"], bonds: Bonds
) -> tuple[Int[Tensor, "angle"], Float[Tensor, "angle"]]:
    """The atom at the corner of each angle between two bonds, and the angle in degrees."""
    centre, end = torch.cat([bonds.first, bonds.second]), torch.cat([bonds.second, bonds.first])
    order = centre.argsort(stable=True)
    centre, end = centre[order], end[order]
    arms = positions[end] - positions[centre]
    corners, found = [centre[:0]], [arms[:0, 0]]
    most = int(centre.bincount().max()) if len(centre) else 0
    for apart in range(1, most):  # the bonds of an atom follow each other
        same = (centre[apart:] == centre[:-apart]).nonzero().squeeze(-1)
        first, second = arms[same], arms[same + apart]
        sine, cosine = first.cross(second, dim=-1).norm(dim=-1), (first * second).sum(-1)
        corners.append(centre[same])
        found.append(torch.atan2(sine, cosine).rad2deg())
    return torch.cat(corners), torch.cat(found)


def _shares(molecules: Molecules) -> Float[Tensor, "element"]:
    """Share of each element among all atoms."""
    counts = molecules.numbers.bincount(minlength=len(SYMBOLS)).double()
    return counts / counts.sum()
