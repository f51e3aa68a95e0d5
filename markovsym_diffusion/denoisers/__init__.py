"""The models of the paper, each a few lines over ``markovsym``."""

from markovsym_diffusion.denoisers.denoiser import Denoiser, PredictsNoise
from markovsym_diffusion.denoisers.symdiff import SymDiffSize, symdiff, unsymmetrised

__all__ = ["Denoiser", "PredictsNoise", "SymDiffSize", "symdiff", "unsymmetrised"]
