"""Training, for every model and data set."""

from markovsym_diffusion.training.averaging import Averaging, Exponential, Power
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
    "Averaging",
    "Budget",
    "Clip",
    "Exponential",
    "Gradients",
    "NormClip",
    "Power",
    "QueueClip",
    "Step",
    "TrainingDiverged",
    "TrainingSettings",
    "TrainingState",
    "training_steps",
    "validation_loss",
]
