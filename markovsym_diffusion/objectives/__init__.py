"""What training minimises: the error of the noise, of the score, or of the velocity."""

from markovsym_diffusion.objectives.coupling import Coupling, EquivariantTransport, Independent
from markovsym_diffusion.objectives.flow import FlowMatching
from markovsym_diffusion.objectives.noise import NoisePrediction
from markovsym_diffusion.objectives.objective import Objective
from markovsym_diffusion.objectives.score import ScoreMatching
from markovsym_diffusion.objectives.times import TimeDraw
from markovsym_diffusion.objectives.weights import AsVelocity, Even, Importance, MinSNR, Weighting

__all__ = [
    "AsVelocity",
    "Coupling",
    "EquivariantTransport",
    "Even",
    "FlowMatching",
    "Importance",
    "Independent",
    "MinSNR",
    "NoisePrediction",
    "Objective",
    "ScoreMatching",
    "TimeDraw",
    "Weighting",
]
