import json
import subprocess
import sys
from pathlib import Path

import pytest

from markovsym.cli import main

MODELS = """
import torch
from torch import nn
from markovsym.actions import gspace, matrix
from markovsym.groups import O
from markovsym.kernels import Deterministic
from markovsym.symmetrise import haar, sym

X = gspace((4, 3), matrix(O(3)))
kernel = sym(Deterministic(torch.tanh, X, X), haar(O(3), X))
bare = Deterministic(torch.tanh, X, X)
layer = nn.Linear(3, 3)
number = 3

class Net(nn.Module):
    def forward(self, x):
        return 2 * x

class Sized(nn.Module):
    def __init__(self, size):
        super().__init__()

def mean(x, t):
    return x * t[..., None, None]
"""
BRIEF = ["--examples", "1", "--pairs", "256"]


@pytest.fixture(name="models")
def _models(tmp_path: Path) -> str:
    path = tmp_path / "some_models.py"
    path.write_text(MODELS)
    return str(path)


def test_a_kernel_brings_its_group_and_passes(
    models: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", f"{models}:kernel", *BRIEF]) == 0
    assert "fails, as it must" in capsys.readouterr().out.splitlines()[-1]


def test_a_model_that_is_not_equivariant_ends_with_1(
    models: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", f"{models}:bare", *BRIEF]) == 1
    assert main(["verify", f"{models}:layer", "--group", "SO(3)", "--dom", "7,3", *BRIEF]) == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith("fails")


def test_a_class_is_made_and_json_and_a_page_are_written(
    models: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new" / "report.html"
    args = ["verify", f"{models}:Net", "--group", "S(4) x O(3)", "--json", "--html", str(page)]
    assert main([*args, *BRIEF]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["trusted"]
    assert facts["report"]["group"] == "S(4) x O(3)"
    assert page.read_text().startswith("<!doctype html>")


def test_several_inputs_and_those_that_stand_still(models: str) -> None:
    args = ["--group", "O(3)", "--dom", "point,3", "scalar:still", "--cod", "point,3"]
    assert main(["verify", f"{models}:mean", *args, *BRIEF]) == 0


def test_a_module_is_imported_from_where_one_stands(
    models: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(models).parent)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert main(["verify", "some_models:Net", "--group", "O(3)", *BRIEF]) == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["{}:Net"], 'add --group "O(3)"'),
        (["{}:Net", "--group", "Q(3)"], "wanted a group such as O(3)"),
        (["{}:Net", "--group", "O(3)", "--dom", "7,4"], "O(3) does not act on tensors of shape"),
        (["{}:Net", "--group", "O(3)", "--dom", "7;3"], "wanted a shape such as 20,3"),
        (["{}:Net", "--group", "O(3)", "--dom", "0,3"], "wanted a shape such as 20,3"),
        (["{}:layer", "--group", "O(2)"], "the model does not run at points of"),
        (["{}:nothing", "--group", "O(3)"], "has nothing that is called nothing"),
        (["{}:number", "--group", "O(3)"], "is of type int"),
        (["{}:Sized", "--group", "O(3)"], "cannot be made without arguments"),
        (["{}", "--group", "O(3)"], "wanted MODULE:OBJECT or FILE.py:OBJECT"),
        (["no/such.py:Net", "--group", "O(3)"], "no/such.py: no such file"),
        (["no_such_module:Net", "--group", "O(3)"], "cannot import no_such_module"),
        (["{}:Net", "--group", "O(3)", "--alpha", "2"], "alpha must lie in (0, 1), got 2.0"),
        (["{}:Net", "--group", "O(3)", "--pairs", "3"], "wanted at least 1 example and 64 pairs"),
    ],
)
def test_bad_input_gets_one_line(
    models: str, args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *(arg.format(models) for arg in args)]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.err.startswith("markovsym: ")
    assert told.err.count("\n") == 1
    assert not told.out


def test_a_file_that_is_no_python_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.py"
    path.write_text("def")
    assert main(["verify", f"{path}:Net", "--group", "O(3)"]) == 2
    assert "cannot run" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_said_before_nothing_is_lost(
    models: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    args = ["verify", f"{models}:Net", "--group", "O(3)", "--html", str(taken / "x.html"), *BRIEF]
    assert main(args) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert taken.read_text() == "mine"


def test_help_comes_without_torch() -> None:
    code = "import sys; from markovsym.cli import main\ntry: main(['verify', '--help'])\n"
    code += "except SystemExit: print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "MODULE:OBJECT" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"
