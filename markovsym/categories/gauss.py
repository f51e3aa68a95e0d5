"""Vectors and affine maps with Gaussian noise: continuous, and solved by linear algebra."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.categories.affine import Affine, Dimensions, trusted
from markovsym.categories.category import (
    inverse,
    object_of,
    require_cut,
    require_interpretation,
)
from markovsym.categories.propagation import propagated
from markovsym.syntax import Box, Diagram, Ob

NULL = 1e-10
"""Below this share of the variances that it came from, a variance counts as zero."""
RESIDUE = 1e-28
"""Below this share of the largest variance, a variance is what rounding left of differences."""
SUPPORT = 1e-6
"""How far a point of the support may lie off it, relative to its size and spread."""


@final
@dataclass(frozen=True)
class Gauss:
    """Affine maps with Gaussian noise; an object is the row of the dimensions of its wires.

    It has no Haar state of any group but the trivial one, and no kernel that is not Gaussian.

    Example:
        >>> C = Gauss()
        >>> x = C.normal(torch.tensor([1.0]), torch.tensor([[4.0]]))
        >>> noise = Affine((1,), (1,), torch.eye(1), torch.zeros(1), torch.eye(1))
        >>> C.inverse(noise, x).matrix  # what an observation says about x: 4 / (4 + 1)
        tensor([[0.8000]], dtype=torch.float64)

    Source:
        Fritz (2020), section 6.
    """

    def normal(
        self, mean: Float[Tensor, "n"], covariance: Float[Tensor, "n n"], *cod: int
    ) -> Affine:
        """The state N(mean, covariance), on wires of the dimensions ``cod``; on one if not said."""
        matrix = mean.new_zeros(len(mean), 0)
        return Affine((), cod or (len(mean),), matrix, mean, covariance)

    def linear(self, matrix: Float[Tensor, "m n"], dom: Dimensions, cod: Dimensions) -> Affine:
        """The deterministic kernel x -> matrix x."""
        m = len(matrix)
        return Affine(dom, cod, matrix, matrix.new_zeros(m), matrix.new_zeros(m, m))

    @property
    def unit(self) -> Dimensions:
        """The space of one point: no wires."""
        return ()

    def product(self, X: Dimensions, Y: Dimensions) -> Dimensions:
        """X @ Y."""
        return X + Y

    def dom(self, f: Affine) -> Dimensions:
        """Where ``f`` starts."""
        return f.dom

    def cod(self, f: Affine) -> Dimensions:
        """Where ``f`` ends."""
        return f.cod

    def identity(self, X: Dimensions) -> Affine:
        """X -> X that does nothing."""
        return self.linear(_eye(sum(X)), X, X)

    def compose(self, f: Affine, g: Affine) -> Affine:
        """First ``f``, then ``g``. Raises ``CompositionError`` if they do not fit."""
        return f >> g

    def tensor(self, f: Affine, g: Affine) -> Affine:
        """``f`` beside ``g``, independently."""
        return f @ g

    def swap(self, X: Dimensions, Y: Dimensions) -> Affine:
        """X @ Y -> Y @ X."""
        return self.linear(_eye(sum(X + Y)).roll(-sum(X), 0), X + Y, Y + X)

    def copy(self, X: Dimensions) -> Affine:
        """X -> X @ X."""
        return self.linear(_eye(sum(X)).repeat(2, 1), X, X + X)

    def discard(self, X: Dimensions) -> Affine:
        """X -> I."""
        return self.linear(_eye(sum(X))[:0], X, ())

    def is_deterministic(self, f: Affine) -> bool:
        """Whether the covariance is zero, not merely small: noise has no unit of its own."""
        return not f.covariance.any()

    def equal(self, f: Affine, g: Affine, tolerance: float = 1e-9) -> bool:
        """Whether no number differs by more than ``tolerance``, relative to it if it passes 1."""
        if (f.dom, f.cod) != (g.dom, g.cod):
            return False
        pairs = zip(_parts(f), _parts(g), strict=True)
        return all(torch.allclose(a, b, rtol=tolerance, atol=tolerance) for a, b in pairs)

    def conditional(self, f: Affine, cut: int) -> Affine:
        """X @ A -> Y, for ``f``: A -> X @ Y, by the Schur complement; X may be singular.

        Args:
            f: The joint law.
            cut: How many output wires of ``f`` are X.
        """
        require_cut(f.cod, cut)
        X, Y = f.cod[:cut], f.cod[cut:]
        n, C = sum(X), f.covariance
        scales = _scales(C)
        _, W = _roots(C[:n, :n], scales[:n])
        gain = C[n:, :n] @ W @ W.mT
        B, _ = _roots(C[n:, n:] - gain @ C[:n, n:], scales[n:])
        matrix = torch.cat([gain, f.matrix[n:] - gain @ f.matrix[:n]], 1)
        return trusted(X + f.dom, Y, matrix, f.offset[n:] - gain @ f.offset[:n], B @ B.mT)

    def inverse(self, f: Affine, prior: Affine) -> Affine:
        """Y -> X by Bayes' rule, for ``f``: X -> Y and a prior I -> X."""
        return inverse(self, f, prior)

    def mean(self, f: Affine) -> Affine:
        """``f`` without its noise."""
        return trusted(f.dom, f.cod, f.matrix, f.offset, torch.zeros_like(f.covariance))

    def sample(
        self, f: Affine, x: Float[Tensor, "*batch n"], *, generator: torch.Generator
    ) -> Float[Tensor, "*batch m"]:
        """A draw of ``f`` at ``x``, the wires one after another."""
        B, _ = _roots(f.covariance, _scales(f.covariance))
        shape = (*x.shape[:-1], B.shape[-1])
        noise = torch.randn(shape, generator=generator, dtype=torch.float64)
        return x.double() @ f.matrix.mT + f.offset + noise @ B.mT

    def log_prob(
        self, f: Affine, x: Float[Tensor, "*batch n"], y: Float[Tensor, "*batch m"]
    ) -> Float[Tensor, "*batch"]:
        """Log density of ``f`` at ``y`` given ``x``, in nats; minus infinity off the support.

        The density is that against Lebesgue measure of the support, an affine subspace.
        """
        mean = x.double() @ f.matrix.mT + f.offset
        B, W = _roots(f.covariance, _scales(f.covariance))
        volume = torch.linalg.qr(B).R.diagonal().abs().log().sum()
        noise = (y - mean) @ W
        slack = SUPPORT * (B.norm(dim=-1) + y.abs() + mean.abs())
        inside = ((y - mean - noise @ B.mT).abs() <= slack).all(-1)
        density = -0.5 * (noise.square().sum(-1) + B.shape[-1] * math.log(math.tau)) - volume
        return torch.where(inside, density, -torch.inf)

    def evaluate(
        self, diagram: Diagram, objects: Mapping[Ob, Dimensions], boxes: Mapping[Box, Affine]
    ) -> Affine:
        """The kernel of a diagram: each wire an affine map of the inputs and independent noises.

        Args:
            diagram: The diagram; equal diagrams give one kernel.
            objects: The dimensions behind each wire.
            boxes: The kernel of each box.

        Raises:
            CompositionError: If a wire or a box is missing, or a box has other ends than its
                wires, or is declared deterministic and is not.
        """
        drawn = diagram.normal
        require_interpretation(self, drawn, objects, boxes)
        dom, cod = (object_of(self, X, objects) for X in (drawn.dom, drawn.cod))
        sizes = {ob: sum(dimensions) for ob, dimensions in objects.items()}
        return trusted(dom, cod, *propagated(drawn, sizes, boxes))


def _eye(n: int) -> Tensor:
    return torch.eye(n, dtype=torch.float64)


def _parts(f: Affine) -> tuple[Tensor, Tensor, Tensor]:
    return f.matrix, f.offset, f.covariance


def _scales(C: Tensor) -> Tensor:
    """Standard deviations, as a column; the largest one where there is none to speak of."""
    variances = C.diagonal()
    top = max([0.0, *variances.tolist()]) or 1.0
    return torch.where(variances > RESIDUE * top, variances, top).sqrt().unsqueeze(-1)


def _roots(C: Tensor, scales: Tensor) -> tuple[Tensor, Tensor]:
    """B and W, with B B^T = C and W W^T a generalised inverse of it.

    What is null is read off C in units of the scales, so that other units change nothing.
    """
    values, vectors = torch.linalg.eigh(C / scales / scales.mT)
    kept = values > NULL
    roots, vectors = values[kept].sqrt(), vectors[:, kept]
    return scales * vectors * roots, vectors / roots / scales
