"""The models of the papers, each a few lines over ``markovsym``."""

from markovsym_diffusion.denoisers.as_released import AsReleased, as_released, sharp_frame
from markovsym_diffusion.denoisers.baselines import EDM, GDM
from markovsym_diffusion.denoisers.denoiser import Denoiser, Model
from markovsym_diffusion.denoisers.predictor import (
    Held,
    NoiseOfVelocity,
    Predictor,
    ProbabilityFlow,
    Recorded,
    Seeing,
    SelfConditioned,
)
from markovsym_diffusion.denoisers.symdiff import (
    FrameSize,
    SymDiff,
    SymDiffHaar,
    symmetrised,
    unsymmetrised,
)
from markovsym_diffusion.denoisers.transformer import Backbone, DiT

__all__ = [
    "EDM",
    "GDM",
    "AsReleased",
    "Backbone",
    "Denoiser",
    "DiT",
    "FrameSize",
    "Held",
    "Model",
    "NoiseOfVelocity",
    "Predictor",
    "ProbabilityFlow",
    "Recorded",
    "Seeing",
    "SelfConditioned",
    "SymDiff",
    "SymDiffHaar",
    "as_released",
    "sharp_frame",
    "symmetrised",
    "unsymmetrised",
]
