import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym_diffusion.datasets import qm9
from markovsym_diffusion.evaluation.bonds import find_bonds
from markovsym_diffusion.evaluation.distances import _angles, distances, halves
from markovsym_diffusion.molecules import NUMBERS, InputError, Molecules, gather

Molecule = tuple[Tensor, Tensor]

seeds = st.integers(0, 2**32 - 1)


def cloud(seed: int, size: int) -> Molecules:
    """Carbon atoms so dense that they have many bonds."""
    generator = torch.Generator().manual_seed(seed)
    positions = size ** (1 / 3) * torch.rand((size, 3), generator=generator, dtype=torch.float64)
    return gather([(positions, torch.full((size,), 6))])


def bent(degrees: float, *symbols: str) -> Molecule:
    """Three atoms, the first in the middle, with bonds of one ångström."""
    turn = math.radians(degrees)
    rows = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [math.cos(turn), math.sin(turn), 0.0]]
    numbers = torch.tensor([NUMBERS[symbol] for symbol in symbols])
    return torch.tensor(rows, dtype=torch.float64), numbers


def angles(molecules: Molecules) -> list[tuple[int, float]]:
    corners, degrees = _angles(molecules.positions.double(), find_bonds(molecules))
    return sorted(zip(corners.tolist(), degrees.tolist(), strict=True))


def test_a_set_is_no_distance_from_itself(known: dict[str, Molecule]) -> None:
    chosen = gather(known.values())
    found = distances(chosen, chosen)
    assert found == dict.fromkeys(found, 0.0)


def test_distances_are_symmetric_and_blind_to_order(known: dict[str, Molecule]) -> None:
    ours = gather([known["methane"], known["ethene"], known["water"]])
    theirs = gather([known["ethene"], known["CH5"], known["carbon dioxide"]])
    backwards = theirs.take(torch.tensor([2, 0, 1]))
    assert distances(ours, theirs) == pytest.approx(distances(backwards, ours))


def test_longer_bonds_are_as_far_as_they_are_longer(known: dict[str, Molecule]) -> None:
    positions, numbers = known["methane"]
    longer = gather([(positions * 1.10 / 1.09, numbers)])
    found = distances(longer, gather([(positions, numbers)]))
    same = {"C_degrees": pytest.approx(0.0, abs=1e-9), "atoms": 0.0, "elements": 0.0}
    assert found == {"CH_pm": pytest.approx(1.0), **same}


@pytest.mark.parametrize(
    ("symbols", "apart", "key"),
    [((6, 6), 1.50, "CC_pm"), ((7, 6), 1.40, "CN_pm"), ((6, 8), 1.40, "CO_pm")],
)
def test_each_pair_has_its_key(symbols: tuple[int, int], apart: float, key: str) -> None:
    numbers = torch.tensor(symbols)
    near, far = (
        gather([(torch.tensor([[0.0, 0.0, 0.0], [0.0, apart + more, 0.0]]), numbers)])
        for more in (0.0, 0.03)
    )
    found = distances(near, far)
    assert found == {key: pytest.approx(3.0, abs=1e-4), "atoms": 0.0, "elements": 0.0}


@pytest.mark.parametrize(
    ("symbols", "key"), [("C H H", "C_degrees"), ("N H H", "N_degrees"), ("O H H", "O_degrees")]
)
def test_wider_angles_are_as_far_as_they_are_wider(symbols: str, key: str) -> None:
    narrow, wide = (gather([bent(degrees, *symbols.split())]) for degrees in (104.5, 112.0))
    found = distances(narrow, wide)
    assert found[key] == pytest.approx(7.5)
    assert [name for name in found if name.endswith("degrees")] == [key]


@given(seed=seeds, size=st.integers(2, 8))
def test_every_two_bonds_of_an_atom_make_an_angle(seed: int, size: int) -> None:
    molecules = cloud(seed, size)
    bonds = find_bonds(molecules)
    x = molecules.positions
    ends = set(zip(bonds.first.tolist(), bonds.second.tolist(), strict=True))
    wanted = [
        (i, math.degrees(math.acos(float(torch.cosine_similarity(x[j] - x[i], x[k] - x[i], 0)))))
        for i in range(size)
        for j in range(size)
        for k in range(j + 1, size)
        if {(min(i, j), max(i, j)), (min(i, k), max(i, k))} <= ends
    ]
    assert angles(molecules) == [(i, pytest.approx(a, abs=1e-4)) for i, a in sorted(wanted)]


def test_angles_known_by_hand(known: dict[str, Molecule]) -> None:
    molecules = gather([known["water"], known["carbon dioxide"], known["nitrogen"]])
    assert angles(molecules) == [(0, pytest.approx(104.5)), (4, pytest.approx(180.0))]
    (tetrahedral,) = {round(degrees, 6) for _, degrees in angles(gather([known["methane"]]))}
    assert tetrahedral == round(math.degrees(math.acos(-1 / 3)), 6)


def test_atom_counts_are_compared_in_atoms(known: dict[str, Molecule]) -> None:
    found = distances(gather([known["methane"]]), gather([known["water"]]))
    assert found["atoms"] == 2.0


def test_shares_of_elements_are_compared_over_all_atoms(known: dict[str, Molecule]) -> None:
    # C 1/5, H 4/5 against H 2/3, O 1/3
    found = distances(gather([known["methane"]]), gather([known["water"]]))
    assert found["elements"] == pytest.approx(1 / 3)
    nitrogen, dioxide = gather([known["nitrogen"]]), gather([known["carbon dioxide"]])
    assert distances(nitrogen, dioxide) == {"atoms": 1.0, "elements": 1.0}


def test_what_one_side_lacks_is_left_out(known: dict[str, Molecule]) -> None:
    found = distances(gather([known["ethene"]]), gather([known["methane"]]))
    assert found.keys() == {"CH_pm", "C_degrees", "atoms", "elements"}


def test_atoms_without_bonds_have_no_geometry() -> None:
    lone = gather([(torch.zeros(1, 3), torch.tensor([6])), (torch.zeros(1, 3), torch.tensor([8]))])
    assert distances(lone, lone) == {"atoms": 0.0, "elements": 0.0}


def test_a_distance_to_nothing_is_refused(known: dict[str, Molecule]) -> None:
    some = gather([known["water"]])
    none = some.take(torch.zeros(0, dtype=torch.int64))
    with pytest.raises(InputError, match=r"got 1 samples and 0 of data$"):
        distances(some, none)


@given(seed=seeds, n=st.integers(2, 9), most=st.integers(1, 9))
def test_halves_are_of_one_size_and_share_no_molecule(seed: int, n: int, most: int) -> None:
    data = gather((torch.full((1, 3), float(m)), torch.tensor([6])) for m in range(n))
    one, other = halves(data, most, generator=torch.Generator().manual_seed(seed))
    assert len(one) == len(other) == min(most, n // 2)
    assert len({*one.positions[:, 0].tolist(), *other.positions[:, 0].tolist()}) == 2 * len(one)


def test_halves_are_drawn_at_random() -> None:
    data = gather((torch.full((1, 3), float(m)), torch.tensor([6])) for m in range(50))
    drawn = [
        halves(data, 25, generator=torch.Generator().manual_seed(seed))[0].positions[:, 0].tolist()
        for seed in (0, 0, 1)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] != sorted(drawn[0])


def test_one_molecule_has_no_halves(known: dict[str, Molecule]) -> None:
    with pytest.raises(InputError, match=r"at least two real molecules, got 1$"):
        halves(gather([known["water"]]), 5, generator=torch.Generator())


@pytest.mark.slow
def test_noise_stands_out_of_the_noise_floor(generator: torch.Generator) -> None:
    data, other = halves(qm9("test"), 2000, generator=generator)
    shift = 0.04 * torch.randn(other.positions.shape, generator=generator)
    shaken = Molecules(other.positions + shift, other.numbers, other.offsets)
    floor, found = distances(other, data), distances(shaken, data)
    assert all(floor[key] < 1.0 for key in ("CH_pm", "CC_pm", "CN_pm", "CO_pm"))
    assert found["CH_pm"] > 3.0
    assert found["C_degrees"] > 2 * floor["C_degrees"]
    assert found["elements"] == floor["elements"] < 0.02
