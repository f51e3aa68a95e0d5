"""The composition of the released code, which is not equivariant: a control for tests."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import coset_space, restrict
from markovsym.errors import CompositionError
from markovsym.groups import FactorInclusion, gram_schmidt
from markovsym.kernels import Composite, Deterministic, Kernel, Randomness
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise import EquivariantKernel, SymmetrisedKernel, declare_equivariant, sym
from markovsym_diffusion.denoisers.denoiser import Denoiser
from markovsym_diffusion.denoisers.spaces import FRAMES, ROTATIONS, SYMMETRIES


@final
class ReleasedGamma(Kernel):
    """x -> f(R0^T x) R0^T, where equation 7 of the paper has R0 f(R0^T x).

    Args:
        base: Draws R0.
        learned: f.
    """

    def __init__(self, base: EquivariantKernel, learned: Kernel) -> None:
        super().__init__(base.dom, base.cod)
        self.base = base
        self.learned = learned
        self.turned = restrict(base.dom, FactorInclusion(SYMMETRIES, "right"))

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw of f, from the wrong side of R0^T."""
        (R0,) = parts_of(self.base.draw(value, source))
        back = ROTATIONS.inverse(R0)
        (frame,) = parts_of(self.learned.draw(self.turned.act(back, value), source))
        return ROTATIONS.multiply(frame, back)


def as_released(denoiser: Denoiser, frame: Kernel | None = None) -> Kernel:
    """The same networks with the same weights, composed as in the released code.

    That the gamma is equivariant is stated, since ``sym`` wants to know, and is not true.

    Args:
        denoiser: A model that ``symdiff`` made.
        frame: Another f; the sharper it is, the more of the fault is seen.

    Raises:
        CompositionError: If the denoiser is none that ``symdiff`` made.
    """
    match denoiser.kernel:
        case Composite(
            first=first,
            second=SymmetrisedKernel(
                kernel=eps, gamma=SymmetrisedKernel(kernel=f, gamma=EquivariantKernel() as base)
            ),
        ):
            gamma = ReleasedGamma(base, frame or f)
            return first >> sym(eps, declare_equivariant(gamma, SYMMETRIES))
        case other:
            raise CompositionError(f"wanted a denoiser made by symdiff, got {type(other).__name__}")


def sharp_frame(denoiser: Denoiser) -> Kernel:
    """A frame that is equivariant by itself and draws nothing: that of moments of the cloud."""
    match denoiser.kernel:
        case Composite(second=SymmetrisedKernel() as symmetrised):
            return Deterministic(_frame_of_moments, symmetrised.dom, coset_space(FRAMES))
        case other:
            raise CompositionError(f"wanted a denoiser made by symdiff, got {type(other).__name__}")


def _frame_of_moments(x: Float[Tensor, "molecule atom 3"], *rest: Tensor) -> Tensor:
    """Three sums over the atoms, blind to their order, made orthonormal."""
    length = x.norm(dim=-1, keepdim=True)
    moments = [(x * length**power).sum(1) for power in (1, 2, 3)]
    return gram_schmidt(torch.stack(moments, dim=-1))[0]
