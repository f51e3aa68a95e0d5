import pytest
import torch
from torch import Tensor

from markovsym_diffusion.evaluation.distances import distances
from markovsym_diffusion.molecules import InputError, gather

Molecule = tuple[Tensor, Tensor]


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
    assert found == {"CH_pm": pytest.approx(1.0), "atoms": 0.0}


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
    assert distances(near, far) == {key: pytest.approx(3.0, abs=1e-4), "atoms": 0.0}


def test_atom_counts_are_compared_in_atoms(known: dict[str, Molecule]) -> None:
    found = distances(gather([known["methane"]]), gather([known["water"]]))
    assert found == {"atoms": 2.0}


def test_a_pair_that_one_side_lacks_is_left_out(known: dict[str, Molecule]) -> None:
    found = distances(gather([known["ethene"]]), gather([known["methane"]]))
    assert found.keys() == {"CH_pm", "atoms"}


def test_a_distance_to_nothing_is_refused(known: dict[str, Molecule]) -> None:
    some = gather([known["water"]])
    none = some.take(torch.zeros(0, dtype=torch.int64))
    with pytest.raises(InputError, match=r"got 1 samples and 0 of data$"):
        distances(some, none)
