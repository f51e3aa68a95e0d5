"""Rows that exist and rows that only fill a batch up."""

from collections.abc import Callable, Mapping
from itertools import cycle, islice

import torch
from jaxtyping import Bool
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.spaces import CentreFree, Factor, Kind, Space, Value, parts_of, value_of
from markovsym.testing.inputs.batched import batched
from markovsym.testing.inputs.named import SIZE
from markovsym.testing.inputs.points import points
from markovsym.testing.outcome import InconclusiveError, NotApplicableError

POINTS = 8
"""So many points, if none are handed over."""

ROWS = SIZE + 2
"""Rows of the points that are made here, of which all, or up to three fewer, exist."""

Masks = Mapping[str, Bool[Tensor, "*batch row"]]
"""For the names of sizes, which rows exist."""


def masks_of(space: Space, value: Value) -> Masks:
    """The masks of a value: the first boolean factor of shape ``(name,)``, for each name."""
    found: dict[str, Tensor] = {}
    for factor, part in zip(space.factors, parts_of(value), strict=True):
        match factor:
            case Factor(shape=(str(name),), kind=Kind.BOOLEAN):
                found.setdefault(name, part)
            case _:
                pass
    return found


def padding_of(factor: Factor, part: Tensor, masks: Masks) -> Bool[Tensor, "..."]:
    """Which entries of a tensor belong to a row that does not exist; it can be broadcast."""
    dims = len(factor.shape)
    gone = torch.zeros([1] * part.dim(), dtype=torch.bool, device=part.device)
    for axis, name in enumerate(factor.shape):
        if name in masks:
            mask = masks[str(name)]
            shape = [*mask.shape[:-1], *[1] * axis, mask.shape[-1], *[1] * (dims - axis - 1)]
            gone = gone | ~mask.reshape(shape)
    return gone


def filled(space: Space, value: Value, masks: Masks, fill: Callable[[Tensor], Tensor]) -> Value:
    """A value with other entries in the rows that do not exist; the masks stay."""
    return value_of(
        tuple(
            part
            if any(part is mask for mask in masks.values())
            else torch.where(padding_of(factor, part, masks), fill(part), part)
            for factor, part in zip(space.factors, parts_of(value), strict=True)
        )
    )


def padded_points(
    X: GSpace, count: int, *, generator: torch.Generator, dtype: torch.dtype
) -> Value:
    """Points of which three in four have rows that do not exist, last in order and zero.

    Where X has no mask they are points as ever.
    """
    names = list(masks_of(X.space, points(X, 1, generator=generator, dtype=dtype)))
    x = points(X, count, generator=generator, dtype=dtype, sizes=dict.fromkeys(names, ROWS))
    rows = torch.tensor(list(islice(cycle((ROWS, ROWS - 1, ROWS - 2, ROWS - 3)), count)))
    return masked(X.space, x, dict.fromkeys(names, torch.arange(ROWS) < rows.unsqueeze(-1)))


def with_masks(
    X: GSpace, x: Value | None, mask: Tensor | None, dtype: torch.dtype, rng: torch.Generator
) -> tuple[Value, Masks]:
    """Points of which some rows do not exist, and which.

    Args:
        X: The space.
        x: The points, or none where random ones are wanted.
        mask: Which rows exist, if no factor of X tells.
        dtype: Floating point type of random points.
        rng: Their source.

    Raises:
        InconclusiveError: If all rows exist.
        NotApplicableError: If nothing tells which rows exist.
    """
    if mask is None:
        x = padded_points(X, POINTS, generator=rng, dtype=dtype) if x is None else x
        x = batched(X.space, x)
        masks = masks_of(X.space, x)
    else:
        name = _the_name(X)
        if x is None:
            sizes = {name: mask.shape[-1]}
            drawn = points(X, len(mask), generator=rng, dtype=dtype, sizes=sizes)
            x = masked(X.space, drawn, {name: mask})
        masks = {name: mask}
    if not masks:
        raise NotApplicableError(
            f"wanted a mask, a boolean factor of one named size as in gspace(('atom',), action, "
            f"Kind.BOOLEAN), got ({X.space}); or hand it over, as in mask=mask"
        )
    if all(bool(one.all()) for one in masks.values()):
        raise InconclusiveError("all rows of all points exist; wanted some that do not")
    return x, masks


def masked(space: Space, value: Value, masks: Masks) -> Value:
    """A value with zeros in the rows that do not exist, and still under its equations."""
    factors = zip(space.factors, parts_of(value), strict=True)
    return value_of(tuple(_masked(factor, part, masks) for factor, part in factors))


def _masked(factor: Factor, part: Tensor, masks: Masks) -> Tensor:
    gone = padding_of(factor, part, masks)
    left = torch.where(gone, torch.zeros_like(part), part)
    if not isinstance(factor.constraint, CentreFree):
        return left
    there = (~gone).expand(part.shape).to(part.dtype)
    centre = left.sum(-2, keepdim=True) / there.sum(-2, keepdim=True)
    return torch.where(gone, left, left - centre)


def _the_name(X: GSpace) -> str:
    names = {n for factor in X.space.factors for n in factor.shape if isinstance(n, str)}
    if len(names) != 1:
        raise ValueError(
            f"wanted one named size, whose rows the mask is about, got {sorted(names)} in "
            f"({X.space})"
        )
    return names.pop()
