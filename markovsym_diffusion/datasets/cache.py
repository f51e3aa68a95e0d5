"""Where data sets are kept."""

import os
from pathlib import Path


def cache_folder(cache: Path | None = None) -> Path:
    """The folder of all caches: ``cache``, or else below ``XDG_CACHE_HOME`` or ``~/.cache``."""
    if cache is not None:
        return cache
    stated = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # the XDG base directory specification has a relative path ignored
    home = stated if stated.is_absolute() else Path.home() / ".cache"
    return home / "markovsym"
