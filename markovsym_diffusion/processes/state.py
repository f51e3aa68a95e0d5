"""Molecules in model units: what processes noise and networks see."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Padded


@final
@dataclass(frozen=True, eq=False)
class State:
    """A batch of noisy molecules z = [x, h], in model units; zero where ``mask`` is false."""

    x: Float[Tensor, "molecule atom 3"]
    h: Float[Tensor, "molecule atom channel"]
    mask: Bool[Tensor, "molecule atom"]
    belief: "State | None" = None
    """What a self-conditioned network is told that it believed: the part of z without noise."""

    def to(self, device: torch.device) -> "State":
        """The same batch on ``device``."""
        return State(self.x.to(device), self.h.to(device), self.mask.to(device))

    def squared_distance(
        self, other: "State"
    ) -> tuple[Float[Tensor, "molecule"], Float[Tensor, "molecule"]]:
        """Squared distance of the positions and of the features, summed over the atoms."""
        x, h = self.x - other.x, self.h - other.h
        return x.square().sum((-2, -1)), h.square().sum((-2, -1))


def blend(*terms: tuple[Float[Tensor, "molecule"], State]) -> State:
    """The sum of states, each times a number for each molecule."""
    x = sum(factor[:, None, None] * z.x for factor, z in terms)
    h = sum(factor[:, None, None] * z.h for factor, z in terms)
    return State(torch.as_tensor(x), torch.as_tensor(h), terms[0][1].mask)


def encode(molecules: Padded, features: AtomFeatures) -> State:
    """Molecules in model units; a position in ångström stands for itself.

    Raises:
        InputError: If an element is not in the vocabulary of ``features``.
    """
    h = features.encode(molecules.numbers, molecules.mask)
    return State(molecules.positions, h, molecules.mask)


def decode(state: State, features: AtomFeatures) -> Padded:
    """Molecules in ångström, each atom of the element that scores highest."""
    return Padded(state.x, features.decode(state.h, state.mask), state.mask)


def blank(sizes: Int[Tensor, "molecule"], features: AtomFeatures) -> State:
    """Zeros in the shape of molecules of the given numbers of atoms."""
    mask = torch.arange(int(sizes.max()), device=sizes.device) < sizes.unsqueeze(-1)
    x = torch.zeros((*mask.shape, 3), device=sizes.device)
    return State(x, torch.zeros((*mask.shape, features.width), device=sizes.device), mask)
