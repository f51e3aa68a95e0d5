from pathlib import Path

import pytest
import torch
from rdkit import Chem

from markovsym_diffusion.datasets.data_folder import read_data_set, read_facts
from markovsym_diffusion.datasets.own_files import build_from_files
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError, Molecules
from tests.markovsym_diffusion.datasets.downloads import drugs

WATER = "3\n\nO 0 0 0\nH 0 0 1\nH 0 1 0\n"
METHANE = "5\n\nC 0 0 0\nH 1 1 1\nH -1 -1 1\nH -1 1 -1\nH 1 -1 -1\n"


def write_sdf(path: Path, molecules: list[Chem.Mol]) -> None:
    path.write_text("".join(f"{Chem.MolToMolBlock(each)}$$$$\n" for each in molecules))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Nine drugs, and water twice: an SDF file and two XYZ files, beside what is not read."""
    folder = tmp_path / "mols"
    (folder / "deeper").mkdir(parents=True)
    write_sdf(folder / "drugs.SDF", drugs(9))
    for name in ("water.xyz", "again.xyz", "deeper/more.xyz"):
        (folder / name).write_text(WATER)
    (folder / "README.txt").write_text("not a molecule")
    return folder


def described(molecules: Molecules) -> list[tuple[int, float]]:
    """Size and a fingerprint of the positions of each molecule, in order."""
    parts = [molecules.one(m)[0] for m in range(len(molecules))]
    return [(len(part), round(float(part.square().sum()), 2)) for part in parts]


def test_every_molecule_is_in_one_split_duplicates_and_all(folder: Path, tmp_path: Path) -> None:
    build_from_files(folder, tmp_path / "mine")
    data = read_data_set(tmp_path / "mine", "mine")
    assert [len(data.split(split)) for split in ("train", "valid", "test")] == [9, 1, 1]
    found = sorted(each for part in data.splits.values() for each in described(part))
    positions = [molecule.GetConformer().GetPositions() for molecule in drugs(9)]
    wanted = sorted([*[(len(x), float((x**2).sum())) for x in positions], (3, 2.0), (3, 2.0)])
    assert [size for size, _ in found] == [size for size, _ in wanted]
    norms = torch.tensor([[norm for _, norm in found], [norm for _, norm in wanted]])
    torch.testing.assert_close(norms[0], norms[1], rtol=1e-5, atol=0.01)


def test_elements_are_those_that_occur_and_scales_are_those_of_qm9(
    folder: Path, tmp_path: Path
) -> None:
    build_from_files(folder, tmp_path / "mine")
    elements = {atom.GetAtomicNum() for molecule in drugs(9) for atom in molecule.GetAtoms()} | {8}
    features = read_data_set(tmp_path / "mine", "mine").features
    assert features == AtomFeatures(vocabulary=tuple(sorted(elements)))
    assert (features.element_scale, features.charge_scale) == (4.0, 10.0)
    assert 1 in features.vocabulary


def test_the_split_hangs_on_the_seed_alone(folder: Path, tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("same", 0), ("other", 2)):
        build_from_files(folder, tmp_path / name, seed=seed)
    one, same, other = (tmp_path / name / "positions.npy" for name in ("one", "same", "other"))
    assert one.read_bytes() == same.read_bytes() != other.read_bytes()
    assert read_facts(tmp_path / "other")["split"] == "at random, seed 2"


def test_it_is_recorded_what_was_read(folder: Path, tmp_path: Path) -> None:
    build_from_files(folder, tmp_path / "mine")
    assert read_facts(tmp_path / "mine")["source"] == ["again.xyz", "drugs.SDF", "water.xyz"]


def test_a_bad_file_is_named_with_its_molecule_and_nothing_is_written(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "bad.xyz").write_text(WATER + "2\n\nH 0 0 1\nH 0 0 1\n")
    with pytest.raises(InputError, match=r"bad.xyz: molecule 1 has two atoms closer") as caught:
        build_from_files(folder, tmp_path / "mine")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [folder]


def test_three_molecules_are_enough_and_two_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text(WATER + METHANE)
    with pytest.raises(InputError, match="at least three molecules, got 2"):
        build_from_files(tmp_path, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
    (tmp_path / "b.xyz").write_text(WATER)
    build_from_files(tmp_path, tmp_path / "mine")
    data = read_data_set(tmp_path / "mine", "mine")
    assert [len(part) for part in data.splits.values()] == [1, 1, 1]
    assert data.sizes.counts == {3: 2, 5: 1}


def test_what_is_there_already_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match=r"mine exists already; remove it, or take another --out"):
        build_from_files(folder, tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_folder_without_molecules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"wanted files that end in .sdf or .xyz, found none"):
        build_from_files(tmp_path, tmp_path / "mine")


@pytest.mark.parametrize("name", ["absent", "file"])
def test_what_is_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="wanted a folder that can be read"):
        build_from_files(tmp_path / name, tmp_path / "mine")
