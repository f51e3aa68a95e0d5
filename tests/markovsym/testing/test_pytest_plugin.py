"""The pytest plugin, in runs of pytest of its own."""

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

CHECKS = """
import pytest
from markovsym.testing.effort import Effort, making, usual
from markovsym.testing.outcome import InconclusiveError, check

@check("a law")
def holds(n):
    if n > 1:
        raise InconclusiveError("nothing")
    assert n == 0

@check("another law")
def other():
    return None
"""


def run(tmp_path: Path, tests: str, *options: str) -> str:
    """What pytest prints of a file of tests, which begins with two checks."""
    (tmp_path / "test_user.py").write_text(CHECKS + tests)
    kept = {name: one for name, one in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), *options, "test_user.py"],
        cwd=tmp_path,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


RUNS = """
@pytest.mark.equivariance
@pytest.mark.statistical
def test_two():
    holds(0)
    other()

def test_fails():
    holds(1)

def test_learns_nothing():
    for n in (0, 0, 2):
        holds(n)

def test_none():
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with xdist"])
def test_the_summary_tells_how_checks_ended(tmp_path: Path, workers: tuple[str, ...]) -> None:
    told = run(tmp_path, RUNS, "--equivariance-alpha", "1e-3", *workers)
    assert "2 failed, 2 passed" in told
    assert re.search(r"\n=+ equivariance =+\n", told)
    assert re.search(r"\na law: 1 fail, 1 inconclusive, 3 pass, in \d+\.\d\d CPU s\n", told)
    assert re.search(r"\nanother law: 1 pass, in \d+\.\d\d CPU s\n", told)
    assert "\nwhat is right is rejected with chance at most 0.006\n" in told


def test_without_checks_there_is_no_summary_and_no_torch(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        "    heavy = {'torch', 'hypothesis', 'markovsym.groups'}\n"
        "    print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    told = run(tmp_path, "def test_none():\n    pass\n", "-s")
    assert "1 passed" in told
    assert "LOADED []" in told
    assert "equivariance" not in told


EFFORTS = """
@pytest.fixture
def told():
    return usual()

def test_the_options_are_in_force(told):
    assert (told.examples, told.alpha, told.pairs, told.seed) == (3, 1e-4, 1024, 0)

def test_the_fixture_is_in_force(equivariance_effort):
    assert usual() == equivariance_effort
    assert (usual().examples, usual().alpha) == (3, 1e-4)
    assert usual().seed == SEED

def test_it_was_in_force_for_that_test_only():
    assert usual().seed == 0

def test_another_test_has_another_seed(equivariance_effort):
    assert usual().seed not in (0, SEED)

@pytest.mark.usefixtures("equivariance_effort")
@given(st.integers())
@settings(max_examples=5, database=None)
def test_it_is_in_force_in_examples(n):
    assert usual().seed not in (0, SEED)
"""


def test_options_and_the_fixture_set_the_usual_effort(tmp_path: Path) -> None:
    head = "from hypothesis import given, settings, strategies as st\n"
    seed = "import hashlib\nname = b'test_user.py::test_the_fixture_is_in_force'\n"
    seed += "SEED = int.from_bytes(hashlib.sha256(name).digest()[:8], 'little')\n"
    options = ("--equivariance-examples", "3", "--equivariance-alpha", "1e-4")
    assert "5 passed" in run(tmp_path, head + seed + EFFORTS, *options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--equivariance-alpha", "2"), "ERROR: alpha must lie in (0, 1), got 2.0"),
        (("--equivariance-examples", "0"), "ERROR: wanted at least 1 example and 64 pairs"),
    ],
    ids=["alpha", "examples"],
)
def test_an_effort_that_cannot_be_is_refused(
    tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    assert told in run(tmp_path, "", *options)


def test_options_and_markers_are_explained(tmp_path: Path) -> None:
    told = " ".join(run(tmp_path, "", "--help").split())
    assert "--equivariance-examples=N random group elements that a test in law tries" in told
    assert "--equivariance-alpha=A chance that a test in law rejects what is right" in told
    marked = run(tmp_path, "", "--markers")
    assert "@pytest.mark.equivariance: a test that something is equivariant" in marked
    assert "@pytest.mark.statistical: a test that depends on random draws" in marked


def test_outcomes_are_properties_of_the_test(tmp_path: Path) -> None:
    run(tmp_path, RUNS, "--junit-xml", "told.xml")
    told = (tmp_path / "told.xml").read_text()
    assert re.search(r'name="equivariance" value="\[&quot;another law&quot;, {&quot;pass', told)


def test_the_entry_point_is_stated() -> None:
    (ours,) = entry_points(group="pytest11", name="markovsym")
    assert ours.value == "markovsym.testing.pytest_plugin"
