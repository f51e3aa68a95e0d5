"""Checkpoints: tensors and facts in one file, checked when read; never a pickle."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.storage import read_tensors, write_tensors


class CheckpointError(InputError):
    """A checkpoint that must not be read."""


def save_checkpoint(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write ``tensors`` and ``facts`` (anything that JSON holds), replacing an older file at once.

    Raises:
        InputError: If the file cannot be written; an older one then is as it was.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    stated = json.dumps(facts)
    write_tensors(path, plain, {"facts": stated, "sha256": _digest(plain, stated)})


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and facts of ``path``, on the CPU.

    Raises:
        CheckpointError: If the file is of another make, or was changed since.
        InputError: If it is absent or cut short.
    """
    tensors, metadata = read_tensors(path)
    if "facts" not in metadata or "sha256" not in metadata:
        raise CheckpointError(f"{path} holds tensors, but was not written by markovsym_diffusion")
    # safetensors has no checksum of its own: a flipped bit would load
    if metadata["sha256"] != _digest(tensors, metadata["facts"]):
        raise CheckpointError(f"{path} was changed or damaged (its SHA-256 differs); delete it")
    return tensors, json.loads(metadata["facts"])


def _digest(tensors: Mapping[str, Tensor], facts: str) -> str:
    """SHA-256 over the facts, then names, types, shapes and bytes, in order of the names."""
    digest = hashlib.sha256(facts.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()
