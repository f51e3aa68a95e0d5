"""The folder of a run: what was asked for, where training stands, what came out."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, final

import torch

from markovsym.files import replace_file
from markovsym_diffusion.checkpoints import CheckpointError
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.recipes import Recipe


@final
@dataclass(frozen=True)
class RunFolder:
    """Paths inside the folder of a run."""

    root: Path

    @property
    def facts(self) -> Path:
        """What was asked for, as JSON."""
        return self.root / "run.json"

    @property
    def checkpoint(self) -> Path:
        """All that training needs to go on."""
        return self.root / "checkpoint.safetensors"

    @property
    def model(self) -> Path:
        """The averaged weights."""
        return self.root / "model.safetensors"

    @property
    def log(self) -> Path:
        """One line of JSON for every report."""
        return self.root / "log.jsonl"

    def open(self, recipe: Recipe, seed: int) -> None:
        """Make the folder, or go on with one that was made for the same recipe, data and seed.

        Raises:
            InputError: If the folder holds another run, or something else.
        """
        wanted = {"recipe": recipe.name, "data": recipe.data, "seed": seed}
        if self.facts.exists():
            found = {key: read_json(self.facts).get(key) for key in wanted}
            if found != wanted:
                raise InputError(
                    f"{self.root} holds a run of {_words(found)}, wanted {_words(wanted)}; "
                    "take another --out"
                )
            return
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise InputError(f"{self.root} exists and is no run; take another --out")
        self.root.mkdir(parents=True, exist_ok=True)
        settings = {"model": recipe.model, "method": recipe.method, "training": recipe.training}
        said = {name: repr(setting) for name, setting in settings.items()}
        write_json(self.facts, {**wanted, **said, "made_with": versions()})


def _words(facts: Mapping[str, Any]) -> str:
    return f"{facts['recipe']} on {facts['data']} with seed {facts['seed']}"


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises ``CheckpointError`` if there is none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is absent or no JSON: {error}") from error


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write ``content`` in one step."""
    replace_file(path, (json.dumps(content, indent=2) + "\n").encode())


def versions() -> dict[str, str]:
    """Versions of what a run's numbers depend on, and the kind of machine."""
    names = ("markovsym", "torch", "numpy")
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    return {**{name: version(name) for name in names}, **machine, "device": device}
