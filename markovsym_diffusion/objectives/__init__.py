"""What training minimises."""

from markovsym_diffusion.objectives.noise import NoisePrediction
from markovsym_diffusion.objectives.times import TimeDraw

__all__ = ["NoisePrediction", "TimeDraw"]
