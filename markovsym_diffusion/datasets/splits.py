"""Cutting a data set into train, valid and test."""

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.molecules import InputError


def split_at_random(count: int, *, generator: torch.Generator) -> dict[str, Int[Tensor, "_"]]:
    """Eight tenths of the rows to train, one each to valid and test, drawn at random."""
    return split_in_order(torch.randperm(count, generator=generator))


def split_in_order(order: Int[Tensor, "row"]) -> dict[str, Int[Tensor, "_"]]:
    """The first tenth of ``order`` is valid, the next is test, the rest train; none is empty.

    Raises:
        InputError: If there are fewer than three rows.

    Source:
        Hoogeboom et al. (2022), released code for GEOM-Drugs.
    """
    if len(order) < 3:
        raise InputError(f"three splits need at least three molecules, got {len(order)}")
    tenth = max(1, len(order) // 10)
    return {
        "train": order[2 * tenth :].sort().values,
        "valid": order[:tenth].sort().values,
        "test": order[tenth : 2 * tenth].sort().values,
    }


def split_groups(
    counts: Int[Tensor, "group"], *, generator: torch.Generator
) -> dict[str, Int[Tensor, "_"]]:
    """Like ``split_at_random``, where the rows of a group stay together.

    Args:
        counts: How many rows each group has; they lie next to each other.
        generator: Source of randomness.
    """
    owner = torch.repeat_interleave(torch.arange(len(counts)), counts)
    groups = split_at_random(len(counts), generator=generator)
    return {
        split: torch.isin(owner, chosen).nonzero().squeeze(-1) for split, chosen in groups.items()
    }
