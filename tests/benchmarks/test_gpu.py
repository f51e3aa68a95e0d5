"""The benchmark for GPUs runs, on tiny models, where there is none."""

import json
import subprocess
import sys
from pathlib import Path

import torch

from benchmarks.gpu import SMALL, main


def test_everything_is_measured_and_agrees(tmp_path: Path) -> None:
    main(tmp_path / "gpu.json", SMALL, torch.device("cpu"))
    found = json.loads((tmp_path / "gpu.json").read_text())
    exact = found["against float64"]
    assert max(exact["float32"].values()) < 1e-5
    assert 1e-5 < exact["bfloat16"]["values"] < 1e-2
    assert found["graphs against functions"]["training step"] == 0.0
    assert len(found["training"]) == 2
    assert len(found["sampling"]) == 4
    assert not [one for one in found["training"] + found["sampling"] if "error" in one]


def test_nothing_is_imported_that_gpu_machines_lack() -> None:
    code = (
        "import sys, benchmarks.gpu, markovsym_diffusion.runs.train\n"
        "lacking = {'tyro', 'rdkit', 'discopy'} & set(sys.modules)\n"
        "assert not lacking, lacking"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
