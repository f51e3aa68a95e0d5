from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from markovsym_diffusion.datasets.geom_conformers import lowest_conformers
from tests.markovsym_diffusion.datasets.downloads import conformers, drugs

energies = st.lists(st.integers(-20, 20) | st.none(), min_size=1, max_size=60)


def hydrogen(place: int, energy: float | None) -> dict[str, Any]:
    """A conformer that shows its place, without an energy if that is not known."""
    conformer = {"xyz": [[1, place, 0.0, 0.0], [1.0, place, 0.0, 0.74]]}
    return conformer if energy is None else {**conformer, "totalenergy": energy}


@given(energies=energies)
def test_the_thirty_of_lowest_energy_are_taken_lowest_first(energies: list[int | None]) -> None:
    skipped: Counter[str] = Counter()
    record = {"conformers": [hydrogen(*each) for each in enumerate(energies)]}
    taken = lowest_conformers(record, skipped)
    known = [place for place, energy in enumerate(energies) if energy is not None]
    wanted = sorted(known, key=lambda place: energies[place] or 0)[:30]
    places = [] if taken is None else taken.positions[::2, 0].tolist()
    assert places == wanted
    assert skipped["conformers without an energy"] == len(energies) - len(known)
    assert skipped["molecules without a conformer"] == (not known)


def test_atoms_come_as_they_stand_hydrogens_and_all() -> None:
    drug = drugs(1)[0]
    taken = lowest_conformers({"conformers": conformers(drug, [2, 0, 1])}, Counter())
    assert taken is not None
    count = drug.GetNumAtoms()
    assert taken.sizes.tolist() == [count] * 3
    numbers = [atom.GetAtomicNum() for atom in drug.GetAtoms()]
    assert taken.numbers.tolist() == 3 * numbers
    assert 1 in numbers
    positions = torch.from_numpy(drug.GetConformer().GetPositions()).float()
    for place in range(3):
        torch.testing.assert_close(taken.one(place)[0], positions + place, atol=1e-6, rtol=1e-6)


def test_a_molecule_of_rdkit_is_as_good_as_rows() -> None:
    drug = drugs(1)[0]
    rows = lowest_conformers({"conformers": conformers(drug, [0])}, Counter())
    pickled = lowest_conformers({"conformers": [{"totalenergy": 0, "rd_mol": drug}]}, Counter())
    assert rows is not None
    assert pickled is not None
    torch.testing.assert_close(pickled.positions, rows.positions, atol=1e-6, rtol=0)
    assert torch.equal(pickled.numbers, rows.numbers)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"xyz": []},
        {"xyz": [[6, 0.0, 0.0]]},
        {"xyz": [6, 0.0, 0.0, 0.0]},
        {"xyz": [[6, 0.0, 0.0, "x"]]},
        {"xyz": [[6, 0.0, 0.0, 1.0], [1, 0.0]]},
        {"xyz": [[6, 0.0, 0.0, np.nan]]},
        {"xyz": 5.0},
        {"rd_mol": None},
        {"rd_mol": Chem.MolFromSmiles("CC")},
    ],
)
def test_conformers_without_positions_are_skipped_and_counted(broken: dict[str, Any]) -> None:
    skipped: Counter[str] = Counter()
    record = {"conformers": [{"totalenergy": 0, **broken}, hydrogen(7, 1)]}
    taken = lowest_conformers(record, skipped)
    assert taken is not None
    assert taken.positions[:, 0].tolist() == [7, 7]
    assert +skipped == {"conformers without positions": 1}


def test_one_that_is_broken_leaves_its_place_to_the_next() -> None:
    record = {"conformers": [{"totalenergy": 0}, *[hydrogen(n, n) for n in range(1, 40)]]}
    taken = lowest_conformers(record, Counter())
    assert taken is not None
    assert taken.positions[::2, 0].tolist() == list(range(1, 31))


@pytest.mark.parametrize("energy", [None, "low", [], float("nan"), float("inf")])
def test_an_energy_that_is_no_number_is_none(energy: Any) -> None:
    skipped: Counter[str] = Counter()
    record = {"conformers": [{**hydrogen(0, 0), "totalenergy": energy}, hydrogen(7, 1)]}
    taken = lowest_conformers(record, skipped)
    assert taken is not None
    assert taken.positions[:, 0].tolist() == [7, 7]
    assert +skipped == {"conformers without an energy": 1}


@pytest.mark.parametrize(
    "record", [{}, {"conformers": []}, {"conformers": None}, {"conformers": {"a": 1}}, None, "CC"]
)
def test_a_molecule_without_a_conformer_is_skipped_and_counted(record: Any) -> None:
    skipped: Counter[str] = Counter()
    assert lowest_conformers(record, skipped) is None
    assert +skipped == {"molecules without a conformer": 1}


def test_a_conformer_that_is_no_dictionary_is_skipped_and_counted() -> None:
    skipped: Counter[str] = Counter()
    assert lowest_conformers({"conformers": ["CC", 3, None]}, skipped) is None
    assert skipped["conformers without an energy"] == 3


def test_a_molecule_with_another_element_is_skipped_and_counted() -> None:
    skipped: Counter[str] = Counter()
    odd = {"totalenergy": 0, "xyz": [[6, 0.0, 0.0, 0.0], [34, 0.0, 0.0, 1.9]]}
    assert lowest_conformers({"conformers": [hydrogen(0, 0), odd]}, skipped) is None
    assert +skipped == {"molecules with another element": 1}
