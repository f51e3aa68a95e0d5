"""The models of the paper, each a few lines over ``markovsym``."""

from markovsym_diffusion.denoisers.as_released import as_released, sharp_frame
from markovsym_diffusion.denoisers.denoiser import Denoiser, PredictsNoise
from markovsym_diffusion.denoisers.symdiff import SymDiffSize, symdiff, unsymmetrised

__all__ = [
    "Denoiser",
    "PredictsNoise",
    "SymDiffSize",
    "as_released",
    "sharp_frame",
    "symdiff",
    "unsymmetrised",
]
