"""Methods: diffusion, score matching and flow matching, each with objective, samplers and bound."""

from markovsym_diffusion.methods.continuous import Flow, Score
from markovsym_diffusion.methods.diffusion import Diffusion
from markovsym_diffusion.methods.method import Frames, Method, Sampler, Sampling

__all__ = ["Diffusion", "Flow", "Frames", "Method", "Sampler", "Sampling", "Score"]
