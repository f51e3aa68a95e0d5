"""Samplers, each a pure function that reads like its algorithm."""

from markovsym_diffusion.samplers.ancestral import ancestral

__all__ = ["ancestral"]
