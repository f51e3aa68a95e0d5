"""Noising processes, and the states they move."""

from markovsym_diffusion.processes.continuous import ContinuousProcess
from markovsym_diffusion.processes.gaussian import GaussianProcess, NormalState
from markovsym_diffusion.processes.path import (
    Circular,
    Path,
    Straight,
    VarianceExploding,
    VariancePreserving,
)
from markovsym_diffusion.processes.state import State, blank, blend, decode, encode

__all__ = [
    "Circular",
    "ContinuousProcess",
    "GaussianProcess",
    "NormalState",
    "Path",
    "State",
    "Straight",
    "VarianceExploding",
    "VariancePreserving",
    "blank",
    "blend",
    "decode",
    "encode",
]
