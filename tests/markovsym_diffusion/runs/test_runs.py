"""A run from start to samples, with a model small enough for a test."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from markovsym_diffusion.checkpoints import load_checkpoint
from markovsym_diffusion.datasets import DataSet, SizeDistribution
from markovsym_diffusion.datasets.dataset import SPLITS
from markovsym_diffusion.methods import Diffusion
from markovsym_diffusion.molecules import InputError, Molecules, gather
from markovsym_diffusion.recipes import RECIPES, Recipe, recipe
from markovsym_diffusion.runs.folder import RunFolder
from markovsym_diffusion.runs.generate import generate
from markovsym_diffusion.runs.train import Report, Training
from markovsym_diffusion.runs.trained import export_model, load_model
from markovsym_diffusion.schedules import PolynomialSchedule
from markovsym_diffusion.training import Budget
from tests.markovsym_diffusion.small import SMALL

CPU = torch.device("cpu")


@pytest.fixture(name="little")
def _little(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A recipe of a very small model, known by its name."""
    tiny = recipe("symdiff-qm9-tiny")
    settings = dataclasses.replace(tiny.training, batch_size=2, warm_up=2)
    method = Diffusion(schedule=PolynomialSchedule(steps=20))
    made = dataclasses.replace(tiny, name="little", model=SMALL, training=settings, method=method)
    monkeypatch.setitem(RECIPES, "little", made)
    return made


@pytest.fixture(name="training")
def _training(little: Recipe, tmp_path: Path, molecules: Molecules) -> Training:
    six = gather([molecules.one(m % 2) for m in range(6)])
    data = DataSet(
        name="qm9",
        splits=dict.fromkeys(SPLITS, six),
        sizes=SizeDistribution.from_sizes(six.sizes),
        features=little.features,
    )
    folder = RunFolder(tmp_path / "run")
    return Training(recipe=little, folder=folder, data=data, seed=0, device=CPU)


def test_a_run_leaves_what_it_promises(training: Training) -> None:
    reports: list[Report] = []
    training.run(Budget(steps=5), reports.append)
    folder = training.folder
    assert reports[-1].step == 5
    assert reports[-1].validation is not None
    facts = json.loads(folder.facts.read_text())
    assert facts["recipe"] == "little"
    assert facts["data"] == "qm9"
    assert "batch_size=2" in facts["training"]
    assert facts["model"].startswith("SymDiff(backbone=Backbone(")
    assert "torch" in facts["made_with"]
    assert [json.loads(line)["step"] for line in folder.log.read_text().splitlines()][-1] == 5
    model = load_model(str(folder.root), CPU)
    assert dict(model.sizes.counts) == {3: 3, 5: 3}
    assert model.facts["step"] == 5


def test_a_run_goes_on_where_it_stood(training: Training, tmp_path: Path) -> None:
    training.run(Budget(steps=7), lambda report: None)
    twice = dataclasses.replace(training, folder=RunFolder(tmp_path / "twice"))
    twice.run(Budget(steps=3), lambda report: None)
    dataclasses.replace(twice).run(Budget(steps=7), lambda report: None)
    (ours, _), (theirs, _) = (load_checkpoint(t.folder.checkpoint) for t in (training, twice))
    # the rate depends on the share of the budget, so only what does not depend on it is the same
    assert torch.equal(ours["generator"], theirs["generator"])
    assert ours.keys() == theirs.keys()


def test_an_interrupted_run_is_saved(training: Training) -> None:
    def interrupt(report: Report) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.run(Budget(steps=4), interrupt)
    assert load_checkpoint(training.folder.checkpoint)[1]["step"] == 4


def test_a_folder_of_another_run_is_left_alone(training: Training) -> None:
    training.run(Budget(steps=1), lambda report: None)
    before = {path.name: path.read_bytes() for path in training.folder.root.iterdir()}
    other = dataclasses.replace(training, seed=1)
    with pytest.raises(InputError, match="of little on qm9 with seed 0, wanted little on"):
        other.run(Budget(steps=2), lambda report: None)
    assert {path.name: path.read_bytes() for path in training.folder.root.iterdir()} == before


def test_a_folder_of_something_else_is_left_alone(training: Training) -> None:
    training.folder.root.mkdir()
    (training.folder.root / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="exists and is no run; take another --out"):
        training.run(Budget(steps=2), lambda report: None)
    assert [path.name for path in training.folder.root.iterdir()] == ["thesis.tex"]


def test_a_seed_decides_the_samples(training: Training) -> None:
    training.run(Budget(steps=2), lambda report: None)
    model = load_model(str(training.folder.root), CPU)
    sizes = torch.tensor([4, 2, 3])
    one, same, other = (generate(model, sizes, seed=seed, batch_size=2) for seed in (0, 0, 1))
    assert torch.equal(one.positions, same.positions)
    assert not torch.equal(one.positions, other.positions)
    assert one.sizes.tolist() == [4, 2, 3]
    assert set(one.numbers.tolist()) <= {1, 6, 7, 8, 9}


def test_an_exported_model_is_half_the_size_and_nearly_the_same(
    training: Training, tmp_path: Path
) -> None:
    training.run(Budget(steps=2), lambda report: None)
    export_model(training.folder.model, tmp_path / "half.safetensors", {"seed": 0})
    full, half = (
        load_model(str(where), CPU)
        for where in (training.folder.root, tmp_path / "half.safetensors")
    )
    assert half.facts["seed"] == 0
    pairs = zip(full.denoiser.parameters(), half.denoiser.parameters(), strict=True)
    for ours, theirs in pairs:
        torch.testing.assert_close(ours, theirs, rtol=0.01, atol=1e-6)


def test_weights_of_another_recipe_are_refused(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    training.run(Budget(steps=1), lambda report: None)
    backbone = dataclasses.replace(SMALL.backbone, basis=9)
    model = dataclasses.replace(SMALL, backbone=backbone)
    monkeypatch.setitem(RECIPES, "little", dataclasses.replace(training.recipe, model=model))
    with pytest.raises(InputError, match="does not fit the recipe little"):
        load_model(str(training.folder.root), CPU)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(InputError, match=r"no run, file or shipped model is called 'absent'"):
        load_model("absent", CPU)


def test_the_nearest_recipe_is_named() -> None:
    with pytest.raises(InputError, match="did you mean symdiff-qm9-small"):
        recipe("symdiff-qm9-sm")
