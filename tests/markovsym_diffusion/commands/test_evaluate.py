"""``evaluate``: runs beside data, and what lies beyond the published scores."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from markovsym_diffusion.cli import main
from markovsym_diffusion.commands import evaluate
from markovsym_diffusion.molecules import Molecules, gather
from markovsym_diffusion.report import write_npz, write_xyz
from tests.markovsym_diffusion.evaluation.faulty import by_size
from tests.markovsym_diffusion.evaluation.needs import needs_posebusters


def ethene() -> tuple[torch.Tensor, torch.Tensor]:
    rows = [[0.665, 0, 0], [-0.665, 0, 0], [1.23, 0.93, 0], [1.23, -0.93, 0], [-1.23, 0.93, 0]]
    return torch.tensor([*rows, [-1.23, -0.93, 0]]), torch.tensor([6, 6, 1, 1, 1, 1])


@pytest.fixture(name="real", autouse=True)
def _real(molecules: Molecules, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every split is methane, water and ethene, ten times; gives the data sets asked for."""
    asked: list[str] = []
    few = gather([molecules.one(0), molecules.one(1), ethene()] * 10)

    def opened(name: str) -> SimpleNamespace:
        asked.append(name)
        return SimpleNamespace(split=lambda split: few)

    monkeypatch.setattr(evaluate, "data_set", opened)
    return asked


@pytest.fixture(name="runs")
def _runs(molecules: Molecules, tmp_path: Path) -> list[str]:
    """Three runs: all methane; methane and its torso; all torsos."""
    positions, numbers = molecules.one(0)
    whole, torso = (positions, numbers), (positions[:4], numbers[:4])
    parts = [whole] * 4, [whole, torso] * 2, [torso] * 4
    paths = [tmp_path / f"{name}.npz" for name in "abc"]
    for path, part in zip(paths, parts, strict=True):
        write_npz(gather(part), path)
    return [str(path) for path in paths]


def answered(args: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    assert main(["evaluate", *args, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["evaluate", *args]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


def test_one_run_stands_beside_data_without_a_mean(
    runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    facts = answered(runs[:1], capsys)
    assert list(facts) == [runs[0], "data:qm9/test"]
    assert facts[runs[0]]["n"] == 4
    assert facts["data:qm9/test"]["n"] == 30
    assert "quality" not in facts[runs[0]]


def test_several_runs_have_a_mean_and_a_deviation_that_leaves_data_out(
    runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    facts = answered([*runs, "data:qm9/test"], capsys)
    assert list(facts) == [*runs, "data:qm9/test", "mean of 3 runs"]
    stable = [facts[name]["molecule_stability"]["value"] for name in runs]
    assert stable == [1.0, 0.5, 0.0]
    assert facts["mean of 3 runs"]["molecule_stability"] == {"mean": 0.5, "deviation": 0.5}
    atoms = facts["mean of 3 runs"]["atom_stability"]
    assert atoms["mean"] == pytest.approx((1 + (5 + 3) / 9 + 3 / 4) / 3)
    assert facts["mean of 3 runs"].keys() == facts[runs[0]].keys() - {"n"}


def test_a_table_says_which_error_is_which(
    runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *runs]) == 0
    *_, data, mean, note = capsys.readouterr().out.splitlines()
    assert data.split()[0] == "data:qm9/test"
    assert mean.split()[:6] == ["mean", "of", "3", "runs", "87.96±12.53", "50.00±50.00"]
    assert "± standard error; in the last row standard deviation over the runs" in note
    assert main(["evaluate", runs[0]]) == 0
    assert "deviation" not in capsys.readouterr().out


def test_the_data_set_decides_the_bond_rule(
    tmp_path: Path, real: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    # a triple and a double bond are too many for this carbon, two single ones are not
    rows = torch.tensor([[0.0, 1.10, 0], [0, 0, 0], [1.16, 0, 0]])
    path = tmp_path / "samples.xyz"
    write_xyz(gather([(rows, torch.tensor([8, 6, 8]))]), path)
    valid = {
        data: answered([str(path), "--data", data], capsys)[str(path)]["valid"]["value"]
        for data in ("qm9/test", "geom/test", "own/folder/valid", "geometry/test")
    }
    assert valid == {
        "qm9/test": 0.0, "geom/test": 1.0, "own/folder/valid": 0.0, "geometry/test": 0.0,
    }  # fmt: skip
    assert real == ["qm9", "geom", "own/folder", "geometry"]


@needs_posebusters
def test_quality_stands_beside_that_of_data(
    runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    facts = answered([runs[0], "--quality", "--at-most", "3"], capsys)
    ours, data = facts[runs[0]], facts["data:qm9/test"]
    assert ours["quality"]["n"] == data["quality"]["n"] == 3
    assert ours["quality"]["strained"] == ours["quality"]["bonded"]["value"] * 3 == 3
    assert ours["distances"].keys() == {"CH_pm", "C_degrees", "atoms", "elements"}
    assert data["distances"].keys() <= ours["distances"].keys() | {"CC_pm", "O_degrees"}


def test_distances_of_data_are_those_between_its_halves(
    runs: list[str],
    molecules: Molecules,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("markovsym_diffusion.evaluation.quality.examiner", by_size)
    seen: list[tuple[Molecules, Molecules]] = []
    monkeypatch.setattr(evaluate, "distances", lambda *sets: seen.append(sets) or {})
    monkeypatch.setattr(evaluate, "need_posebusters", lambda: None)
    facts = answered([*runs[:2], "--quality", "--at-most", "2"], capsys)
    (first, data), (second, same), (other, again) = seen
    assert data is same is again
    assert len(first) == len(second) == len(other) == len(data) == 4
    assert not torch.equal(other.sizes, data.sizes)
    assert facts[runs[0]]["quality"]["strain"]["median"] == 5.0
    assert facts[runs[1]]["quality"]["n"] == 2
    assert main(["evaluate", runs[0], "--quality"]) == 0
    told = capsys.readouterr()
    assert "bonds perceived by RDKit" in told.out
    assert f"examining {runs[0]}: 100 %" in told.err


def test_molecules_are_thinned_evenly(molecules: Molecules) -> None:
    many = molecules.take(torch.tensor([0, 1, 1, 1, 0, 1, 1, 1, 0]))
    assert evaluate.thinned(many, 3).sizes.tolist() == [5, 5, 5]
    assert evaluate.thinned(many, 9) is many
    assert len(evaluate.thinned(many, 1)) == 1


def test_a_large_split_beside_is_thinned_and_samples_never(
    runs: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate, "MOST", 3)
    facts = answered([runs[0], "data:qm9/valid"], capsys)
    assert [facts[name]["n"] for name in list(facts)[:3]] == [4, 30, 3]
    assert answered(["data:qm9/test"], capsys)["data:qm9/test"]["n"] == 30


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "wanted at least one set of samples, got none"),
        (["a.npz", "b.npz", "a.npz"], "different runs, got one of them twice"),
        (["a.npz", "--at-most", "0"], "wanted a positive --at-most, got 0"),
        (["data:qm9"], "as in data:qm9/test, got data:qm9"),
    ],
)
def test_what_makes_no_sense_is_answered_in_one_line(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(args, capsys)


def test_a_missing_package_is_told_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("markovsym_diffusion.evaluation.quality.find_spec", lambda name: None)
    assert "markovsym[quality]" in refused(["absent.npz", "--quality"], capsys)
