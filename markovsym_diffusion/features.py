"""Atom features: from atomic numbers to model units and back."""

from dataclasses import dataclass
from functools import cached_property
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from markovsym_diffusion.molecules import SYMBOLS, InputError


@final
@dataclass(frozen=True, kw_only=True)
class AtomFeatures:
    """One-hot element and, if wanted, nuclear charge, each divided by a scale.

    Source:
        Hoogeboom et al. (2022), appendix C: QM9 takes both, with scales 4 and 10; GEOM-Drugs the
        element alone.
    """

    vocabulary: tuple[int, ...] = (1, 6, 7, 8, 9)
    """Atomic numbers, ascending."""
    element_scale: float = 4.0
    """The one-hot entries are divided by this."""
    charge_scale: float | None = 10.0
    """The nuclear charges are divided by this; without it they are no features."""

    @property
    def width(self) -> int:
        """Number of channels: one for each element, and one for the charge."""
        return len(self.vocabulary) + (self.charge_scale is not None)

    @cached_property
    def _places(self) -> Int[Tensor, "number"]:
        places = torch.full((len(SYMBOLS) + 1,), -1)
        places[list(self.vocabulary)] = torch.arange(len(self.vocabulary))
        return places

    def encode(
        self, numbers: Int[Tensor, "*batch atom"], mask: Bool[Tensor, "*batch atom"]
    ) -> Float[Tensor, "*batch atom channel"]:
        """Features in model units; zero where there is no atom.

        Raises:
            InputError: If an element is not in the vocabulary.
        """
        places = self._places.to(numbers.device)[numbers]
        unknown = (places < 0) & mask
        if bool(unknown.any()):
            number = int(numbers[unknown][0])
            raise InputError(
                f"wanted elements of {self.names}, got {SYMBOLS[number]} (atomic number {number})"
            )
        one_hot = torch.nn.functional.one_hot(places.clamp(min=0), len(self.vocabulary))
        channels = one_hot / self.element_scale
        if self.charge_scale is not None:
            channels = torch.cat([channels, numbers.unsqueeze(-1) / self.charge_scale], dim=-1)
        return channels * mask.unsqueeze(-1)

    def decode(
        self, h: Float[Tensor, "*batch atom channel"], mask: Bool[Tensor, "*batch atom"]
    ) -> Int[Tensor, "*batch atom"]:
        """Atomic numbers from the largest of the element channels; zero where there is no atom."""
        vocabulary = torch.tensor(self.vocabulary, device=h.device)
        return vocabulary[h[..., : len(self.vocabulary)].argmax(-1)] * mask

    def log_prob(
        self, h: Float[Tensor, "*batch atom channel"], z: Float[Tensor, "*batch atom channel"],
        mask: Bool[Tensor, "*batch atom"], sigma: Float[Tensor, "*batch"],
    ) -> Float[Tensor, "*batch"]:  # fmt: skip
        """Log probability of the features ``h`` given the noisy ``z`` at noise ``sigma``, in nats.

        Each channel is the noisy value rounded: the mass of a normal law within half a unit.

        Source:
            Hoogeboom et al. (2022), equations 13 to 15; sigma_0 is not divided by alpha_0.
        """
        count, scale = len(self.vocabulary), self.element_scale
        sigma = sigma[..., None, None]
        scores = _log_mass(1.0 - scale * z[..., :count], scale * sigma).log_softmax(-1)
        chosen = (scores * (scale * h[..., :count])).sum(-1)
        if (scale := self.charge_scale) is not None:
            off = (scale * h[..., count:]).round() - scale * z[..., count:]
            chosen = chosen + _log_mass(off, scale * sigma).sum(-1)
        return (chosen * mask).sum(-1)

    @property
    def names(self) -> str:
        """The symbols of the vocabulary."""
        return " ".join(SYMBOLS[number] for number in self.vocabulary)


def _log_mass(centre: Tensor, scale: Tensor) -> Tensor:
    """Log mass of N(0, scale^2) within half a unit of ``centre``."""
    upper = torch.special.ndtr((centre + 0.5) / scale)
    return (upper - torch.special.ndtr((centre - 0.5) / scale) + 1e-10).log()
