"""Tensors in files."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from markovsym.files import replace_file
from markovsym_diffusion.molecules import InputError


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
