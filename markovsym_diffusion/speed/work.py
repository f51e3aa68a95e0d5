"""The work that a model cannot do without, and how fast matrices are multiplied here."""

import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from markovsym_diffusion.processes import State
from markovsym_diffusion.speed.clock import Clock

SHAPES = ((1152, 384, 1152), (1152, 384, 1536), (1152, 768, 384), (4608, 384, 1536))
"""Rows, inner and outer width of the products of a transformer of the published width."""
REPEATS = 8
"""So often each is multiplied at a time."""
TRIES = 5
"""Of so many times the median counts."""


def useful_work(model: nn.Module, channels: int, sizes: Int[Tensor, "molecule"]) -> float:
    """Floating point operations of one call for molecules of these sizes, none of it padding.

    Each product of matrices counts twice its multiplications; nothing else counts.
    """
    numbers, counts = sizes.unique(return_counts=True)
    each = [_of_one(model, channels, int(atoms)) for atoms in numbers]
    return float(sum(count * work for count, work in zip(counts.tolist(), each, strict=True)))


@torch.no_grad()
def _of_one(model: nn.Module, channels: int, atoms: int) -> int:
    where = next(model.parameters()).device
    mask = torch.ones(1, atoms, dtype=torch.bool, device=where)
    x, h = (torch.zeros(1, atoms, width, device=where) for width in (3, channels))
    counter = FlopCounterMode(display=False)
    with counter:
        t = torch.zeros(1, device=where)
        model(State(x, h, mask), t, generator=torch.Generator(where).manual_seed(0))
    return counter.get_total_flops()


@torch.no_grad()
def matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """Floating point operations a second in products of matrices, the best of several shapes."""
    clock, best = Clock(device), 0.0
    for rows, inner, outer in SHAPES if device.type == "cpu" else ((8192, 8192, 8192),):
        a = torch.randn(rows, inner, device=device).to(dtype)
        b = torch.randn(inner, outer, device=device).to(dtype)

        def multiply(a: Tensor = a, b: Tensor = b) -> None:
            for _ in range(REPEATS):
                torch.mm(a, b)

        seconds = sorted(clock.seconds(multiply) for _ in range(TRIES))[TRIES // 2]
        best = max(best, 2.0 * rows * inner * outer * REPEATS / seconds)
    return best
