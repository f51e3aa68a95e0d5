"""Kernels of points in double precision, with no symmetry or with just one, and comparisons."""

import torch
from torch import Tensor

from markovsym.actions import GSpace, affine, gspace, matrix, permutation, restrict, together
from markovsym.groups import Aff, Cosets, Direct, E, Element, FactorInclusion, FixingPlaces, O, S
from markovsym.groups.gram_schmidt import orthonormalise
from markovsym.groups.listed import symmetries_of_polygon
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import Value, space
from markovsym.symmetrise import declare_equivariant
from markovsym.symmetrise.declared import Known
from markovsym.testing import law_difference

EXACT = 1e-12
ALPHA = 1e-9
DRAWS = 4096
MIX = torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]], dtype=torch.float64)

P = Direct(S(4), O(3))
ROTATED = gspace((4, 3), matrix(O(3)))
MOVED = gspace((4, 3), affine(E(3)))
SHEARED = gspace((4, 2), affine(Aff(2)))
BOTH = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
ALONG_S, ALONG_O = (Cosets(FactorInclusion(P, side)) for side in ("left", "right"))
ALONG_T, ALONG_Q = (Cosets(FactorInclusion(E(3), side)) for side in ("left", "right"))
PLACES = Cosets(FixingPlaces(4, 2))
POLYGON = symmetries_of_polygon(4)
SQUARE = restrict(gspace((2, 2), matrix(O(2))), POLYGON)
"""Two points of the plane under the eight symmetries of a square."""


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def points(*batch: int, X: GSpace = ROTATED, seed: int = 0) -> Tensor:
    """Random points of a space of one tensor."""
    (factor,) = X.space.factors
    return torch.randn(*batch, *factor.shape, generator=seeded(seed), dtype=torch.float64)


def bent(x: Tensor) -> Tensor:
    """No two coordinates or points are treated alike, and the origin matters."""
    n, rows = x.shape[-1], torch.arange(1, x.shape[-2] + 1, dtype=x.dtype).unsqueeze(-1)
    return (x @ MIX[:n, :n].to(x.dtype) + 0.5).tanh() * rows + 0.3 * x.roll(1, -1)


def noisy(x: Tensor, u: Tensor) -> Tensor:
    """The same, with more noise along some axes than others."""
    scale = torch.tensor([0.8, 0.0, -0.8], dtype=x.dtype).exp()[: x.shape[-1]]
    return bent(x) + 0.3 * scale * x[..., :1].tanh().exp() * u


def shear(x: Tensor) -> Tensor:
    """Equivariant under orthogonal matrices and permutations; not under translations."""
    return (x - 0.5 * x.mean(-2, keepdim=True)) * x.norm(dim=-1, keepdim=True)


def rigid(x: Tensor) -> Tensor:
    """Equivariant under motions and permutations."""
    centred = x - x.mean(-2, keepdim=True)
    return x + centred * centred.norm(dim=-1, keepdim=True)


def sliding(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant under translations only."""
    centre = x.mean(-2, keepdim=True)
    return centre + noisy(x - centre, u)


def frame(x: Tensor, v: Tensor) -> Tensor:
    """Any orthogonal matrix, read off the points and noise."""
    n = x.shape[-1]
    return orthonormalise((x[..., :n, :] + 0.5).tanh() + 0.3 * v[..., :n, :])


def function(f, X: GSpace) -> Deterministic:
    return Deterministic(f, X, X)


def random(f, X: GSpace) -> NoiseOutsourced:
    """x -> f(x, u), with as much noise u as there are coordinates."""
    return NoiseOutsourced(f, space(X.space.factors[0].shape), X, X)


def learned(f, X: GSpace, end: GSpace) -> NoiseOutsourced:
    return NoiseOutsourced(f, space(X.space.factors[0].shape), X, end)


def known(f, X: GSpace, over=None) -> Known:
    """A function that is equivariant under the group of X, or along a homomorphism."""
    return declare_equivariant(function(f, X), over or X.group)


def at(kernel: Kernel, x: Value, seed: int = 1) -> Value:
    """A draw at x; the seed is always the same."""
    return kernel.sample(x, generator=seeded(seed))


def many(kernel: Kernel, x: Tensor, seed: int = 1, count: int = DRAWS) -> Tensor:
    """Draws at one point."""
    return at(kernel, x.expand(count, *x.shape), seed)


def gap(a: Tensor, b: Tensor) -> float:
    """The largest difference, as a part of the largest entry where that is more than one."""
    a, b = a.detach(), b.detach()
    return float((a - b).abs().max() / b.abs().max().clamp(min=1.0))


def residual(kernel: Kernel, x: Tensor, g: Element, seed: int = 1) -> float:
    """How far k(g x) is from g k(x), for the same draws."""
    return gap(at(kernel, kernel.dom.act(g, x), seed), kernel.cod.act(g, at(kernel, x, seed)))


def elements(X: GSpace, count: int = 7, seed: int = 2) -> Element:
    return X.group.random(count, generator=seeded(seed), dtype=torch.float64)


def alike(a: Tensor, b: Tensor) -> bool:
    """Whether two samples may come from one law."""
    return law_difference(a, b) > ALPHA


def by_elements(f, x: Tensor, X: GSpace = SQUARE) -> Tensor:
    """g f(g^-1 x), one after the other for all g of a finite group."""
    every = X.group.elements()
    back = X.group.inverse(every)
    moved = [X.act(h, f(X.act(g, x))) for g, h in zip(back, every, strict=True)]
    return torch.stack(moved)
