"""Functions far from any symmetry, and how far a kernel is from equivariant."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.groups import Element, Group
from markovsym.kernels import Deterministic, Kernel
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise import EquivariantKernel, Proved, Theorem
from markovsym.symmetrise.equivariant import ends

TOLERANCE = 1e-12
"""What rounding leaves in double precision of values near 1, moved by matrices near 1."""


def fresh(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(shape, generator=fresh(seed), dtype=dtype)


def crooked(x: Tensor) -> Tensor:
    """tanh(x M + b) on the last axis, row i times i: neither points nor axes are treated alike."""
    n = x.shape[-1]
    M, b = normal(n, n, seed=1, dtype=x.dtype), normal(n, seed=2, dtype=x.dtype)
    rows = torch.arange(1, x.shape[-2] + 1, dtype=x.real.dtype).unsqueeze(-1)
    return torch.tanh(x @ M + b) * rows / 2


def plain(X: GSpace) -> Kernel:
    """The same as a kernel X -> X, which nothing is known of."""
    return Deterministic(crooked, X, X)


def turning(x: Tensor) -> Tensor:
    """Turned and reflected along with the points, whose order matters; stretched, it is another."""
    n = x.shape[-2]
    return torch.tanh(x @ x.mT @ normal(n, n, seed=11)) @ x


def linear(x: Tensor, *shape: int, dims: int = 2, seed: int = 3) -> Tensor:
    """All entries of the last ``dims`` axes through one fixed full matrix, and tanh behind."""
    flat = x.flatten(x.dim() - dims)
    size = torch.Size(shape).numel()
    M = normal(flat.shape[-1], size, seed=seed, dtype=x.dtype) / flat.shape[-1] ** 0.5
    found = torch.tanh(flat @ M + normal(size, seed=seed + 1, dtype=x.dtype))
    return found.reshape((*flat.shape[:-1], *shape))


def qr(m: Tensor) -> Tensor:
    """The Q of numpy's QR decomposition, with the signs that make the diagonal of R positive."""
    Q, R = np.linalg.qr(m.detach().numpy())
    return torch.from_numpy(Q * np.sign(np.diagonal(R, axis1=-2, axis2=-1))[..., None, :])


def elements(G: Group, count: int = 3, seed: int = 7) -> list[Element]:
    """Elements far from the identity, of every component."""
    generator = fresh(seed)
    drawn = [G.random(generator=generator, dtype=torch.float64) for _ in range(count)]
    return [G.multiply(c, g) for c in G.components(dtype=torch.float64) for g in drawn]


def apart(a: Value, b: Value) -> float:
    """The largest entry of the difference."""
    pairs = zip(parts_of(a), parts_of(b), strict=True)
    return max(float((one - other).abs().max()) for one, other in pairs)


@torch.no_grad()
def error(kernel: Kernel, x: Value, moves: Sequence[Element] | None = None) -> float:
    """The largest entry of k(g x) - g k(x), over elements of every component."""
    X, Y = ends(kernel)
    here = kernel.sample(x, generator=fresh())
    return max(
        apart(kernel.sample(X.act(g, x), generator=fresh()), Y.act(g, here))
        for g in moves or elements(X.group)
    )


def known(kernel: EquivariantKernel) -> bool:
    """Whether the equivariance of a kernel is proved, or a theorem."""
    return isinstance(kernel.why, Proved | Theorem)
