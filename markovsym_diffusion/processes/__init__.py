"""Noising processes, and the states they move."""

from markovsym_diffusion.processes.gaussian import GaussianProcess, NormalState
from markovsym_diffusion.processes.state import State, blank, decode, encode

__all__ = ["GaussianProcess", "NormalState", "State", "blank", "decode", "encode"]
