"""SDF files, by RDKit."""

import re
from pathlib import Path

import torch
from rdkit import Chem, rdBase

from markovsym_diffusion.datasets.formats.text import read_text
from markovsym_diffusion.molecules import InputError, Molecules, gather

_AS_WRITTEN = (False, False)
"""Neither sanitised nor stripped of hydrogens."""


def read_sdf(path: Path) -> Molecules:
    """The molecules of an SDF file; ``InputError`` names the record at fault."""
    records = re.split(r"^\$\$\$\$.*\n?", read_text(path), flags=re.MULTILINE)
    if not records[-1].strip():
        records.pop()
    if not records:
        raise InputError("wanted at least one record, got an empty file")
    with rdBase.BlockLogs():
        return gather(_record(text, number) for number, text in enumerate(records, 1))


def _record(text: str, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    molecule = Chem.MolFromMolBlock(text, *_AS_WRITTEN)
    if not molecule:
        raise InputError(
            f"record {number}: wanted a V2000 or V3000 molecule, got what RDKit refuses"
        )
    positions = molecule.GetConformer().GetPositions()
    numbers = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    return torch.from_numpy(positions).float(), torch.tensor(numbers, dtype=torch.int64)
