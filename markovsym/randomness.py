"""Where draws come from: a generator of the caller's, or torch's own."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor


@final
@dataclass(frozen=True)
class Ambient:
    """Torch's own generator on a device, as dropout uses it: for torch modules, which take none."""

    device: torch.device


Source = torch.Generator | Ambient
"""Source of randomness; what is drawn from it lies on its ``device``."""


def normal(*shape: int, generator: Source, dtype: torch.dtype) -> Tensor:
    """Independent standard normal numbers, real or complex."""
    own = generator if isinstance(generator, torch.Generator) else None
    return torch.randn(shape, generator=own, device=generator.device, dtype=dtype)


def uniform(*shape: int, generator: Source, dtype: torch.dtype) -> Tensor:
    """Independent numbers, uniform in [0, 1)."""
    own = generator if isinstance(generator, torch.Generator) else None
    return torch.rand(shape, generator=own, device=generator.device, dtype=dtype)


def integers(below: int, *shape: int, generator: Source) -> Tensor:
    """Independent whole numbers, uniform from 0 on and less than ``below``."""
    own = generator if isinstance(generator, torch.Generator) else None
    return torch.randint(below, shape, generator=own, device=generator.device)
