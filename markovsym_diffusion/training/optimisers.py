"""What moves the weights: AdamW, or Muon for matrices and AdamW for the rest."""

from typing import Any, final

import torch
from torch import Tensor, nn

from markovsym_diffusion.networks.dit import Attention, SwiGLU
from markovsym_diffusion.training.settings import TrainingSettings


@final
class Optimiser:
    """One or two optimisers of torch that share out the weights of a model.

    Args:
        model: Its weights that are not frozen are moved.
        settings: Rates and the rest.
    """

    def __init__(self, model: nn.Module, settings: TrainingSettings) -> None:
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        matrices = _matrices(model) if settings.muon_rate is not None else []
        chosen = {id(weight) for weight in matrices}
        rest = [weight for weight in self.weights if id(weight) not in chosen]
        self.parts: list[tuple[torch.optim.Optimizer, float]] = []
        """Each optimiser with its highest learning rate."""
        if rest:
            self.parts.append((_adam(rest, settings), settings.learning_rate))
        if matrices and settings.muon_rate is not None:
            muon = torch.optim.Muon(matrices, lr=settings.muon_rate, weight_decay=0.0)
            self.parts.append((muon, settings.muon_rate))

    def step(self, share: float, divisor: Tensor, bad: Tensor) -> None:
        """Move the weights by the gradients that they hold.

        Args:
            share: Of the highest learning rates.
            divisor: The gradients are divided by it.
            bad: 1 where nothing is to move, else 0; it stays on its device.
        """
        for optimiser, peak in self.parts:
            for group in optimiser.param_groups:
                group["lr"] = peak * share
            if isinstance(optimiser, torch.optim.Muon):
                for weight in optimiser.param_groups[0]["params"]:
                    weight.grad = torch.where(bad > 0, 0.0, weight.grad / divisor)
            else:  # a fused step takes both
                vars(optimiser).update(grad_scale=divisor, found_inf=bad)
            optimiser.step()

    def tensors(self) -> dict[str, Tensor]:
        """The moments, by name."""
        return {
            f"{which}/{place}/{name}": value
            for which, (optimiser, _) in enumerate(self.parts)
            for place, entry in optimiser.state_dict()["state"].items()
            for name, value in entry.items()
        }

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Go back to the moments that ``tensors`` gave."""
        for which, (optimiser, _) in enumerate(self.parts):
            entries: dict[int, dict[str, Any]] = {}
            for name, value in tensors.items():
                owner, place, moment = name.split("/")
                if int(owner) == which:
                    entries.setdefault(int(place), {})[moment] = value
            groups = optimiser.state_dict()["param_groups"]
            optimiser.load_state_dict({"state": entries, "param_groups": groups})


def _adam(weights: list[nn.Parameter], settings: TrainingSettings) -> torch.optim.AdamW:
    return torch.optim.AdamW(
        weights,
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        amsgrad=settings.amsgrad,
        fused=True,
    )


def _matrices(model: nn.Module) -> list[Tensor]:
    """The matrices of attention and of the gated layers in every block."""
    parts = [part for part in model.modules() if isinstance(part, Attention | SwiGLU)]
    layers = [layer for part in parts for layer in (part.inward, part.outward)]
    return [layer.weight for layer in layers if layer.weight.requires_grad]
