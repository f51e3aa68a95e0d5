"""The levers of training, for a step or two."""

import json
from pathlib import Path

import pytest

from benchmarks.levers import LEVERS, Levers, main, plain
from markovsym_diffusion.runs.folder import write_json


def test_a_lever_is_pulled_once(tmp_path: Path) -> None:
    seconds = dict.fromkeys(LEVERS, 0.06)
    tmp_path.joinpath("runs").mkdir()
    write_json(tmp_path / "runs" / "steps.json", {"seconds_a_step": seconds})
    asked = Levers(
        out=tmp_path / "runs", result=tmp_path / "levers.json",
        minutes=0.002, seeds=1, n=2, steps=2, only=("self-conditioning",),
    )  # fmt: skip
    main(asked)
    written = asked.result.read_bytes()
    runs = json.loads(written)["runs"]
    assert list(runs) == ["self-conditioning/0"]
    run = runs["self-conditioning/0"]
    assert run["steps"] == 2
    assert run["samples"]["scores"]["n"] == 2
    assert run["nll"]["error"] > 0
    main(asked)
    assert asked.result.read_bytes() == written


@pytest.mark.parametrize("name", [name for name in LEVERS if name != "plain"])
def test_each_lever_changes_the_run(name: str) -> None:
    assert LEVERS[name](plain(1000)) != plain(1000)
