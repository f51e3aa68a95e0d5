"""Isotropic Gaussian laws of points, on the full space or on its centre-of-mass-free part."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from markovsym.kernels.density import DensityKernel
from markovsym.kernels.kernel import Randomness
from markovsym.randomness import Source, normal
from markovsym.spaces import Object, Value, parts_of


class Support(ABC):
    """A subspace of the clouds of points, one a row; ``mask`` is true where a point exists."""

    mask: Bool[Tensor, "*batch point"]

    @abstractmethod
    def project(self, x: Float[Tensor, "*batch point d"]) -> Float[Tensor, "*batch point d"]:
        """The nearest cloud of the subspace; rows without a point become zero."""

    @abstractmethod
    def dimension(self, d: int) -> Float[Tensor, "*batch"]:
        """Dimension of the subspace, for points with ``d`` coordinates."""


@final
@dataclass(frozen=True, eq=False)
class Full(Support):
    """All clouds of the points that exist."""

    mask: Bool[Tensor, "*batch point"]

    def project(self, x: Float[Tensor, "*batch point d"]) -> Float[Tensor, "*batch point d"]:
        """``x`` with zeros where there is no point."""
        return torch.where(self.mask.unsqueeze(-1), x, 0.0)  # a product would keep a NaN

    def dimension(self, d: int) -> Float[Tensor, "*batch"]:
        """``d`` for each point."""
        return d * self.mask.sum(-1).to(torch.get_default_dtype())


@final
@dataclass(frozen=True, eq=False)
class Centred(Support):
    """The clouds with their centre of mass at the origin: the space U of SymDiff."""

    mask: Bool[Tensor, "*batch point"]

    def project(self, x: Float[Tensor, "*batch point d"]) -> Float[Tensor, "*batch point d"]:
        """``x`` less the mean of its points."""
        x = torch.where(self.mask.unsqueeze(-1), x, 0.0)  # a product would keep a NaN
        centre = x.sum(-2, keepdim=True) / self.mask.sum(-1)[..., None, None].clamp(min=1)
        return (x - centre) * self.mask.unsqueeze(-1)

    def dimension(self, d: int) -> Float[Tensor, "*batch"]:
        """``d`` for each point but one."""
        return d * (self.mask.sum(-1) - 1).clamp(min=0).to(torch.get_default_dtype())


@final
@dataclass(frozen=True, eq=False)
class Normal:
    """The law N(mean, scale^2 I) on a support.

    Args:
        mean: The mean, a cloud of the support.
        scale: Standard deviation in the units of ``mean``, one for each cloud.
        support: Where the law lives.

    Source:
        Xu et al. (2022), section 4; SymDiff (Zhang et al., 2025), section 2.3: projected normal.
    """

    mean: Float[Tensor, "*batch point d"]
    scale: Float[Tensor, "*batch"]
    support: Support

    def sample(self, *, generator: Source) -> Float[Tensor, "*batch point d"]:
        """One draw."""
        return self.mean + self.scale[..., None, None] * self.noise(generator=generator)

    def noise(self, *, generator: Source) -> Float[Tensor, "*batch point d"]:
        """A draw of the standard law on the same support."""
        noise = normal(*self.mean.shape, generator=generator, dtype=self.mean.dtype)
        return self.support.project(noise)

    def log_prob(self, x: Float[Tensor, "*batch point d"]) -> Float[Tensor, "*batch"]:
        """Log density at ``x``, in nats, against Lebesgue measure of the support."""
        distance = (x - self.mean).square().sum((-2, -1)) / self.scale.square()
        return -0.5 * distance - self.dimension * (self.scale.log() + 0.5 * math.log(2 * math.pi))

    def kl(self, other: "Normal") -> Float[Tensor, "*batch"]:
        """Kullback-Leibler divergence of this law from ``other`` on the same support, in nats."""
        ratio = self.scale / other.scale
        distance = (self.mean - other.mean).square().sum((-2, -1)) / other.scale.square()
        return 0.5 * (self.dimension * (ratio.square() - 1 - 2 * ratio.log()) + distance)

    def pushforward(self, isometry: Callable[[Tensor], Tensor]) -> "Normal":
        """The law of ``isometry(x)``; one that keeps the support moves nothing but the mean."""
        return Normal(isometry(self.mean), self.scale, self.support)

    @property
    def dimension(self) -> Float[Tensor, "*batch"]:
        """Dimension of the support."""
        return self.support.dimension(self.mean.shape[-1]).to(self.mean.dtype)


@final
class Gaussian(DensityKernel):
    """x -> N(mean(x), scale(x)^2 I), the law handed over as a function of the input."""

    def __init__(self, law: Callable[..., Normal], dom: Object, cod: Object) -> None:
        super().__init__(dom, cod)
        self.law = law

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the law at ``value``."""
        return self.law(*parts_of(value)).sample(generator=source.generator)

    def log_prob(self, y: Value, x: Value) -> Float[Tensor, "*batch"]:
        """Log density at ``y`` of the law at ``x``, in nats."""
        (at,) = parts_of(y)
        return self.law(*parts_of(x)).log_prob(at)
