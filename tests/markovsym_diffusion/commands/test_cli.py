"""The command line: its flags, its messages, and that bad input changes nothing."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
import torch

from markovsym_diffusion import options
from markovsym_diffusion.cli import main
from markovsym_diffusion.report import read_molecules
from markovsym_diffusion.runs import train
from markovsym_diffusion.runs.trained import load_model

FLAGS = {
    "demo": "out n minutes seed device",
    "data": "source",
    "recipes": "json",
    "train": "recipe steps minutes data init freeze out seed device bfloat16 compile",
    "sample": (
        "model n atoms sampler steps frames out batch_size seed device bfloat16 compile json"
    ),
    "evaluate": "samples data quality at_most json",
    "likelihood": "model split n draws times passes batch_size seed device json",
    "verify": "model alpha examples pairs seed device json html",
    "bench": "what recipe batch_size batches rounds against threads device bfloat16 compile",
}


def test_the_flags_are_the_ones_agreed_on() -> None:
    commands = [get_args(each)[0] for each in get_args(options.Command)]
    found = {each.module: " ".join(f.name for f in fields(each)) for each in commands}
    assert found == FLAGS


def test_help_needs_no_torch() -> None:
    code = (
        "import sys; from markovsym_diffusion.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert 'torch' not in sys.modules, 'torch'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "likelihood" in done.stdout


def refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that ``args`` are answered with."""
    assert main(args) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


def test_an_unknown_recipe_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "did you mean symdiff-qm9-tiny?" in refused(["train", "symdiff-qm9-tin"], capsys)


@pytest.mark.slow
def test_a_recipe_is_verified_with_random_weights_beside_what_must_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    args = ["verify", "symdiff-qm9-tiny", "--examples", "1", "--pairs", "192", "--json"]
    assert main([*args, "--html", str(page)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["trusted"]
    assert [one["verdict"] for one in facts["controls"]] == ["fail", "fail"]
    assert "symdiff-qm9-tiny" in page.read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["verify", "absent"], "shipped: qm9-small"),
        (["verify", "symdiff-qm9-tiny", "--alpha", "0"], "alpha must lie in (0, 1)"),
    ],
)
def test_what_cannot_be_verified_is_answered_in_one_line(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(args, capsys)


def test_an_unknown_model_is_answered_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "shipped: qm9-small" in refused(["sample", "absent"], capsys)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0\n\n", "wanted 1 to"),
        ("1\n\nXx 0 0 0\n", "wanted an element"),
        ("2\n\nH 0 0 nan\nH 0 0 1\n", "finite coordinate"),
        ("2\n\nH 0 0 1\nH 0 0 1\n", "closer than"),
        ("", "wanted"),
    ],
)
def test_bad_molecules_are_answered_in_one_line(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.xyz"
    path.write_text(content)
    assert message in refused(["evaluate", str(path)], capsys)
    assert path.read_text() == content


def test_a_missing_file_is_answered_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "absent.sdf" in refused(["evaluate", str(tmp_path / "absent.sdf")], capsys)


def test_an_unknown_split_is_answered_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "train, valid, test" in refused(["evaluate", "data:qm9/tset"], capsys)
    assert "data geom --from PATH" in refused(["evaluate", "data:geom/test"], capsys)


def test_a_missing_data_package_is_answered_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install" in refused(["evaluate", "data:qm9/test"], capsys)
    assert list(tmp_path.rglob("*.safetensors")) == []


def test_a_corrupt_cache_is_answered_in_one_line_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = tmp_path / "markovsym" / "qm9.safetensors"
    cache.parent.mkdir()
    cache.write_bytes(b"not a cache")
    assert "data qm9 --rebuild" in refused(["evaluate", "data:qm9/test"], capsys)
    assert cache.read_bytes() == b"not a cache"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_answered_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["sample", "qm9-small", "--device", "cuda"]
    assert "found none; use --device cpu" in refused(args, capsys)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--n", "0"], "wanted a positive --n"),
        (["--atoms", "0"], "at least one atom, got --atoms 0"),
        (["--steps", "0"], "wanted --steps between 1 and 1000, got 0"),
    ],
)
def test_impossible_samples_are_answered_in_one_line(
    flags: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["sample", "qm9-small", "--out", str(tmp_path / "out"), *flags]
    assert message in refused(args, capsys)
    assert not (tmp_path / "out").exists()


def test_recipes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["symdiff-qm9"]["parameters"] == 31_195_834


def test_the_shipped_model_samples_and_is_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    args = ["sample", "qm9-small", "--n", "6", "--steps", "10", "--out", str(out), "--json"]
    assert main(args) == 0
    facts = json.loads(capsys.readouterr().out)
    assert sorted(path.name for path in out.iterdir()) == [
        "samples.npz",
        "samples.sdf",
        "samples.xyz",
    ]
    assert facts["n"] == 6
    assert [len(read_molecules(Path(path))) for path in facts["files"].values()] == [6, 6, 6]
    assert main(["evaluate", str(out), "--json"]) == 0
    ours, scores = json.loads(capsys.readouterr().out).values()
    assert ours["n"] == 6
    assert scores["n"] == 13083
    assert scores["atom_stability"]["value"] == pytest.approx(0.9934, abs=1e-3)
    assert scores["molecule_stability"]["value"] == pytest.approx(0.9522, abs=1e-3)
    assert scores["valid"]["value"] == pytest.approx(0.977, abs=1e-3)
    assert scores["unique_among_valid"]["value"] == pytest.approx(1.0, abs=1e-3)


def test_the_likelihood_of_the_shipped_model_is_bounded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["likelihood", "qm9-small", "--n", "200", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    terms = sum(facts[name] for name in ("steps", "positions", "prior", "features", "atoms"))
    assert facts["nll"] == pytest.approx(terms, abs=1e-3)
    assert (
        facts["nll"] + 5 * facts["standard_error"] < 300
    )  # a model that sees nothing: about 1,500


def test_more_draws_and_more_times_bound_closer_and_say_how_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    args = ["likelihood", "qm9-small", "--n", "20", "--json", "--times", "10"]
    facts = {}
    for draws in ("1", "4"):
        assert main([*args, "--draws", draws, "--passes", "2"]) == 0
        facts[draws] = json.loads(capsys.readouterr().out)
    assert (facts["4"]["draws"], facts["4"]["times"], facts["4"]["passes"]) == (4, 10, 2)
    assert facts["4"]["monte_carlo_error"] > 0
    assert facts["4"]["nll"] < facts["1"]["nll"] + 3 * facts["1"]["monte_carlo_error"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--times", "1001"], "wanted --times one, all, or a number up to 1000, got 1001"),
        (["--times", "0"], "wanted --times one, all, or a number up to 1000, got 0"),
        (["--draws", "0"], "wanted positive --draws, --passes and --batch-size, got 0, 1 and 256"),
    ],
)
def test_impossible_bounds_are_answered_in_one_line(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(["likelihood", "qm9-small", *flags], capsys)


def test_a_sampler_is_chosen_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["sample", "qm9-small", "--n", "2", "--out", str(tmp_path), "--json"]
    assert main([*args, "--sampler", "dpm-solver++", "--steps", "5"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["steps"], facts["frames"]) == (5, "held")
    told = refused([*args[:-1], "--sampler", "euler"], capsys)
    assert "wanted a sampler among ancestral, sde-dpm-solver++, ddim, dpm-solver++, heun" in told


def test_a_recipe_that_begins_with_another_wants_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    told = refused(["train", "dit-ft-qm9-tiny", "--steps", "1", "--out", str(out)], capsys)
    assert "begins with a trained dit-qm9-tiny: train one, and give its folder" in told
    assert not out.exists()


@pytest.mark.slow
def test_a_trained_transformer_becomes_the_eps_of_symdiff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "VALIDATE_ON", 16)
    dit, tuned = str(tmp_path / "dit"), str(tmp_path / "tuned")
    assert main(["train", "dit-qm9-tiny", "--steps", "1", "--out", dit]) == 0
    args = ["train", "dit-ft-freeze-qm9-tiny", "--steps", "1", "--out", tuned]
    assert main([*args, "--init", dit]) == 0
    parts = [load_model(where, torch.device("cpu")).denoiser.parts for where in (dit, tuned)]
    for name in ("distances", "eps"):
        pairs = zip(*(part[name].parameters() for part in parts), strict=True)
        assert all(torch.equal(one, other) for one, other in pairs)
    capsys.readouterr()
    other = tmp_path / "other"
    told = refused([*args[:-1], str(other), "--init", dit, "--freeze", "gamma"], capsys)
    assert "to freeze, got gamma" in told
    assert not other.exists()
