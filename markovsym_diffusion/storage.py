"""Files that are written whole or not at all, and tensors in them."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from markovsym_diffusion.molecules import InputError


def replace_file(path: Path, content: bytes) -> None:
    """Write a file at once: it holds the old content or the new, never half of it.

    Raises:
        InputError: If the file cannot be written; an older one then is as it was.
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
        raise InputError(f"{path}: cannot be written ({reason}): {mend}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write tensors of the CPU and some text as one safetensors file, at once."""
    replace_file(path, save(dict(tensors), dict(metadata)))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the text of a safetensors file.

    Raises:
        InputError: If it is absent, cut short or none.
    """
    if not path.is_file():
        raise InputError(f"cannot read {path}: there is no such file")
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} is cut short or no safetensors file") from error
