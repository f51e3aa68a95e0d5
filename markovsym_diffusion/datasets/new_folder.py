"""Folders that appear whole or not at all."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from markovsym.errors import FileError


@contextmanager
def new_folder(path: Path) -> Generator[Path]:
    """A hidden folder to be filled; when all went well inside, it replaces the one at ``path``.

    Raises:
        FileError: If it cannot be written; an older folder then is as it was.
    """
    draft, old = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        draft.mkdir(parents=True)
        yield draft
        _keep(draft)
        if path.exists():
            path.replace(old)  # no system call swaps a folder for one that holds something
        draft.replace(path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        mend = "free some space, or choose a folder that may be written to"
        reason = error.strerror or error
        raise FileError(f"{path}: cannot be written ({reason}): {mend}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _keep(folder: Path) -> None:
    """Have the files on the disk before their folder gets its name."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
