"""The folder of a run: what was asked for, where training stands, what came out."""

import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, final

import torch

from markovsym.files import replace_file
from markovsym_diffusion.checkpoints import CheckpointError
from markovsym_diffusion.molecules import InputError


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

    def open(self, recipe: str, seed: int, settings: dict[str, Any]) -> None:
        """Make the folder, or go on with one that was made for the same recipe and seed.

        Args:
            recipe: Name of the recipe.
            seed: Seed of the run.
            settings: All that the recipe says, for the record.

        Raises:
            InputError: If the folder holds another run, or something else.
        """
        wanted = {"recipe": recipe, "seed": seed}
        if self.facts.exists():
            found = read_json(self.facts)
            if {key: found.get(key) for key in wanted} != wanted:
                raise InputError(
                    f"{self.root} holds a run of {found.get('recipe')} with seed "
                    f"{found.get('seed')}, wanted {recipe} with seed {seed}; take another --out"
                )
            return
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise InputError(f"{self.root} exists and is no run; take another --out")
        self.root.mkdir(parents=True, exist_ok=True)
        write_json(self.facts, {**wanted, "settings": settings, "made_with": versions()})


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
