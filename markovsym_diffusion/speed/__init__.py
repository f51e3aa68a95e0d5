"""How fast training and sampling are, and what would be possible."""

from markovsym_diffusion.speed.clock import Clock, Rounds, interleaved
from markovsym_diffusion.speed.steps import (
    SamplingSteps,
    Steps,
    TrainingSteps,
    agreement,
    like_sizes,
    mixed_sizes,
    shaken,
    widened,
)
from markovsym_diffusion.speed.waiting import Launches, launches, peak_memory
from markovsym_diffusion.speed.work import matrix_rate, useful_work

__all__ = [
    "Clock",
    "Launches",
    "Rounds",
    "SamplingSteps",
    "Steps",
    "TrainingSteps",
    "agreement",
    "interleaved",
    "launches",
    "like_sizes",
    "matrix_rate",
    "mixed_sizes",
    "peak_memory",
    "shaken",
    "useful_work",
    "widened",
]
