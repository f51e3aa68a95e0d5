"""What training begins with: weights of another run, and parts that stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from torch import Tensor, nn

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.molecules import InputError


@final
@dataclass(frozen=True, eq=False)
class Beginning:
    """Trained weights, by part, and the names of the parts whose weights stay as they are."""

    parts: Mapping[str, Mapping[str, Tensor]] = field(default_factory=dict)
    freeze: tuple[str, ...] = ()

    @classmethod
    def of(cls, trained: Denoiser, freeze: tuple[str, ...] = ()) -> "Beginning":
        """All parts of a trained model; those that another model has too will go over."""
        return cls({name: part.state_dict() for name, part in trained.parts.items()}, freeze)

    def applied(self, model: Denoiser) -> Denoiser:
        """The model with these weights in the parts it shares, and with its frozen parts.

        Raises:
            InputError: If no part is shared, if one has another size, or if none of that name is
                there to be frozen.
        """
        shared = {name: part for name, part in model.parts.items() if name in self.parts}
        if self.parts and not shared:
            ours, theirs = ", ".join(model.parts), ", ".join(self.parts)
            raise InputError(f"wanted a model with a part among {ours}, got one of {theirs}")
        for name, part in shared.items():
            _load(part, self.parts[name], name)
        for name in self.freeze:
            _part(model, name).requires_grad_(requires_grad=False)
        return model


def _load(part: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    try:
        part.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(
            f"the part {name} of the trained model has another size: {error}"
        ) from error


def _part(model: Denoiser, name: str) -> nn.Module:
    if name not in model.parts:
        raise InputError(f"wanted parts among {', '.join(model.parts)} to freeze, got {name}")
    return model.parts[name]
