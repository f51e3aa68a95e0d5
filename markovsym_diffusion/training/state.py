"""The state of a training run: all that is needed to go on as if it had never stopped."""

from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from markovsym_diffusion.checkpoints import CheckpointError
from markovsym_diffusion.training.clipping import FIRST
from markovsym_diffusion.training.settings import TrainingSettings


@final
@dataclass(eq=False)
class TrainingState:
    """Model, average, optimiser and randomness, and how far they have come."""

    model: nn.Module
    average: AveragedModel
    optimiser: torch.optim.Optimizer
    generator: torch.Generator
    norms: Tensor
    """Norms of the last gradients, after clipping."""
    step: int = 0
    seconds: float = 0.0

    @classmethod
    def start(
        cls, model: nn.Module, settings: TrainingSettings, seed: int, device: torch.device
    ) -> "TrainingState":
        """The state before the first step."""
        model = model.to(device).train()
        average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.ema_decay)).eval()
        optimiser = torch.optim.AdamW(
            [parameter for parameter in model.parameters() if parameter.requires_grad],
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            amsgrad=settings.amsgrad,
            fused=True,
        )
        generator = torch.Generator(device).manual_seed(seed)
        return cls(model, average, optimiser, generator, torch.full((1,), FIRST, device=device))

    def tensors(self) -> dict[str, Tensor]:
        """Everything in the state that is a tensor, by name."""
        moments = {
            f"optimiser/{place}/{name}": value
            for place, entry in self.optimiser.state_dict()["state"].items()
            for name, value in entry.items()
        }
        weights = {f"model/{name}": value for name, value in self.model.state_dict().items()}
        means = {f"average/{name}": value for name, value in self.average.state_dict().items()}
        source = {"generator": self.generator.get_state(), "norms": self.norms}
        return {**weights, **means, **moments, **source}

    def facts(self) -> dict[str, Any]:
        """Everything else."""
        return {"step": self.step, "seconds": self.seconds}

    def restore(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Go back to a state that was saved.

        Raises:
            CheckpointError: If it is the state of another model.
        """
        try:
            self.model.load_state_dict(_below(tensors, "model/"))
            self.average.load_state_dict(_below(tensors, "average/"))
        except RuntimeError as error:
            raise CheckpointError(f"the checkpoint is of another model: {error}") from error
        entries: dict[int, dict[str, Tensor]] = {}
        for name, value in _below(tensors, "optimiser/").items():
            place, moment = name.split("/")
            entries.setdefault(int(place), {})[moment] = value
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": entries, "param_groups": groups})
        self.generator.set_state(tensors["generator"])
        self.norms = tensors.get("norms", self.norms).to(self.norms.device)
        self.step, self.seconds = facts["step"], facts["seconds"]


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
