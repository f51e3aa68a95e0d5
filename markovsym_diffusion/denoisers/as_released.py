"""The composition of the released code, which is not equivariant: a recipe, and a control."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import coset_space, restrict
from markovsym.groups import FactorInclusion, gram_schmidt
from markovsym.kernels import Deterministic, Kernel, Randomness
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise import EquivariantKernel, declare_equivariant, haar, sym
from markovsym.symmetrise.equivariant import ends
from markovsym_diffusion.denoisers.denoiser import Denoiser, Model, WithDistances
from markovsym_diffusion.denoisers.spaces import FRAMES, ROTATIONS, SYMMETRIES
from markovsym_diffusion.denoisers.symdiff import FrameSize, part
from markovsym_diffusion.denoisers.transformer import Backbone
from markovsym_diffusion.networks.embeddings import LeakyRadialEmbedding


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


@final
@dataclass(frozen=True, kw_only=True)
class AsReleased(Model):
    """SymDiff as its released code computes it: R = f(R0^T x) R0^T, and padding that leaks.

    It is not equivariant. It stands here to be compared with, and to be rejected by tests.
    """

    backbone: Backbone
    frame: FrameSize

    def build(self, channels: int) -> Denoiser:
        """The same networks as SymDiff, composed otherwise."""
        backbone, spaces = self.backbone, self.backbone.spaces(channels)
        radial = LeakyRadialEmbedding(
            backbone.basis, backbone.radial, backbone.reach, pairs=backbone.pair_bias
        )
        leaky = Deterministic(WithDistances(radial), spaces.noisy, spaces.embedded)
        eps, f = backbone.eps(channels), self.frame.kernel(spaces)
        parts = {"distances": leaky, "eps": eps, "frame": f}
        return Denoiser(leaky >> _released(eps, f), parts)


def as_released(denoiser: Denoiser, frame: Kernel | None = None) -> Kernel:
    """The same networks with the same weights, composed as in the released code.

    Args:
        denoiser: A denoiser that has a transformer, and a frame network unless one is given.
        frame: Another f; the sharper it is, the more of the fault is seen.

    Raises:
        CompositionError: If the denoiser lacks a part.
    """
    f = frame or part(denoiser, "frame")
    return part(denoiser, "distances") >> _released(part(denoiser, "eps"), f)


def sharp_frame(denoiser: Denoiser) -> Kernel:
    """A frame that is equivariant by itself and draws nothing: that of moments of the cloud."""
    X, _ = ends(part(denoiser, "eps"))
    return Deterministic(_frame_of_moments, X, coset_space(FRAMES))


def _released(eps: Kernel, f: Kernel) -> Kernel:
    # that this gamma is equivariant is stated, since sym wants to know, and is not true
    X, _ = ends(eps)
    gamma = ReleasedGamma(haar(FRAMES, X), f)
    return sym(eps, declare_equivariant(gamma, SYMMETRIES))


def _frame_of_moments(x: Float[Tensor, "molecule atom 3"], *rest: Tensor) -> Tensor:
    """Three sums over the atoms, blind to their order, made orthonormal."""
    length = x.norm(dim=-1, keepdim=True)
    moments = [(x * length**power).sum(1) for power in (1, 2, 3)]
    return gram_schmidt(torch.stack(moments, dim=-1))[0]
