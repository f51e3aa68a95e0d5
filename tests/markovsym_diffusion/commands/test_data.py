"""``data``: what it builds, what it says, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from markovsym_diffusion.cli import main
from markovsym_diffusion.datasets import data_set
from tests.markovsym_diffusion.datasets.downloads import some_records, write_stream

WATER = "3\n\nO 0 0 0\nH 0 0 1\nH 0 1 0\n"


@pytest.fixture(name="download")
def _download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_stream(tmp_path / "drugs_crude.msgpack", some_records(10))


def told(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The facts, and what is said beside them."""
    assert main([*args, "--json"]) == 0
    heard = capsys.readouterr()
    return json.loads(heard.out), heard.err


def refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(args) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    return heard.err


def test_qm9_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    facts, _ = told(["data", "qm9"], capsys)
    assert facts.pop("cache").endswith("qm9.safetensors")
    assert facts == {
        "molecules": 130_831,
        "atoms": 2_359_210,
        "train": 100_000,
        "valid": 17_748,
        "test": 13_083,
        "vocabulary": "H C N O F",
    }


def test_geom_is_built_described_and_described_again(
    download: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts, said = told(["data", "geom", "--from", str(download), "--seed", "2"], capsys)
    assert "no molecule is in two splits" in said
    assert facts["cache"] == str(tmp_path / "cache" / "markovsym" / "geom")
    assert facts["molecules"] == 23 == sum(facts[split] for split in ("train", "valid", "test"))
    assert facts["vocabulary"].split()[:4] == ["H", "B", "C", "N"]
    assert facts["split"] == "by molecule, seed 2"
    assert facts["skipped"] == {}
    assert told(["data", "geom"], capsys) == (facts, "")


def test_with_the_permutation_nothing_needs_to_be_noted(
    download: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    np.save(tmp_path / "p.npy", np.arange(23))
    args = ["data", "geom", "--from", str(download), "--permutation", str(tmp_path / "p.npy")]
    facts, said = told(args, capsys)
    assert "note" not in said
    assert facts["split"] == "published, by conformer"
    assert (facts["train"], facts["valid"], facts["test"]) == (19, 2, 2)


def test_what_was_skipped_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    records = {**some_records(3), "nothing": {}, "neither": {}}
    path = write_stream(tmp_path / "drugs", records)
    assert main(["data", "geom", "--from", str(path)]) == 0
    assert "skipped    2 molecules without a conformer\n" in capsys.readouterr().out


def test_nothing_is_replaced_unasked(download: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["data", "geom", "--from", str(download)]
    told(args, capsys)
    assert "exists already; replace it with --rebuild" in refused([*args, "--seed", "1"], capsys)
    assert told(["data", "geom"], capsys)[0]["split"] == "by molecule, seed 0"
    assert told([*args, "--seed", "1", "--rebuild"], capsys)[0]["split"] == "by molecule, seed 1"


@pytest.mark.usefixtures("download")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "get drugs_crude.msgpack or rdkit_folder"),
        (["--rebuild"], "want a download: give --from PATH"),
        (["--permutation", "p.npy"], "want a download: give --from PATH"),
        (["--from", "absent"], "absent: wanted the file drugs_crude.msgpack"),
    ],
)
def test_geom_without_a_download_is_answered_with_what_is_wanted(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert message in refused(["data", "geom", *args], capsys)
    assert not (tmp_path / "cache" / "markovsym" / "geom").exists()


def test_own_files_become_a_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "water.xyz").write_text(10 * WATER)
    out = tmp_path / "mine"
    facts, said = told(
        ["data", "from-files", str(tmp_path), "--out", str(out), "--seed", "4"], capsys
    )
    assert facts == {
        "cache": str(out),
        "molecules": 10,
        "atoms": 30,
        "train": 8,
        "valid": 1,
        "test": 1,
        "vocabulary": "H O",
        "split": "at random, seed 4",
    }
    assert said == ""
    assert len(data_set(facts["cache"]).split("train")) == 8


def test_a_data_set_of_own_files_has_a_place_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "waters").mkdir()
    (tmp_path / "waters" / "water.xyz").write_text(3 * WATER)
    monkeypatch.chdir(tmp_path)
    facts, _ = told(["data", "from-files", "waters"], capsys)
    assert facts["cache"] == "runs/data/waters"
    assert data_set("runs/data/waters").vocabulary == (1, 8)


def test_molecules_without_hydrogens_are_taken_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mercury.xyz").write_text(4 * "1\n\nHg 0 0 0\n")
    _, said = told(["data", "from-files", str(tmp_path), "--out", str(tmp_path / "mine")], capsys)
    assert said == "note: none of the 4 molecules has hydrogens\n"


def test_bad_files_are_answered_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.xyz").write_text("2\n\nH 0 0 0\n")
    said = refused(["data", "from-files", str(tmp_path), "--out", str(tmp_path / "mine")], capsys)
    assert "bad.xyz: line 3" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "mine").exists()
