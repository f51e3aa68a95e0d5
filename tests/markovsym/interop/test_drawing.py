import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from markovsym.errors import CompositionError, MarkovsymError
from markovsym.interop import draw
from markovsym.syntax import Box, Diagram, Ty

X, Y = Ty("X"), Ty("Y")
F, D = Box("f", X, Y), Box("d", X, Y, deterministic=True)
BOTH = Diagram.copy(X) >> F @ D
KINDS = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".tikz": rb"\begin{tikzpicture}",
    ".tex": rb"\begin{tikzpicture}",
}


# Laws


@pytest.mark.parametrize("suffix", KINDS)
def test_one_diagram_gives_one_file_whatever_the_style(suffix: str, tmp_path: Path) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    draw(BOTH, one)
    with plt.style.context("dark_background"):
        draw(BOTH, two)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("suffix", KINDS)
def test_boxes_and_wires_and_flags_show(suffix: str, tmp_path: Path) -> None:
    flagged = Box("f", X, Y, deterministic=True)
    others = [F, flagged, Box("g", X, Y), Box("f", X, X), F @ F, Diagram.copy(X), Diagram.id(X)]
    paths = [tmp_path / f"{place}{suffix}" for place in range(len(others))]
    for other, path in zip(others, paths, strict=True):
        draw(other, path)
    assert len({path.read_bytes() for path in paths}) == len(others)


@pytest.mark.parametrize("suffix", KINDS)
def test_nothing_is_left_behind_in_matplotlib(suffix: str, tmp_path: Path) -> None:
    with mpl.rc_context():
        mpl.rcdefaults()  # an earlier drawing may have left something
        before, figures = dict(mpl.rcParams), plt.get_fignums()
        draw(BOTH, tmp_path / f"drawn{suffix}")
        assert (dict(mpl.rcParams), plt.get_fignums()) == (before, figures)


# Values known by hand


def test_no_file_knows_when_it_was_written(tmp_path: Path) -> None:
    for suffix in KINDS:
        draw(BOTH, tmp_path / f"both{suffix}")
        assert b"Date" not in (tmp_path / f"both{suffix}").read_bytes()


@pytest.mark.parametrize(("suffix", "start"), KINDS.items(), ids=list(KINDS))
def test_the_suffix_says_the_kind_of_file(suffix: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"drawn{suffix.upper()}"
    draw(BOTH, str(path))
    assert path.read_bytes().startswith(start)
    assert list(path.parent.iterdir()) == [path]


def test_a_thing_is_drawn_by_its_diagram() -> None:
    class Kernel:
        diagram = F.diagram

    assert draw(Kernel()) == draw(F.diagram) == draw(F)


def test_a_notebook_shows_what_the_file_holds(tmp_path: Path) -> None:
    picture = draw(BOTH, tmp_path / "both.svg")
    assert picture._repr_svg_() == (tmp_path / "both.svg").read_text("utf-8")


def test_tikz_draws_a_stochastic_box_round_and_tinted(tmp_path: Path) -> None:
    draw(BOTH, tmp_path / "both.tikz")
    lines = (tmp_path / "both.tikz").read_text("utf-8").splitlines()
    frames = [line for line in lines if "rectangle" in line]
    assert [("rounded" in line, "blue" in line) for line in frames] == [
        (True, True),
        (False, False),
    ]
    assert sum(line.startswith(r"  \fill") for line in lines) == 1
    assert lines[-1] == r"\end{tikzpicture}"


def test_names_are_written_as_they_are(tmp_path: Path) -> None:
    draw(Box(r"50%_$x$^\{~", Ty(), Ty()), tmp_path / "odd.tex")
    written = r"{50\%\_\$x\$\textasciicircum{}\textbackslash{}\{\textasciitilde{}};"
    assert written in (tmp_path / "odd.tex").read_text("utf-8")
    draw(Box(r"$\no such macro$", Ty(), Ty()), tmp_path / "odd.svg")


@pytest.mark.slow
def test_drawing_wants_no_display_and_picks_no_backend() -> None:
    code = (
        "from markovsym.interop import draw; from markovsym.syntax import Box, Ty;"
        "import matplotlib, sys; draw(Box('f', Ty('X'), Ty('Y')))._repr_svg_();"
        "assert matplotlib.get_backend(auto_select=False) is None;"
        "assert not sys.modules['matplotlib.pyplot'].get_fignums()"
    )
    bare = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "MPLBACKEND"}}
    command = [sys.executable, "-W", "error", "-c", code]
    assert subprocess.run(command, check=False, env=bare).returncode == 0


# Messages


@pytest.mark.parametrize("name", ["drawn.jpeg", "drawn", ".svg", "drawn.svg.gz"])
def test_a_file_of_another_kind_is_refused(name: str, tmp_path: Path) -> None:
    message = rf"{name}: a drawing ends in \.svg, \.png, \.pdf, \.tikz or \.tex$"
    with pytest.raises(MarkovsymError, match=message):
        draw(F, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_thing_without_a_diagram_is_refused() -> None:
    message = r"^wanted a box, a diagram or what has a diagram, got a str$"
    with pytest.raises(CompositionError, match=message):
        draw("f")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f.svg"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(
        MarkovsymError, match=r"f\.svg: cannot be written \(No space left .*: choose"
    ):
        draw(F, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(MarkovsymError, match=r"file/f\.svg: cannot be written .*: choose a folder"):
        draw(F, tmp_path / "file" / "f.svg")
