import json
import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from torch import Tensor

from markovsym_diffusion.evaluation import quality as module
from markovsym_diffusion.evaluation.estimate import Estimate
from markovsym_diffusion.evaluation.examiner import Examined
from markovsym_diffusion.evaluation.quality import need_posebusters, quality, summary
from markovsym_diffusion.evaluation.quality_table import quality_table
from markovsym_diffusion.evaluation.worker import Lost
from markovsym_diffusion.molecules import InputError, gather
from tests.markovsym_diffusion.evaluation.faulty import by_size
from tests.markovsym_diffusion.evaluation.needs import needs_posebusters

Molecule = tuple[Tensor, Tensor]


def examined(strain: float | None, *passed: bool) -> Examined:
    return Examined(strain=strain, checks=dict(zip(("angles", "lengths"), passed, strict=True)))


outcomes = st.sampled_from(
    [None, Lost("died"), examined(None, True, True), examined(3.0, True, False)]
)


@given(found=st.lists(outcomes, min_size=1, max_size=20))
def test_every_molecule_is_counted_once(found: list[Examined | Lost | None]) -> None:
    known = summary(found)
    counted = known.strained + known.without_parameters + known.without_bonds + known.lost
    assert counted == known.n == len(found)
    assert known.bonded.value * known.n == pytest.approx(known.strained + known.without_parameters)
    assert known.plausible.value <= known.bonded.value
    assert known.lost == sum(isinstance(each, Lost) for each in found)
    assert known.without_bonds == found.count(None)


@given(found=st.lists(outcomes, min_size=1, max_size=20), seed=st.randoms())
def test_the_order_of_molecules_does_not_matter(
    found: list[Examined | Lost | None], seed: random.Random
) -> None:
    assert summary(seed.sample(found, len(found))) == summary(found)


def test_a_summary_known_by_hand() -> None:
    strains = [examined(float(k), k < 3, k != 1) for k in range(5)]
    known = summary([*strains, examined(None, False, False), None, None, None, Lost("died")])
    assert known.n == 10
    assert known.bonded == Estimate(0.6, (0.6 * 0.4 / 10) ** 0.5)
    assert known.plausible == Estimate(0.2, (0.2 * 0.8 / 10) ** 0.5)  # 0 and 2
    assert known.checks == {"angles": 3 / 6, "lengths": 4 / 6}
    assert known.strain == {"25 %": 1.0, "median": 2.0, "95 %": pytest.approx(3.8)}
    assert (known.strained, known.without_parameters) == (5, 1)
    assert (known.without_bonds, known.lost) == (3, 1)


def test_what_nobody_knows_is_left_empty() -> None:
    known = summary([None, Lost("died")])
    assert (known.checks, known.strain) == ({}, {})
    assert known.plausible == Estimate(0.0, 0.0)
    assert json.loads(json.dumps(known.to_json()))["strain"] == {}


def test_a_molecule_that_kills_its_process_costs_the_others_nothing(
    known: dict[str, Molecule], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "examiner", by_size)
    monkeypatch.setattr(module, "need_posebusters", lambda: None)
    names = ["methane", "CH5", "water", "nitrogen", "carbon dioxide"]  # 5, 6, 3, 2, 3 atoms
    told: list[float] = []
    found = quality(gather([known[name] for name in names]), told.append)
    assert (found.n, found.lost, found.without_bonds, found.strained) == (5, 1, 1, 3)
    assert found.strain["median"] == 3.0
    assert told == [0.2, 0.4, 0.6, 0.8, 1.0]


@needs_posebusters
def test_hand_made_molecules_are_examined(known: dict[str, Molecule]) -> None:
    names = ["methane", "CH5", "two methanes", "ethene"]
    found = quality(gather([known[name] for name in names]))
    assert (found.strained, found.without_bonds, found.lost) == (3, 1, 0)
    assert found.plausible.value == 2 / 4
    assert found.checks["all_atoms_connected"] == 2 / 3
    assert 0 < found.strain["95 %"] < 5


def test_no_molecules_are_refused(
    known: dict[str, Molecule], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "need_posebusters", lambda: None)
    none = gather([known["water"]]).take(torch.zeros(0, dtype=torch.int64))
    with pytest.raises(InputError, match=r"at least one molecule, got none$"):
        quality(none)


def test_a_missing_package_is_answered_with_what_to_install(
    known: dict[str, Molecule], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    for ask in (need_posebusters, lambda: quality(gather([known["water"]]))):
        with pytest.raises(InputError, match=r"posebusters, .* pip install 'markovsym\[quality\]'"):
            ask()


def test_a_table_shows_sets_side_by_side_and_nothing_where_nothing_is_known() -> None:
    ours, data = summary([None]), summary([examined(2.5, True, False)] * 400)
    apart = {"ours": {"elements": 0.25}, "data": {"elements": 0.01, "CH_pm": 0.0123}}
    console = Console(width=100)
    with console.capture() as capture:
        console.print(quality_table({"ours": ours, "data": data}, apart))
    rows = [line.split() for line in capture.get().splitlines()]
    assert rows[0][-2:] == ["ours", "data"]
    assert ["molecules", "1", "400"] in rows
    assert ["MMFF94", "strain,", "median", "(kcal/mol)", "2.5"] in rows
    assert ["angles", "(%", "of", "perceived)", "100.0"] in rows
    assert ["distance", "to", "data,", "CH", "bonds", "(pm)", "0.0123"] in rows
    assert ["distance", "to", "data,", "shares", "of", "elements", "0.25", "0.01"] in rows
    assert ["without", "bonds", "1", "0"] in rows
