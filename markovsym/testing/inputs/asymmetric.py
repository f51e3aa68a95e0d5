"""Functions between any two spaces that commute with no group to speak of."""

from functools import lru_cache
from math import prod
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from markovsym.actions import CosetAction, GSpace
from markovsym.errors import SpaceError
from markovsym.groups import Cosets, Group
from markovsym.groups.enumeration import each
from markovsym.groups.product import alike
from markovsym.kernels.gaussian import Centred
from markovsym.randomness import normal
from markovsym.spaces import (
    CentreFree,
    Factor,
    Free,
    Kind,
    Value,
    dtype_of,
    parts_of,
    value_of,
)
from markovsym.testing.inputs.named import sized
from markovsym.testing.seeds import derived

Masks = dict[tuple[int | str, ...], Tensor]
"""The boolean tensors of a point, by their shapes."""

CHOICES = 16
"""Cosets are taken from so many random ones."""

STRETCH = 0.8
"""Log of how much larger the first entry is than one in the middle."""

SPREAD = 0.3
"""How far noise spreads, for an entry in the middle; it depends on the point."""


@final
class Asymmetric(nn.Module):
    """An affine function of all entries of a point and of noise, which spreads with the point.

    Its matrix is full and not normal, its offset makes it neither odd nor even, its entries are of
    different sizes. Masks are handed on, whole numbers are rounded, cosets are taken from a list.
    Weights are no parameters: they depend on the sizes only, and come in the precision of a point.

    Args:
        X: Where it starts.
        Y: Where it ends; its named sizes are those of X.
        bend: The width of a layer of tanh before it; none without.

    Raises:
        SpaceError: If the end has a named size that the start has not.

    Source:
        Verification of this project, section 2.3.
    """

    def __init__(self, X: GSpace, Y: GSpace, bend: int = 0) -> None:
        super().__init__()
        names, wanted = ({n for f in one.space.factors for n in f.shape} for one in (X, Y))
        if missing := [n for n in wanted - names if isinstance(n, str)]:
            raise SpaceError(
                f"wanted sizes that ({X}) brings along, got {', '.join(missing)} in ({Y})"
            )
        self.X, self.Y, self.bend = X, Y, bend

    def extra_repr(self) -> str:
        """Where it goes."""
        return f"({self.X}) -> ({self.Y}){', bent' if self.bend else ''}"

    def forward(self, *values: Tensor) -> Value:
        """The value at the tensors of a point and then, if there is any, at noise of one axis."""
        width = len(self.X.space.factors)
        point, noise = values[:width], values[width:]
        batch, sizes = self.X.space.measure(value_of(point))
        batch = noise[0].shape[:-1] if noise else batch
        x = _numbers(point, batch, dtype_of(values))
        bent = _affine("bend", x, (), self.bend).tanh() if self.bend else x
        pairs = zip(self.X.space.factors, point, strict=True)
        masks = {one.shape: part for one, part in pairs if one.kind is Kind.BOOLEAN}
        found: list[Tensor] = []
        for block in self.Y.blocks:
            if isinstance(block.action, CosetAction):
                cosets = block.action.cosets
                number = _affine(f"coset {len(found)}", bent, noise, 1).squeeze(-1)
                found.extend(parts_of(_chosen(cosets, sized(cosets.group, sizes), number)))
                continue
            for one in block.space.factors:
                event = [n if isinstance(n, int) else sizes[n] for n in one.shape]
                count = prod(event) * (2 if one.kind is Kind.COMPLEX else 1)
                flat = _affine(f"entries {len(found)}", bent, noise, count)
                found.append(_shaped(one, flat, [*batch, *event], masks))
        return value_of(tuple(found))


def _numbers(
    point: tuple[Tensor, ...], batch: tuple[int, ...], dtype: torch.dtype
) -> Float[Tensor, "*batch entry"]:
    """All entries as real numbers."""
    real = [torch.view_as_real(x) if x.is_complex() else x.to(dtype) for x in point]
    if not real:
        return torch.zeros(*batch, 0, dtype=dtype)
    return torch.cat([x.reshape(*batch, -1) for x in real], dim=-1)


def _affine(
    word: str, x: Float[Tensor, "*batch entry"], noise: tuple[Tensor, ...], count: int
) -> Float[Tensor, "*batch number"]:
    """So many numbers, which a word tells from others that depend on ``x``."""
    y = x @ _weights(f"{word}, matrix", x.shape[-1], count).to(x)
    y = y + _weights(f"{word}, offset", 1, count).to(x)[0]
    for u in noise:
        spread = SPREAD * (x @ _weights(f"{word}, spread", x.shape[-1], 1).to(x)).tanh().exp()
        y = y + spread * (u @ _weights(f"{word}, noise", u.shape[-1], count).to(u))
    return y


@lru_cache(maxsize=256)
def _weights(word: str, rows: int, columns: int) -> Float[Tensor, "row column"]:
    """A full matrix, whose first columns are larger than the last ones."""
    full = normal(rows, columns, generator=derived(word), dtype=torch.float64)
    stretch = torch.linspace(STRETCH, -STRETCH, columns, dtype=torch.float64).exp()
    return full * stretch / max(rows, 1) ** 0.5


def _chosen(cosets: Cosets, group: Group, number: Float[Tensor, "*batch"]) -> Value:
    """A coset of a list for each number."""
    some = group.random(CHOICES, generator=derived(str(group)), dtype=torch.float64)
    place = (CHOICES * number.sigmoid()).long().clamp(max=CHOICES - 1)  # in float32, 1 is reached
    return alike(each(lambda part: part.to(place.device)[place], cosets.project(some)), number)


def _shaped(factor: Factor, flat: Tensor, shape: list[int], masks: Masks) -> Tensor:
    """Real numbers as a tensor of a factor."""
    match factor.kind, factor.constraint:
        case (Kind.BOOLEAN, Free()):
            return masks[factor.shape] if factor.shape in masks else flat.reshape(shape) > 0
        case (Kind.INTEGER, Free()):
            return flat.reshape(shape).round().long()
        case (Kind.COMPLEX, Free()):
            return torch.view_as_complex(flat.reshape([*shape, 2]))
        case (Kind.REAL, Free()):
            return flat.reshape(shape)
        case (Kind.REAL, CentreFree()):
            x = flat.reshape(shape)
            there = x.new_ones(x.shape[:-1], dtype=torch.bool)
            mask = masks.get(factor.shape[-2:-1], there)
            return Centred(
                mask.unflatten(0, (-1, *[1] * (x.dim() - 1 - mask.dim()))) & there
            ).project(x)
        case _:
            raise SpaceError(f"wanted a factor of a kind that is known, got {factor}")
