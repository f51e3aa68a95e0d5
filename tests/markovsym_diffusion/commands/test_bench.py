"""``bench`` prints what was found, whatever it is."""

import json

import pytest

from markovsym_diffusion.cli import main

SHORT = ["--batch-size", "4", "--batches", "2", "--rounds", "1"]


@pytest.mark.parametrize("what", ["train", "sample"])
def test_steps_are_timed_beside_the_plain_ones(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["bench", what, "--recipe", "symdiff-qm9-tiny", "--against", "reference", *SHORT]
    assert main(asked) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["waits_per_step"] == 0
    assert facts["kernels_per_step"] > 100
    assert facts["agreement"]["values"] < 1e-5
    assert ("gradients" in facts["agreement"]) == (what == "train")
    ours, theirs = facts["ours"]["seconds"], facts["reference"]["seconds"]
    assert facts["ratio"]["rounds"] == [theirs["rounds"][0] / ours["rounds"][0]]
    assert facts["ours"]["molecules_per_second"] == pytest.approx(8 / ours["median"])
    work = facts["useful_flop_per_molecule"] * facts["ours"]["molecules_per_second"]
    assert facts["flop_per_second"] == pytest.approx(work)
    assert facts["peak_memory_bytes"] > 1e7


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["train", "--rounds", "0"], "wanted positive --batch-size, --batches, --rounds"),
        (["train", "--recipe", "edm-qm9-tiny", "--bfloat16"], "leave --bfloat16"),
        (["sample", "--recipe", "flow-symdiff-qm9-tiny"], "wanted a recipe of diffusion"),
        (["train", "--recipe", "edm-qm9-tiny", "--against", "reference"], "a part distances"),
    ],
)
def test_what_cannot_be_timed_is_answered_in_one_line(
    asked: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *asked]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1
