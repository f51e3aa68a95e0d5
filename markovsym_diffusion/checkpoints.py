"""Tensors and facts in one file: written whole or not at all, checked when read, never a pickle."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from markovsym_diffusion.molecules import InputError


class CheckpointError(InputError):
    """A checkpoint that cannot be written or must not be read."""


def save_checkpoint(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write ``tensors`` and ``facts`` (anything that JSON holds), replacing an older file at once.

    Raises:
        CheckpointError: If the file cannot be written; an older one then is as it was.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    stated = json.dumps(facts)
    metadata = {"facts": stated, "sha256": _digest(plain, stated)}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(save(plain, metadata))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise CheckpointError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and facts of ``path``, on the CPU.

    Raises:
        CheckpointError: If the file is absent, cut short, of another make or changed since.
    """
    if not path.is_file():
        raise CheckpointError(f"wanted a checkpoint, found no file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} is cut short or no checkpoint; delete it") from error
    if "facts" not in metadata or "sha256" not in metadata:
        raise CheckpointError(f"{path} holds tensors, but was not written by markovsym_diffusion")
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
