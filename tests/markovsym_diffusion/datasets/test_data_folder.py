import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from markovsym_diffusion.datasets import data_folder
from markovsym_diffusion.datasets.data_folder import read_data_set, read_facts, write_data_set
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError, Molecules

FEATURES = AtomFeatures(vocabulary=(1, 6, 7, 8, 9))
SPLITS = {
    "valid": torch.tensor([1, 998]),
    "test": torch.tensor([0, 5, 7]),
    "train": torch.tensor([2, 3, 4, 6]),
}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, some_qm9: Molecules) -> Path:
    write_data_set(tmp_path, some_qm9, SPLITS, FEATURES, {"seed": 3})
    return tmp_path


@pytest.mark.parametrize("at_a_time", [1, 2, 10_000])
def test_every_split_holds_its_molecules(
    at_a_time: int, tmp_path: Path, some_qm9: Molecules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "AT_A_TIME", at_a_time)
    write_data_set(tmp_path, some_qm9, SPLITS, FEATURES, {})
    data = read_data_set(tmp_path, "mine")
    for split, rows in SPLITS.items():
        found, wanted = data.split(split), some_qm9.take(rows)
        assert torch.equal(found.positions, wanted.positions)
        assert torch.equal(found.numbers.long(), wanted.numbers)
        assert torch.equal(found.offsets, wanted.offsets)


def test_sizes_are_those_of_all_splits(folder: Path, some_qm9: Molecules) -> None:
    data = read_data_set(folder, "mine")
    rows = torch.cat(list(SPLITS.values()))
    sizes, counts = some_qm9.sizes[rows].unique(return_counts=True)
    assert data.sizes.counts == dict(zip(sizes.tolist(), counts.tolist(), strict=True))


@pytest.mark.parametrize("charge_scale", [None, 10.0])
def test_features_and_name_are_kept(
    charge_scale: float | None, tmp_path: Path, some_qm9: Molecules
) -> None:
    features = AtomFeatures(vocabulary=(1, 6, 7, 8, 9, 17), charge_scale=charge_scale)
    write_data_set(tmp_path, some_qm9, SPLITS, features, {})
    data = read_data_set(tmp_path, "mine")
    assert (data.name, data.features) == ("mine", features)


def test_what_else_is_recorded_is_read(folder: Path) -> None:
    assert read_facts(folder) == {
        "splits": {"train": 4, "valid": 2, "test": 3},
        "vocabulary": [1, 6, 7, 8, 9],
        "charge_scale": 10.0,
        "seed": 3,
    }


def edited(change: Callable[[dict[str, Any]], object], folder: Path) -> None:
    facts = read_facts(folder)
    change(facts)
    (folder / "facts.json").write_text(json.dumps(facts))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts.pop("splits"), "facts.json is damaged: KeyError"),
        (lambda facts: facts["splits"].pop("test"), "facts.json is damaged: KeyError"),
        (lambda facts: facts["splits"].update(test=None), "facts.json is damaged: TypeError"),
        (lambda facts: facts.pop("vocabulary"), "facts.json is damaged: KeyError"),
        (lambda facts: facts.pop("charge_scale"), "facts.json is damaged: KeyError"),
        (lambda facts: facts["splits"].update(test=4), r"\[4, 2, 4\], but there are 9"),
        (lambda facts: facts["splits"].update(test=0, train=7), r"\[7, 2, 0\], but there are 9"),
    ],
)
def test_damaged_facts_are_refused(
    change: Callable[[dict[str, Any]], object], message: str, folder: Path
) -> None:
    edited(change, folder)
    with pytest.raises(InputError, match=message):
        read_data_set(folder, "mine")


@pytest.mark.parametrize("content", [None, "", "{"])
def test_a_folder_without_facts_is_no_data_set(content: str | None, folder: Path) -> None:
    (folder / "facts.json").unlink()
    if content is not None:
        (folder / "facts.json").write_text(content)
    with pytest.raises(InputError, match=r"is no data set: facts.json is absent or no JSON"):
        read_data_set(folder, "mine")
