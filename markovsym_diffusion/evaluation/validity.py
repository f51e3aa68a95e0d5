"""Validity: does RDKit accept the molecular graph that the bond orders draw?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool
from rdkit import Chem, rdBase
from torch import Tensor

from markovsym_diffusion.evaluation.bonds import QM9_RULE, BondRule, find_bonds
from markovsym_diffusion.molecules import Molecules


@final
@dataclass(frozen=True, eq=False)
class Validity:
    """Which molecules are valid, which of these are in one piece, and what they are."""

    valid: Bool[Tensor, "molecule"]
    """True where RDKit sanitises the graph, in one piece or not."""
    connected: Bool[Tensor, "molecule"]
    """True where the graph is valid and in one piece."""
    smiles: tuple[str | None, ...]
    """Canonical SMILES of the largest piece, hydrogens written out; ``None`` where not valid."""


def validity(molecules: Molecules, rule: BondRule = QM9_RULE) -> Validity:
    """Ask RDKit about each molecule.

    Source:
        Hoogeboom et al. (2022), released code. A molecule in several pieces counts as valid, and
        its SMILES is that of its largest piece. Of pieces equally large the one of the first atom
        counts: here alone the order of the atoms matters, as published.
    """
    with rdBase.BlockLogs():
        pieces = [_pieces(graph) for graph in graphs(molecules, highest=rule.highest)]
        return Validity(
            torch.tensor([len(piece) > 0 for piece in pieces], dtype=torch.bool),
            torch.tensor([len(piece) == 1 for piece in pieces], dtype=torch.bool),
            tuple(_largest(piece) for piece in pieces),
        )


def graphs(molecules: Molecules, *, highest: int = 3) -> Iterator[Chem.RWMol]:
    """The molecular graph of each molecule, not sanitised and without positions.

    Args:
        molecules: Molecules.
        highest: Higher bond orders are lowered to this one.
    """
    bonds = find_bonds(molecules)
    numbers = molecules.numbers.tolist()
    table = torch.stack([bonds.first, bonds.second, bonds.orders.clamp(max=highest)], -1).tolist()
    atoms, edges = molecules.offsets.tolist(), bonds.offsets.tolist()
    for m, start in enumerate(atoms[:-1]):
        graph = Chem.RWMol()
        for number in numbers[start : atoms[m + 1]]:
            graph.AddAtom(Chem.Atom(number))
        for first, second, order in table[edges[m] : edges[m + 1]]:
            graph.AddBond(first - start, second - start, _TYPES[order])
        yield graph


def _pieces(graph: Chem.RWMol) -> tuple[Chem.Mol, ...]:
    """The connected pieces of a graph that RDKit accepts; none of one that it refuses."""
    try:
        Chem.SanitizeMol(graph)
    except ValueError:
        return ()
    if len(Chem.GetMolFrags(graph)) == 1:
        return (graph,)
    return Chem.GetMolFrags(graph, asMols=True)


def _largest(pieces: tuple[Chem.Mol, ...]) -> str | None:
    largest = max(pieces, key=lambda piece: piece.GetNumAtoms(), default=None)
    return None if largest is None else Chem.MolToSmiles(largest)


_TYPES = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
