"""Batches of molecules of nearly the same size, so that little of a padded batch is empty."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.molecules import InputError


@final
@dataclass(frozen=True, eq=False)
class SizeSorted:
    """Batches cut from the molecules in order of size, anew for every epoch.

    Molecules of one size come in random order and so do the batches; every molecule comes once an
    epoch. An epoch depends on the seed and its number only, hence a run resumes at any step.

    Raises:
        InputError: If there is no molecule, or ``batch_size`` is less than 1.
    """

    sizes: Int[Tensor, "molecule"]
    batch_size: int

    def __post_init__(self) -> None:
        if len(self.sizes) == 0:
            raise InputError("batches need at least one molecule, got none")
        if self.batch_size < 1:
            raise InputError(f"a batch needs at least one molecule, got {self.batch_size}")

    @property
    def batches_per_epoch(self) -> int:
        """How many batches an epoch has; one of them may be short."""
        return -(-len(self.sizes) // self.batch_size)

    def epoch(self, seed: int, number: int) -> list[Int[Tensor, "chosen"]]:
        """The batches of one epoch, each a list of indices of molecules."""
        generator = np.random.default_rng(np.random.SeedSequence([seed, number]))
        ties = generator.permutation(len(self.sizes))
        order = torch.from_numpy(np.lexsort((ties, self.sizes.numpy())))
        batches = order.split(self.batch_size)
        return [batches[place] for place in generator.permutation(len(batches))]

    def batches(self, seed: int, start_step: int = 0) -> Iterator[Int[Tensor, "chosen"]]:
        """The batches of all epochs, without end, from the global step ``start_step`` on."""
        first, done = divmod(start_step, self.batches_per_epoch)
        yield from self.epoch(seed, first)[done:]
        for number in itertools.count(first + 1):
            yield from self.epoch(seed, number)
