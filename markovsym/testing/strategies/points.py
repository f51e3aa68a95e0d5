"""A Hypothesis strategy of points of a space, on a grid, the special ones first."""

from collections.abc import Iterator, Mapping

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import CosetAction, GSpace
from markovsym.spaces import CentreFree, Factor, Kind, Value, parts_of, value_of
from markovsym.testing.inputs.named import sized
from markovsym.testing.strategies.composites import Draw, composite
from markovsym.testing.strategies.elements import elements
from markovsym.testing.strategies.grid import grid_tensors

LENGTHS = (1, 2, 3, 5)
"""What stands in for sizes that are left open."""

SPREAD = 0.2
"""The smallest singular value of points of which none are special."""


@composite
def space_points(
    draw: Draw,
    X: GSpace,
    *,
    dtype: torch.dtype = torch.float64,
    sizes: Mapping[str, int] | None = None,
    special: bool = True,
) -> Value:
    """Points without batch dimensions, whose entries are quarters from -3 to 3.

    Rows are all zero, or one row many times, or on a line, or on a plane, or anywhere. Where the
    centre is fixed, the first row makes up for the others. A mask has a row at least, the first
    one; centred rows that it says are not there are zero.

    Args:
        draw: Left out by the caller.
        X: The space.
        dtype: Floating point type.
        sizes: What the names of sizes stand for; where nothing is said 1, 2, 3 and 5 are tried.
        special: Whether rows may all lie on a plane, or even be zero. Otherwise they span as much
            as so many rows can.

    Raises:
        SpaceError: If it is not known how to satisfy the equations of the space.
    """
    given = sizes or {}
    names = dict.fromkeys(n for f in X.space.factors for n in f.shape if isinstance(n, str))
    lengths = {n: given[n] if n in given else draw(st.sampled_from(LENGTHS)) for n in names}
    parts: list[Tensor] = []
    for block in X.blocks:
        if isinstance(block.action, CosetAction):
            cosets = block.action.cosets
            g = draw(elements(sized(cosets.group, lengths), dtype=dtype))
            parts.extend(parts_of(cosets.project(g)))
            continue
        for factor in block.space.factors:
            shape = tuple(n if isinstance(n, int) else lengths[n] for n in factor.shape)
            parts.append(draw(grid_tensors(factor, shape, dtype, special=special)))
    return value_of(tuple(_bound(X, parts, special=special)))


def _bound(X: GSpace, parts: list[Tensor], *, special: bool) -> Iterator[Tensor]:
    """The tensors, with their centres fixed or checked to span where that is wanted."""
    pairs = list(zip(X.space.factors, parts, strict=True))
    masks = [(factor.shape, x) for factor, x in pairs if factor.kind is Kind.BOOLEAN]
    for block, value in X.parts(value_of(tuple(parts))):
        if isinstance(block.action, CosetAction):
            yield from parts_of(value)
            continue
        for factor, x in zip(block.space.factors, parts_of(value), strict=True):
            there = torch.ones(x.shape[:-1], dtype=torch.bool)
            for _, mask in filter(lambda one: one[0] == factor.shape[-2:-1], masks):
                there = there & mask
            yield _point(factor, x, there, special=special)


def _point(factor: Factor, x: Tensor, there: Tensor, *, special: bool) -> Tensor:
    """The tensor, with its centre fixed if it is to be, and not special if it is not to be."""
    bound = isinstance(factor.constraint, CentreFree)
    x = _centred(x, there) if bound else x
    if not special and x.dim() > 1 and (x.is_floating_point() or x.is_complex()):
        assume(_spans(x, int(there.sum(-1).min()) - bound))
    return x


def _centred(x: Tensor, there: Tensor) -> Tensor:
    """Zeros where no row is, and another first row."""
    rest = torch.where(there.unsqueeze(-1), x, 0.0)[..., 1:, :]
    return torch.cat([0.0 - rest.sum(-2, keepdim=True), rest], dim=-2)


def _spans(x: Tensor, independent: int) -> bool:
    """Whether rows span as much as so many independent ones can."""
    rank = min(independent, x.shape[-1])
    return rank < 1 or bool((torch.linalg.svdvals(x)[..., rank - 1] > SPREAD).all())
