from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem
from torch import Tensor

from markovsym_diffusion.evaluation.examiner import (
    Atoms,
    Examined,
    _checks,
    examiner,
    perceive,
    strain,
)
from markovsym_diffusion.evaluation.worker import Worker
from tests.markovsym_diffusion.evaluation.needs import needs_posebusters

Molecule = tuple[Tensor, Tensor]

SMILES = {
    "methane": "[H]C([H])([H])[H]",
    "water": "[H]O[H]",
    "carbon dioxide": "O=C=O",
    "nitrogen": "N#N",
    "hydrogen cyanide": "[H]C#N",
    "ethene": "[H]C([H])=C([H])[H]",
    "two methanes": "[H]C([H])([H])[H].[H]C([H])([H])[H]",
    "CH5": None,
}


def atoms(molecule: Molecule) -> Atoms:
    return molecule[1].numpy(), molecule[0].double().numpy()


def lone(number: int) -> Atoms:
    return np.array([number]), np.zeros((1, 3))


@given(name=st.sampled_from(["methane", "water", "ethene"]), seed=st.integers(0, 2**32 - 1))
def test_a_rigid_motion_and_a_permutation_change_neither_bonds_nor_strain(
    known: dict[str, Molecule], name: str, seed: int
) -> None:
    numbers, positions = atoms(known[name])
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(numbers))
    turn = np.linalg.qr(rng.standard_normal((3, 3))).Q
    moved = perceive(numbers[order], positions[order] @ turn.T + rng.standard_normal(3))
    fixed = perceive(numbers, positions)
    assert fixed is not None
    assert moved is not None
    assert Chem.MolToSmiles(moved) == Chem.MolToSmiles(fixed) == SMILES[name]
    assert strain(moved) == pytest.approx(strain(fixed), abs=1e-4)


@pytest.mark.parametrize("name", SMILES)
def test_bonds_known_by_hand(known: dict[str, Molecule], name: str) -> None:
    molecule = perceive(*atoms(known[name]))
    assert (None if molecule is None else Chem.MolToSmiles(molecule)) == SMILES[name]


def test_an_element_that_has_no_bonds_here_is_not_perceived(known: dict[str, Molecule]) -> None:
    positions, _ = known["carbon dioxide"]
    assert perceive(np.array([17, 80, 17]), 2 * positions.numpy()) is None


@pytest.mark.parametrize(("number", "radicals"), [(1, 1), (6, 4), (10, 0)])
def test_a_lone_atom_gets_no_hydrogens(number: int, radicals: int) -> None:
    molecule = perceive(*lone(number))
    assert molecule is not None
    (atom,) = molecule.GetAtoms()
    assert (atom.GetTotalNumHs(), atom.GetNumRadicalElectrons()) == (0, radicals)
    assert strain(molecule) is None


def test_strain_is_what_a_relaxation_releases_and_grows_as_a_square(
    known: dict[str, Molecule],
) -> None:
    relaxed = perceive(*atoms(known["methane"]))
    assert relaxed is not None
    Chem.rdForceFieldHelpers.MMFFOptimizeMolecule(relaxed)
    numbers, positions = known["methane"][1].numpy(), relaxed.GetConformer().GetPositions()
    longer = [_strain(numbers, positions * (1 + share)) for share in (0.0, 0.01, 0.02)]
    assert longer[0] == pytest.approx(0.0, abs=1e-4)
    assert longer[1] > 0.1
    assert longer[2] / longer[1] == pytest.approx(4, rel=0.05)  # bonds soften, by cubic terms


def _strain(numbers: np.ndarray, positions: np.ndarray) -> float:
    molecule = perceive(numbers, positions)
    assert molecule is not None
    found = strain(molecule)
    assert found is not None
    return found


@given(seed=st.integers(0, 2**32 - 1))
def test_strains_above_one_minimum_differ_as_the_energies_do(
    known: dict[str, Molecule], seed: int
) -> None:
    numbers, positions = atoms(known["ethene"])
    noise = 0.05 * np.random.default_rng(seed).standard_normal((2, *positions.shape))
    one, other = _strain(numbers, positions + noise[0]), _strain(numbers, positions + noise[1])
    energies = _energy(numbers, positions + noise[0]), _energy(numbers, positions + noise[1])
    assert one - other == pytest.approx(energies[0] - energies[1], abs=1e-3)


def _energy(numbers: np.ndarray, positions: np.ndarray) -> float:
    molecule = perceive(numbers, positions)
    ((_, energy),) = Chem.rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(molecule, maxIters=0)
    return energy


def test_strain_leaves_the_molecule_where_it_is(known: dict[str, Molecule]) -> None:
    numbers, positions = atoms(known["ethene"])
    molecule = perceive(numbers, positions)
    assert molecule is not None
    assert strain(molecule) == strain(molecule)
    assert np.array_equal(molecule.GetConformer().GetPositions(), positions)


def test_without_parameters_there_is_no_strain() -> None:
    hydrogen = perceive(np.array([1, 1]), np.array([[0.0, 0, 0], [0.74, 0, 0]]))
    assert hydrogen is not None
    assert strain(hydrogen) is None


def test_an_energy_that_is_not_finite_is_no_strain(monkeypatch: pytest.MonkeyPatch) -> None:
    energies = iter([float("inf"), 1.0])
    field = SimpleNamespace(CalcEnergy=lambda: next(energies))
    monkeypatch.setattr(
        "rdkit.Chem.rdForceFieldHelpers.MMFFGetMoleculeForceField",
        lambda molecule, parameters: field,
    )
    monkeypatch.setattr(
        "rdkit.Chem.rdForceFieldHelpers.OptimizeMolecule", lambda field, maxIters: 0
    )
    assert strain(Chem.MolFromSmiles("C")) is None


def test_a_check_that_is_left_out_is_not_passed() -> None:
    row = {"a": True, "b": np.True_, "c": None, "d": np.nan, "e": False}
    busters = SimpleNamespace(bust=lambda molecule: SimpleNamespace(iloc=[row]))
    found = _checks(busters, Chem.MolFromSmiles("C"))
    assert found == {"a": True, "b": True, "c": False, "d": False, "e": False}


@needs_posebusters
def test_molecules_are_examined_in_silence(
    known: dict[str, Molecule], capfd: pytest.CaptureFixture[str]
) -> None:
    names = "methane", "two methanes", "CH5"
    with Worker(examiner, seconds=60.0) as examine:  # in here it would silence all other tests
        fine, apart, crowded = (examine(atoms(known[name])) for name in names)
        radical = examine(lone(6))
    assert isinstance(fine, Examined)
    assert isinstance(apart, Examined)
    assert isinstance(radical, Examined)
    assert crowded is None
    assert fine.strain == pytest.approx(0.0, abs=0.1)
    assert len(fine.checks) == 11
    assert all(fine.checks.values())
    failed = [name for name, passed in apart.checks.items() if not passed]
    assert failed == ["all_atoms_connected"]
    assert not radical.checks["no_radicals"]
    assert capfd.readouterr() == ("", "")
