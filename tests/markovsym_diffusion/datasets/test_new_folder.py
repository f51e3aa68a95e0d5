from pathlib import Path

import pytest

from markovsym.errors import FileError
from markovsym_diffusion.datasets.new_folder import new_folder


def content(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "below" / "new"
    with new_folder(path) as draft:
        (draft / "file").write_text("new")
        assert not path.exists()
    assert content(tmp_path) == {"below/new/file": "new"}


def test_an_older_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "new"
    path.mkdir()
    (path / "file").write_text("old")
    (path / "other").write_text("old")
    with new_folder(path) as draft:
        (draft / "file").write_text("new")
        assert content(path) == {"file": "old", "other": "old"}
    assert content(tmp_path) == {"new/file": "new"}


def fill_half(path: Path, error: type[BaseException]) -> None:
    with new_folder(path) as draft:
        (draft / "file").write_text("half")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_what_is_interrupted_leaves_no_trace(error: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "new"
    path.mkdir()
    (path / "file").write_text("old")
    with pytest.raises(error):
        fill_half(path, error)
    assert content(tmp_path) == {"new/file": "old"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named_with_a_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / "file" / "new"
    with pytest.raises(FileError, match="choose a folder that may be written to") as caught:
        new_folder(path).__enter__()
    assert str(path) in str(caught.value)
