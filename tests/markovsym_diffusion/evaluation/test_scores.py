import json
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from torch import Tensor

from markovsym_diffusion.datasets import qm9
from markovsym_diffusion.evaluation.bonds import GEOM_RULE
from markovsym_diffusion.evaluation.estimate import Estimate, Spread
from markovsym_diffusion.evaluation.scores import Scores, _scores, over_runs, score, table
from markovsym_diffusion.evaluation.stability import Stability
from markovsym_diffusion.evaluation.validity import Validity
from markovsym_diffusion.molecules import InputError, gather

Molecule = tuple[Tensor, Tensor]

names = st.sampled_from(["methane", "water", "ethene", "methyl", "CH5", "two methanes"])


def of_single_atoms(stable: list[bool]) -> Scores:
    flags = torch.tensor(stable)
    invalid = Validity(~flags & False, flags & False, (None,) * len(stable))
    return _scores(Stability(flags.long(), torch.ones(len(stable), dtype=torch.int64)), invalid)


@given(chosen=st.lists(names, min_size=1, max_size=8))
def test_the_scores_agree_with_each_other(known: dict[str, Molecule], chosen: list[str]) -> None:
    scores = score(gather([known[name] for name in chosen]))
    product = scores.valid.value * scores.unique_among_valid.value
    assert scores.valid_x_unique.value == pytest.approx(product)
    assert scores.valid_and_connected.value <= scores.valid.value
    assert scores.molecule_stability.value <= scores.atom_stability.value


@given(stable=st.lists(st.booleans(), min_size=1, max_size=30))
def test_atoms_that_are_molecules_have_the_binomial_error(stable: list[bool]) -> None:
    scores = of_single_atoms(stable)
    assert scores.atom_stability.value == scores.molecule_stability.value
    assert scores.atom_stability.error == pytest.approx(scores.molecule_stability.error)


def test_the_error_of_atom_stability_is_that_of_repeated_draws() -> None:
    generator = torch.Generator().manual_seed(3)
    n, repeats = 200, 2000
    sizes = torch.randint(3, 30, (repeats, n), generator=generator)
    chance = torch.rand((repeats, n), generator=generator)
    stable = (chance * (sizes + 1)).long()
    ratios = stable.sum(1) / sizes.sum(1)
    none = Validity(torch.zeros(n, dtype=torch.bool), torch.zeros(n, dtype=torch.bool), (None,) * n)
    error = _scores(Stability(stable[0], sizes[0]), none).atom_stability.error
    # the error itself has a relative spread of about 1 / sqrt(2 n) = 0.05
    assert error == pytest.approx(float(ratios.std()), rel=0.25)


def test_both_uniquenesses_of_a_set_made_by_hand(known: dict[str, Molecule]) -> None:
    turned = known["methane"][0].flip(-1), known["methane"][1]
    chosen = [known["methane"], turned, known["water"], known["CH5"], known["two methanes"]]
    scores = score(gather(chosen))
    assert scores.n == 5
    assert scores.valid.value == 4 / 5
    assert scores.valid.error == pytest.approx((0.8 * 0.2 / 5) ** 0.5)
    assert scores.valid_and_connected.value == 3 / 5
    assert scores.unique_among_valid == Estimate(2 / 4)
    assert scores.valid_x_unique == Estimate(2 / 5)
    assert scores.molecule_stability.value == 4 / 5
    assert scores.atom_stability.value == (5 + 5 + 3 + 5 + 10) / (5 + 5 + 3 + 6 + 10)


def test_nothing_is_unique_if_nothing_is_valid(known: dict[str, Molecule]) -> None:
    scores = score(gather([known["CH5"]]))
    assert scores.valid == Estimate(0.0, 0.0)
    assert scores.unique_among_valid == scores.valid_x_unique == Estimate(0.0)


def test_the_rule_reaches_validity_but_not_stability(known: dict[str, Molecule]) -> None:
    crowded = known["carbon dioxide"][0].clone()
    crowded[0] = torch.tensor([0.0, 1.10, 0.0])  # O#C=O
    molecules = gather([(crowded, known["carbon dioxide"][1]), known["ethene"]])
    ours, theirs = score(molecules), score(molecules, GEOM_RULE)
    assert (ours.valid.value, theirs.valid.value) == (0.5, 1.0)
    assert ours.atom_stability == theirs.atom_stability


def test_the_scores_go_through_json(known: dict[str, Molecule]) -> None:
    scores = score(gather([known["methane"], known["CH5"]]))
    there = json.loads(json.dumps(scores.to_json()))
    assert there["n"] == 2
    assert there["valid"] == {"value": 0.5, "error": 0.125**0.5}
    assert there["unique_among_valid"] == {"value": 1.0, "error": None}


def test_a_table_shows_percent_side_by_side_in_eighty_columns(known: dict[str, Molecule]) -> None:
    model = score(gather([known["methane"], known["CH5"]] * 500))
    data = score(gather([known["methane"], known["water"]]))
    console = Console(width=80)
    with console.capture() as capture:
        console.print(table({"model": model, "real data": data}))
    *_, ours, theirs = capture.get().splitlines()
    assert ours.split()[:4] == ["model", "1000", "90.91±0.26", "50.00±1.58"]
    assert ours.split()[-2:] == ["0.20", "0.10"]
    assert theirs.split()[:5] == ["real", "data", "2", "100.00±0.00", "100.00±0.00"]


@given(chosen=st.lists(names, min_size=2, max_size=5), seed=st.randoms())
def test_the_order_of_runs_does_not_matter(
    known: dict[str, Molecule], chosen: list[str], seed: random.Random
) -> None:
    runs = [score(gather([known[name], known["water"]])) for name in chosen]
    shuffled = over_runs(seed.sample(runs, len(runs)))
    assert shuffled == over_runs(runs)


def test_runs_have_the_mean_and_the_spread_known_by_hand(known: dict[str, Molecule]) -> None:
    methane, crowded = known["methane"], known["CH5"]
    counts = (4, 0), (3, 1), (2, 2)
    runs = [score(gather([methane] * fine + [crowded] * bad)) for fine, bad in counts]
    found = over_runs(runs)
    assert found["valid"] == Spread(0.75, 0.25)
    assert found["unique_among_valid"].mean == pytest.approx((1 / 4 + 1 / 3 + 1 / 2) / 3)
    assert list(found) == [*runs[0].to_json()][1:]


def test_one_run_has_no_spread(known: dict[str, Molecule]) -> None:
    with pytest.raises(InputError, match=r"^a spread over runs needs at least two, got 1$"):
        over_runs([score(gather([known["water"]]))])


def test_an_evaluation_of_no_molecules_is_refused(known: dict[str, Molecule]) -> None:
    none = gather([known["water"]]).take(torch.zeros(0, dtype=torch.int64))
    with pytest.raises(InputError, match=r"^an evaluation needs at least one molecule, got none"):
        score(none)


@pytest.mark.slow
def test_the_test_split_of_qm9_has_its_known_scores() -> None:
    scores = score(qm9("test"))
    assert scores.n == 13_083
    assert round(scores.atom_stability.value, 4) == 0.9934
    assert round(scores.molecule_stability.value, 4) == 0.9522
    assert round(scores.valid.value, 4) == 0.9774
    assert scores.valid_and_connected == scores.valid
    assert scores.unique_among_valid.value == 1.0
