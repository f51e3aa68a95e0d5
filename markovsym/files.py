"""Files that are written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from markovsym.errors import FileError


def replace_file(path: Path, content: bytes) -> None:
    """Write a file at once: it holds the old content or the new, never half of it.

    Raises:
        FileError: If the file cannot be written; an older one then is as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        mend = "choose a folder that may be written to"
        reason = error.strerror or error
        raise FileError(f"{path}: cannot be written ({reason}): {mend}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
