"""The curve of quality against steps, with few molecules in few steps."""

import json
from pathlib import Path

import pytest

from benchmarks import quality_of_steps
from benchmarks.quality_of_steps import QualityOfSteps, main


def test_every_sampler_is_scored_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality_of_steps, "CALLS", (4, 2))
    asked = QualityOfSteps(samplers=("heun",), n=3, out=tmp_path, folder=tmp_path / "samples")
    main(asked)
    path = tmp_path / "quality-of-steps-qm9-small.json"
    rows = json.loads(path.read_text())["rows"]
    asked_of = [(row["sampler"], row["steps"], row["calls"]) for row in rows]
    assert asked_of == [("heun", 1, 2)]  # the most calls are for samplers of many steps
    assert rows[0]["scores"]["n"] == 3
    assert path.with_suffix(".png").stat().st_size > 10_000
    written = path.read_bytes()
    main(asked)
    assert path.read_bytes() == written
