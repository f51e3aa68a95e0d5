"""Which noise belongs to which molecule in flow matching."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import nearest_isometry, nearest_order
from markovsym.spaces import parts_of
from markovsym_diffusion.denoisers.spaces import MoleculeSpaces
from markovsym_diffusion.processes import State


@runtime_checkable
class Coupling(Protocol):
    """Data and noise, drawn apart, to the noise that goes with the data."""

    def __call__(self, data: State, noise: State) -> State:
        """The noise to go with ``data``."""
        ...


@final
@dataclass(frozen=True)
class Independent:
    """Any noise goes with any molecule."""

    def __call__(self, data: State, noise: State) -> State:
        """``noise`` itself."""
        return noise


@final
@dataclass(frozen=True)
class EquivariantTransport:
    """Noise turned, reflected and reordered so that it lies near the molecule.

    The order is the best for the orientation and the orientation the best for the order, found in
    turn; no step makes the distance longer, and the pair at which it ends need not be the best of
    all. A molecule moved by g gets noise moved by g. Averaged over g, the noise is the Gaussian
    it was: so the model must be equivariant in law, or the molecules turned at random.

    Args:
        rounds: How often both are found.

    Source:
        Klein et al. (2023), section 4; Song et al. (2023), equation 8.
    """

    rounds: int = 2

    @torch.no_grad()
    def __call__(self, data: State, noise: State) -> State:
        """The noise that was brought near to ``data``."""
        X = MoleculeSpaces(channels=data.h.shape[-1], radial=0, basis=0).molecule
        still = torch.arange(data.mask.shape[-1], device=data.mask.device)
        upright = torch.eye(3, dtype=data.x.dtype, device=data.x.device)
        x, h = noise.x, noise.h
        for _ in range(self.rounds):
            order = nearest_order(_squared_distances(data, x, h), data.mask)
            x, h = parts_of(X.act((order, upright.expand(len(order), 3, 3)), (x, h)))
            turn = nearest_isometry(data.x, x)
            x, h = parts_of(X.act((still.expand_as(order), turn), (x, h)))
        return State(x, h, noise.mask)


def _squared_distances(
    data: State, x: Float[Tensor, "molecule atom 3"], h: Float[Tensor, "molecule atom channel"]
) -> Float[Tensor, "molecule atom atom"]:
    """From each atom of the data to each of the noise, positions and features together."""
    ours, theirs = torch.cat([data.x, data.h], -1), torch.cat([x, h], -1)
    return (ours.unsqueeze(2) - theirs.unsqueeze(1)).square().sum(-1)
