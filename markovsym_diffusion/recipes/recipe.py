"""What a recipe is."""

from dataclasses import dataclass, field, replace
from typing import final

import torch

from markovsym_diffusion.denoisers import Denoiser, Model
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.methods import Diffusion, Method
from markovsym_diffusion.objectives import Objective
from markovsym_diffusion.recipes.published import PUBLISHED, Published
from markovsym_diffusion.training import TrainingSettings


@final
@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that a run needs besides the data and a seed."""

    name: str
    summary: str
    source: str
    model: Model
    training: TrainingSettings
    method: Method = field(default_factory=Diffusion)
    data: str = "qm9"
    """The data set, as ``data_set`` opens it."""
    features: AtomFeatures = field(default_factory=AtomFeatures)
    """The features of its atoms."""
    begins_with: str | None = None
    """The recipe whose trained parts this one goes on from, if it does."""
    freeze: tuple[str, ...] = ()
    """Parts whose weights stay as they are."""
    equivariant: bool = True
    """Whether it is to pass the tests of equivariance."""

    def denoiser(self, seed: int = 0) -> Denoiser:
        """A model of this recipe, with fresh weights."""
        return self.model.denoiser(self.features.width, seed=seed)

    def objective(self, device: torch.device) -> Objective:
        """What training minimises, on ``device``."""
        return self.method.objective(self.features, self.training.times, device)

    def on(self, data: str, features: AtomFeatures) -> "Recipe":
        """The same on another data set."""
        return replace(self, data=data, features=features)

    @property
    def parameters(self) -> int:
        """How many parameters its networks have; they are made on no device, and cost nothing."""
        with torch.device("meta"):
            return sum(p.numel() for p in self.denoiser().parameters())

    @property
    def published(self) -> Published | None:
        """What the paper reports of it."""
        return PUBLISHED.get(self.name)
