"""What an objective is."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import State


@runtime_checkable
class Objective(Protocol):
    """What training minimises."""

    def __call__(
        self, model: Predictor, data: State, *, generator: torch.Generator
    ) -> Float[Tensor, "molecule"]:
        """The loss of each molecule, dimensionless, with fresh times, noise and frames."""
        ...

    def evenly(self) -> "Objective":
        """The same with times drawn evenly: what validation measures."""
        ...


def error_per_value(guess: State, wanted: State) -> Float[Tensor, "molecule"]:
    """Half the squared error, divided by the number of values of each molecule."""
    values = (3 + wanted.h.shape[-1]) * wanted.mask.sum(-1)
    return 0.5 * sum(wanted.squared_distance(guess)) / values
