"""How finite groups move images: cyclic shifts, and the symmetries of a square grid."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor

from markovsym.actions.action import VolumeKeeping
from markovsym.groups import CyclicGroup, DihedralGroup
from markovsym.spaces import Factor, Free, Space


@final
@dataclass(frozen=True)
class Shift(VolumeKeeping):
    """C(n) rolls an axis whose length is a multiple of n, by whole steps of length / n.

    On an image in polar coordinates, rolled along the angle, it is an exact rotation.

    Args:
        of: The group.
        axis: Counted from the end of the event shape.
    """

    of: CyclicGroup
    axis: int = -1

    @property
    def group(self) -> CyclicGroup:
        """The group that was handed over."""
        return self.of

    def fits(self, space: Space) -> bool:
        """Whether the axis is there and its length a multiple of n."""
        match space.factors:
            case (factor,) if -len(factor.shape) <= self.axis < 0:
                length = factor.shape[self.axis]
                return isinstance(length, int) and length % self.of.n == 0
            case _:
                return False

    def __call__(self, g: Int[Tensor, "*batch"], x: Tensor) -> Tensor:
        """Entry ``i`` goes to place ``i + g length / n``."""
        turned = x.movedim(self.axis, -1)
        length = turned.shape[-1]
        places = torch.arange(length, device=x.device)
        source = (places - g.unsqueeze(-1) * (length // self.of.n)) % length
        source = source.reshape(*g.shape, *[1] * (turned.dim() - g.dim() - 1), length)
        return turned.gather(-1, source.expand(turned.shape)).movedim(-1, self.axis)


@final
@dataclass(frozen=True)
class Square(VolumeKeeping):
    """C(4) or D(4) turns, and reflects, square images on the last two axes.

    Raises:
        ValueError: For another group.
    """

    of: CyclicGroup | DihedralGroup

    def __post_init__(self) -> None:
        if self.of.n != 4:
            raise ValueError(f"wanted C(4) or D(4), the symmetries of a square, got {self.of}")

    @property
    def group(self) -> CyclicGroup | DihedralGroup:
        """The group that was handed over."""
        return self.of

    def fits(self, space: Space) -> bool:
        """Whether the last two axes have one length, and nothing binds the entries."""
        match space.factors:
            case (Factor(shape, _, Free()),):
                return len(shape) >= 2 and shape[-1] == shape[-2]
            case _:
                return False

    def __call__(self, g: Int[Tensor, "*batch"], x: Tensor) -> Tensor:
        """The image, flipped upside down if ``g`` flips, then turned left by quarters."""
        n = x.shape[-1]
        places = torch.arange(n * n, device=x.device).reshape(n, n)
        flips = [places, places.flip(-2)] if isinstance(self.of, DihedralGroup) else [places]
        moved = torch.stack(
            [torch.rot90(one, k, (-2, -1)).flatten() for one in flips for k in range(4)]
        )
        flat = x.flatten(-2)
        source = moved[g]
        source = source.reshape(*g.shape, *[1] * (flat.dim() - g.dim() - 1), n * n)
        return flat.gather(-1, source.expand(flat.shape)).reshape(x.shape)
