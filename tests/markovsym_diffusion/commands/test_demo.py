"""The demo, as short as it gets."""

import json
from pathlib import Path

import pytest
import torch

from markovsym.testing import Effort, making
from markovsym_diffusion.cli import main
from markovsym_diffusion.report import read_molecules


@pytest.mark.slow
def test_the_demo_leaves_what_it_promises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "demo"
    args = ["demo", "--out", str(out), "--n", "4", "--minutes", "0.02"]
    with making(Effort(examples=1, pairs=256)):
        assert main(args) == 0
    told = capsys.readouterr()
    assert "data:qm9/test" in told.out
    assert "qm9-small passes; its network alone fails, as it must" in told.out
    facts = json.loads((out / "metrics.json").read_text())
    assert [row["n"] for row in facts["scores"].values()] == [4, 13083]
    assert facts["equivariance"]["trusted"]
    assert torch.__version__.startswith(facts["torch"].split("+")[0])
    for kind in ("sdf", "xyz", "npz"):
        assert len(read_molecules(out / f"samples.{kind}")) == 4
    for name in ("molecules.png", "loss.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")


def test_the_demo_leaves_a_folder_of_something_else_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "training" / "run.json"
    own.parent.mkdir()
    own.write_text("mine")
    for out in (tmp_path, own):
        assert main(["demo", "--out", str(out)]) == 2
        assert "is not of a demo; take another --out" in capsys.readouterr().err
    assert own.read_text() == "mine"
