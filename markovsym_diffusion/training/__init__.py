"""Training, for every model and data set."""

from markovsym_diffusion.training.clipping import Clip, NormClip, QueueClip
from markovsym_diffusion.training.loop import (
    Gradients,
    Step,
    TrainingDiverged,
    training_steps,
    validation_loss,
)
from markovsym_diffusion.training.settings import Budget, TrainingSettings
from markovsym_diffusion.training.state import TrainingState

__all__ = [
    "Budget",
    "Clip",
    "Gradients",
    "NormClip",
    "QueueClip",
    "Step",
    "TrainingDiverged",
    "TrainingSettings",
    "TrainingState",
    "training_steps",
    "validation_loss",
]
