import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem
from torch import Tensor

from markovsym_diffusion.evaluation.bonds import GEOM_RULE
from markovsym_diffusion.evaluation.validity import graphs, validity
from markovsym_diffusion.molecules import gather

Molecule = tuple[Tensor, Tensor]

SMILES = {
    "methane": "[H]C([H])([H])[H]",
    "water": "[H]O[H]",
    "carbon dioxide": "O=C=O",
    "nitrogen": "N#N",
    "hydrogen cyanide": "[H]C#N",
    "ethene": "[H]C([H])=C([H])[H]",
    "methyl": "[H]C([H])[H]",
    "CH5": None,
    "two methanes": "[H]C([H])([H])[H]",
    "water and methane": "[H]C([H])([H])[H]",
    "methane and water": "[H]C([H])([H])[H]",
}


@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from([*SMILES]))
def test_a_rigid_motion_and_a_permutation_change_no_smiles(
    known: dict[str, Molecule], seed: int, name: str
) -> None:
    positions, numbers = known[name]
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn((3, 3), generator=generator, dtype=torch.float64)
    shift = torch.randn(3, generator=generator, dtype=torch.float64)
    order = torch.randperm(len(numbers), generator=generator)
    moved = positions[order] @ torch.linalg.qr(noise).Q + shift
    found = validity(gather([(positions, numbers), (moved, numbers[order])]))
    assert found.smiles[0] == found.smiles[1]
    assert found.connected[0] == found.connected[1]


@given(names=st.lists(st.sampled_from([*SMILES]), min_size=1, max_size=6))
def test_molecules_are_judged_one_by_one(known: dict[str, Molecule], names: list[str]) -> None:
    found = validity(gather([known[name] for name in names]))
    assert list(found.smiles) == [SMILES[name] for name in names]
    assert found.valid.tolist() == [SMILES[name] is not None for name in names]


@pytest.mark.parametrize("name", SMILES)
def test_a_molecule_is_connected_if_it_is_valid_and_in_one_piece(
    known: dict[str, Molecule], name: str
) -> None:
    found = validity(gather([known[name]]))
    assert found.connected.tolist() == [name != "CH5" and "two" not in name and "and" not in name]


def test_of_pieces_equally_large_the_one_of_the_first_atom_counts(
    known: dict[str, Molecule],
) -> None:
    pairs = known["water and carbon dioxide"], known["carbon dioxide and water"]
    assert validity(gather(pairs)).smiles == ("[H]O[H]", "O=C=O")


def test_the_rule_of_geom_sees_single_bonds_only(known: dict[str, Molecule]) -> None:
    molecules = gather([known["ethene"], known["nitrogen"], known["CH5"]])
    smiles = "[H]C([H])C([H])[H]", "NN", None
    assert validity(molecules, GEOM_RULE).smiles == smiles


def test_a_graph_keeps_the_order_of_the_atoms_and_is_not_sanitised(
    known: dict[str, Molecule],
) -> None:
    (graph,) = graphs(gather([known["CH5"]]))
    assert [atom.GetSymbol() for atom in graph.GetAtoms()] == ["C", "H", "H", "H", "H", "H"]
    assert graph.GetAtomWithIdx(0).GetDegree() == 5


def test_rdkit_is_silent_within_and_speaks_again_afterwards(
    known: dict[str, Molecule], capfd: pytest.CaptureFixture[str]
) -> None:
    validity(gather([known["CH5"]]))
    assert capfd.readouterr().err == ""
    Chem.MolFromSmiles("C(")
    assert "SMILES Parse Error" in capfd.readouterr().err
