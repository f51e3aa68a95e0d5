"""What the tests of EGNN and GNN share: a message layer in loops over pairs, and known weights."""

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from markovsym_diffusion.networks.messages import MessageLayer, PairLayers
from tests.markovsym_diffusion.small import random_state

Network = TypeVar("Network", bound=nn.Module)
SIZES = [5, 4, 2, 1]


@torch.no_grad()
def weighted(network: Network, seed: int = 0) -> Network:
    """The network in double precision, its weights normal: fresh ones move atoms hardly at all."""
    generator = torch.Generator().manual_seed(seed)
    for p in network.double().parameters():
        p.copy_(0.3 * torch.randn(p.shape, generator=generator, dtype=p.dtype))
    return network


def noisy(seed: int, sizes: list[int] = SIZES, channels: int = 2) -> tuple[Tensor, ...]:
    """x, h, t and mask of noisy molecules, in double precision."""
    generator = torch.Generator().manual_seed(seed)
    z = random_state(sizes, generator, channels)
    return z.x.double(), z.h.double(), torch.rand(len(sizes), generator=generator).double(), z.mask


def one_by_one(point: tuple[Tensor, ...]) -> list[tuple[Tensor, ...]]:
    """x, h and t of each molecule without its padding."""
    x, h, t, mask = point
    return [(x[m, mask[m]], h[m, mask[m]], t[m]) for m in range(len(t))]


def pair_layers(layers: PairLayers, *parts: Tensor) -> Tensor:
    """The layers at one pair of atoms, from all that is known of it."""
    inner = functional.silu(layers.inward(torch.cat(parts)))
    return functional.silu(layers.outward(inner))


def told(layer: MessageLayer, h: Tensor, known: Tensor) -> Tensor:
    """The next state of all atoms of one molecule."""
    after = []
    for i in range(len(h)):
        total = torch.zeros_like(h[i])
        for j in range(len(h)):
            if i != j:
                message = pair_layers(layer.pairs, h[i], h[j], known[i, j])
                total = total + message * torch.sigmoid(layer.gate(message))
        inner = functional.silu(layer.update[0](torch.cat([h[i], total])))
        after.append(h[i] + layer.update[2](inner))
    return torch.stack(after)
