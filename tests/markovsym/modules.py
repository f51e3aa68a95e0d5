"""A network far from equivariant, and what the tests of symmetrised modules do with it."""

import torch
from torch import Tensor, nn

from markovsym.actions import GSpace, gspace, matrix
from markovsym.groups import Direct, O, S
from markovsym.kernels import Kernel
from markovsym.symmetrise import gammas, haar, recursive

G = O(3)
X = gspace((5, 3), matrix(G))
P = Direct(S(5), O(3))


def fresh(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=fresh(seed), dtype=torch.float64)


def network() -> nn.Sequential:
    """Point by point, and far from equivariant."""
    net = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 3)).double()
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            p.copy_(normal(*p.shape, seed=i) / p.shape[-1] ** 0.5)
    return net


def frame(X: GSpace) -> Kernel:
    """A gamma with weights of its own."""
    net = gammas.MLP(X, (3, 3), hidden=(16,), noise=8).double()
    return recursive(haar(G, X), gammas.learned(net, X, G))


def run(module: nn.Module, *inputs: Tensor, seed: int = 0) -> Tensor:
    torch.default_generator.manual_seed(seed)
    return module(*inputs)
