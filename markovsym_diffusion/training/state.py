"""The state of a training run: all that is needed to go on as if it had never stopped."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from markovsym_diffusion.checkpoints import CheckpointError
from markovsym_diffusion.training.averaging import Averaging
from markovsym_diffusion.training.clipping import FIRST, Clip, remembered
from markovsym_diffusion.training.optimisers import Optimiser
from markovsym_diffusion.training.settings import TrainingSettings

PATIENCE = 3
"""So many steps in a row may have a loss that is not finite before training stops."""


@final
@dataclass(eq=False)
class TrainingState:
    """Model, average, optimiser and randomness, and how far they have come."""

    model: nn.Module
    average: nn.Module
    optimiser: Optimiser
    generator: torch.Generator
    averaging: Averaging
    norms: Tensor
    """Norms of the last gradients, after clipping."""
    lost: Tensor
    """How many gradients in a row were not finite; it stays where that was too many."""
    step: int = 0
    seconds: float = 0.0

    @classmethod
    def start(
        cls, model: nn.Module, settings: TrainingSettings, seed: int, device: torch.device
    ) -> "TrainingState":
        """The state before the first step."""
        model = model.to(device).train()
        average = copy.deepcopy(model).eval().requires_grad_(requires_grad=False)
        optimiser = Optimiser(model, settings)
        generator = torch.Generator(device).manual_seed(seed)
        norms, lost = torch.full((1,), FIRST, device=device), torch.zeros((), device=device)
        return cls(model, average, optimiser, generator, settings.averaging, norms, lost)

    @torch.no_grad()
    def move(
        self, loss: Tensor, gradients: Sequence[Tensor | None], *, share: float, clip: Clip
    ) -> Tensor:
        """One step of the optimiser and of the average; the norm of the gradient.

        A gradient that is not finite moves no weight. Nothing here waits for the device.
        """
        norm = nn.utils.get_total_norm([one for one in gradients if one is not None])
        limit, bad = clip.limit(self.norms), ~(loss.isfinite() & norm.isfinite())
        for weight, gradient in zip(self.optimiser.weights, gradients, strict=True):
            weight.grad = gradient
        self.optimiser.step(share, ((norm + 1e-6) / limit).clamp(min=1), bad.float())
        self.norms = remembered(self.norms, torch.where(bad, self.norms[-1], norm), limit)
        self.lost = torch.where(bad, self.lost + 1, self.lost * (self.lost >= PATIENCE))
        ours, theirs = self.average.parameters(), self.model.parameters()
        self.step += 1
        get_ema_multi_avg_fn(self.averaging.kept(self.step))(list(ours), list(theirs), self.step)
        return norm

    def tensors(self) -> dict[str, Tensor]:
        """Everything in the state that is a tensor, by name."""
        moments = {f"optimiser/{name}": value for name, value in self.optimiser.tensors().items()}
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
        self.optimiser.restore(_below(tensors, "optimiser/"))
        self.generator.set_state(tensors["generator"])
        self.norms = tensors.get("norms", self.norms).to(self.norms.device)
        self.step, self.seconds = facts["step"], facts["seconds"]


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
