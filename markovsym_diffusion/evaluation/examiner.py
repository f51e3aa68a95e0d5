"""What RDKit and PoseBusters make of one molecule. It imports no torch, see ``worker``."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import rdkit.Chem.rdForceFieldHelpers
from jaxtyping import Float, Int
from numpy import ndarray
from rdkit import Chem
from rdkit.Chem import rdDetermineBonds

Atoms = tuple[Int[ndarray, "atom"], Float[ndarray, "atom 3"]]
"""Atomic numbers, and positions in ångström."""

RELAXATION = 2000
"""Steps that a relaxation takes at most; molecules of QM9 need a tenth of them."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What is known of a molecule whose bonds could be perceived."""

    strain: float | None
    """Energy that a relaxation releases, in kcal/mol; ``None`` without parameters for it."""
    checks: dict[str, bool]
    """Whether it passes each check of PoseBusters."""


def examiner() -> Callable[[Atoms], Examined | None]:
    """The examination of one molecule, which gives ``None`` if no bonds can be perceived."""
    from posebusters import PoseBusters  # noqa: PLC0415 - optional, and slow to import

    logging.disable()  # PoseBusters leads the messages of RDKit here as well
    busters = PoseBusters(config="mol_fast")

    def examine(atoms: Atoms) -> Examined | None:
        molecule = perceive(*atoms)
        if molecule is None:
            return None
        return Examined(strain=strain(molecule), checks=_checks(busters, molecule))

    return examine


def perceive(numbers: Int[ndarray, "atom"], positions: Float[ndarray, "atom 3"]) -> Chem.Mol | None:
    """A neutral molecule with the bonds that fit the positions; ``None`` if there are none.

    Source:
        Kim and Kim (2015), as RDKit does it.
    """
    molecule = Chem.RWMol()
    for number in numbers.tolist():
        atom = Chem.Atom(number)
        atom.SetNoImplicit(what=True)  # every hydrogen has a position, or is not there
        molecule.AddAtom(atom)
    conformer = Chem.Conformer(len(numbers))
    conformer.SetPositions(positions)
    molecule.AddConformer(conformer)
    try:
        rdDetermineBonds.DetermineBonds(molecule, charge=0)
        Chem.SanitizeMol(molecule)  # a lone atom is not sanitised by the line above
    except ValueError:
        return None
    return molecule


def strain(molecule: Chem.Mol) -> float | None:
    """What MMFF94 loses in a local relaxation, in kcal/mol; ``None`` if it lacks parameters.

    Source:
        Halgren (1996) for the force field.
    """
    relaxed = Chem.Mol(molecule)
    parameters = rdkit.Chem.rdForceFieldHelpers.MMFFGetMoleculeProperties(relaxed)
    if parameters is None:
        return None
    field = rdkit.Chem.rdForceFieldHelpers.MMFFGetMoleculeForceField(relaxed, parameters)
    before = field.CalcEnergy()
    rdkit.Chem.rdForceFieldHelpers.OptimizeMolecule(field, maxIters=RELAXATION)
    released = before - field.CalcEnergy()
    return released if math.isfinite(released) else None


def _checks(busters: Any, molecule: Chem.Mol) -> dict[str, bool]:
    """By name; a check that PoseBusters leaves out is not passed."""
    row = busters.bust(molecule).iloc[0]
    return {str(name): str(passed) == "True" for name, passed in row.items()}
