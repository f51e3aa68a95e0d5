"""Trained models: from the folder of a run, from a file, or shipped with the package."""

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, final

import torch
from torch import Tensor

from markovsym_diffusion.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from markovsym_diffusion.datasets import SizeDistribution
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.recipes import Recipe, recipe
from markovsym_diffusion.runs.folder import RunFolder

SHIPPED = ("qm9-small",)
"""Names of the models in the package."""


@final
@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A denoiser with its recipe and the law of the sizes it was trained on."""

    recipe: Recipe
    denoiser: Denoiser
    sizes: SizeDistribution
    facts: dict[str, Any]


def load_model(where: str, device: torch.device) -> TrainedModel:
    """A trained model.

    Args:
        where: The folder of a run, a file of weights, or the name of a shipped model.
        device: Where it shall run.

    Raises:
        InputError: If there is none, or it is damaged.
    """
    tensors, facts = _read(where)
    made = _recipe(facts)
    denoiser = made.denoiser()
    try:
        denoiser.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except RuntimeError as error:
        raise CheckpointError(f"{where} does not fit the recipe {made.name}: {error}") from error
    sizes = SizeDistribution({int(n): count for n, count in facts["sizes"].items()})
    return TrainedModel(made, denoiser.to(device).eval(), sizes, facts)


def export_model(source: Path, target: Path, card: dict[str, Any]) -> None:
    """Write the model of a run in bfloat16, with what is to be known of it."""
    tensors, facts = load_checkpoint(source)
    half = {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
    save_checkpoint(target, half, {**facts, **card})


def _recipe(facts: dict[str, Any]) -> Recipe:
    """The recipe of a model, on the data that the model was trained on."""
    made = recipe(facts["recipe"])
    if "vocabulary" not in facts:
        return made
    features = AtomFeatures(
        vocabulary=tuple(facts["vocabulary"]), charge_scale=facts["charge_scale"]
    )
    return made.on(facts["data"], features)


def _read(where: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    path = Path(where)
    if path.is_dir():
        return load_checkpoint(RunFolder(path).model)
    if path.is_file():
        return load_checkpoint(path)
    if where in SHIPPED:
        with as_file(files("markovsym_diffusion") / "models" / f"{where}.safetensors") as shipped:
            return load_checkpoint(shipped)
    raise InputError(
        f"no run, file or shipped model is called {where!r}; shipped: {', '.join(SHIPPED)}"
    )
