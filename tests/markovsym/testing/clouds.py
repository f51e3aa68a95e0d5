"""Clouds of atoms with masks, and models of them that are right or wrong in one way each."""

import torch
from torch import Tensor

from markovsym.actions import gspace, matrix, trivial
from markovsym.groups import O
from markovsym.spaces import CentreFree, Kind

G = O(3)
MASK = gspace(("atom",), trivial(G), Kind.BOOLEAN)
FREE = gspace(("atom", 3), matrix(G))
CENTRED = gspace(("atom", 3), matrix(G), constraint=CentreFree())


def mean(x: Tensor, mask: Tensor) -> Tensor:
    """Of the rows that exist."""
    there = torch.where(mask.unsqueeze(-1), x, 0.0)
    return there.sum(-2, keepdim=True) / mask.sum(-1)[:, None, None]


def centred(x: Tensor, mask: Tensor) -> Tensor:
    return torch.where(mask.unsqueeze(-1), x - mean(x, mask), 0.0)


def noisy(x: Tensor, mask: Tensor) -> Tensor:
    """Noise about the points, both with their centre at the origin."""
    clean = torch.where(mask.unsqueeze(-1), x, 0.0)
    return centred(clean + torch.randn_like(x), mask)


def leaking(x: Tensor, mask: Tensor) -> Tensor:
    """The mutant of masked atoms: noise is centred over all rows, and then put to zero."""
    noise = torch.randn_like(x)
    noise = noise - noise.mean(-2, keepdim=True)
    return torch.where(mask.unsqueeze(-1), x + noise, 0.0)


def drifting(x: Tensor, mask: Tensor) -> Tensor:
    """The mutant of the centre of mass: noise is not centred."""
    return torch.where(mask.unsqueeze(-1), x + torch.randn_like(x), 0.0)
