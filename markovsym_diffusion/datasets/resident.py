"""Molecules in model units, ready on a device: a batch is two gathers."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.processes import State, encode

MOST_ATOMS = 20_000_000
"""So many atoms are kept on a device, a gigabyte with their features; more stay where they are."""
AT_ONCE = 10_000
"""Molecules that are encoded at a time."""


@final
@dataclass(frozen=True, eq=False)
class Resident:
    """Centred positions and features of all atoms on a device, and where molecules start."""

    x: Float[Tensor, "atom 3"]
    h: Float[Tensor, "atom channel"]
    offsets: Int[Tensor, "molecule_and_one"]
    """On the host: the shape of a batch must be known without a look at the device."""

    @classmethod
    def of(cls, molecules: Molecules, features: AtomFeatures, device: torch.device) -> "Resident":
        """All molecules, in model units.

        Raises:
            InputError: If an element is not in the vocabulary of ``features``.
        """
        rows = torch.arange(len(molecules)).split(AT_ONCE)
        states = [encode(molecules.padded(some), features) for some in rows]
        x = torch.cat([state.x[state.mask] for state in states])
        h = torch.cat([state.h[state.mask] for state in states])
        return cls(x.to(device), h.to(device), molecules.offsets)

    def batch(self, index: Int[Tensor, "chosen"]) -> State:
        """The chosen molecules, padded to the largest; nothing waits for the device."""
        first = self.offsets[index]
        sizes = self.offsets[index + 1] - first
        places = torch.arange(int(sizes.max()))
        real = places < sizes.unsqueeze(-1)
        atoms = torch.where(real, first.unsqueeze(-1) + places, -1)
        if self.x.is_cuda:  # memory that stays in place is copied while the host goes on
            atoms = atoms.pin_memory()
        atoms = atoms.to(self.x.device, non_blocking=True)
        mask = atoms >= 0
        gap = ~mask.unsqueeze(-1)
        x, h = (part[atoms.clamp(min=0)].masked_fill(gap, 0.0) for part in (self.x, self.h))
        return State(x, h, mask)
