import os
from pathlib import Path

import pytest

from markovsym.errors import FileError
from markovsym.files import replace_file


def test_folders_are_made_on_the_way(tmp_path: Path) -> None:
    replace_file(tmp_path / "new" / "file", b"content")
    assert (tmp_path / "new" / "file").read_bytes() == b"content"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "molecules.xyz"
    replace_file(path, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FileError, match=r"molecules.xyz: cannot be written \(No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "molecules.xyz"
    replace_file(path, b"old")

    def torn(file: int) -> None:
        os.truncate(file, 1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", torn)
    with pytest.raises(FileError, match=r"cannot be written"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FileError, match=r"file/water.npz: cannot be written .*: choose a folder"):
        replace_file(tmp_path / "file" / "water.npz", b"")
    assert (tmp_path / "file").read_text() == "not a folder"
