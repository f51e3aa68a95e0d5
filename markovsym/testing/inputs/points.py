"""Points to test at."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from markovsym.actions import Acted, CosetAction, GSpace
from markovsym.groups import orthonormalise
from markovsym.randomness import normal
from markovsym.spaces import CentreFree, Factor, Free, Kind, Orthogonal, Value, parts_of, value_of
from markovsym.testing.inputs.named import SIZE, sized

GRIDS = (1.0, 2.0, 10.0)
"""Simpler points have whole numbers for entries; or halves, or tenths."""


def points(
    X: GSpace,
    count: int,
    *,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float64,
    sizes: Mapping[str, int] | None = None,
) -> Value:
    """Points of a space: normal numbers under its equations, cosets of random elements.

    Masks are true throughout and whole numbers are zero.

    Args:
        X: The space.
        count: How many, along one batch dimension.
        generator: Source of randomness.
        dtype: Floating point type.
        sizes: What the names of sizes stand for; 5 where nothing is said.
    """
    drawn = (_block(block, count, generator, dtype, sizes or {}) for block in X.blocks)
    return value_of(tuple(part for one in drawn for part in parts_of(one)))


def simpler(X: GSpace, x: Value, *, generator: torch.Generator) -> Iterator[Value]:
    """Points that are easier to read than ``x``, which has no batch dimensions; simplest first.

    They have fewer rows, where the space leaves the number open, or rounder entries.
    """
    _, sizes = X.space.measure(x)
    dtype = next((p.dtype for p in parts_of(x) if p.is_floating_point()), torch.float64)
    for rows in (1, 2, 3) if sized(X.group, sizes) == X.group else ():
        if any(rows < size for size in sizes.values()):
            less = {name: min(rows, size) for name, size in sizes.items()}
            few = points(X, 1, generator=generator, dtype=dtype, sizes=less)
            yield value_of(tuple(part[0] for part in parts_of(few)))
    for grid in GRIDS:
        yield value_of(tuple(part for one in _rounded(X, x, grid) for part in parts_of(one)))


def _rounded(X: GSpace, x: Value, grid: float) -> Iterator[Value]:
    for block, value in X.parts(x):
        if isinstance(block.action, CosetAction):
            yield value
            continue
        factors = zip(block.space.factors, parts_of(value), strict=True)
        yield value_of(tuple(_on_grid(factor, part, grid) for factor, part in factors))


def _on_grid(factor: Factor, part: Tensor, grid: float) -> Tensor:
    if not part.is_floating_point():
        return part
    near = (part * grid).round() / grid + 0.0  # which makes 0 of -0
    match factor.constraint:
        case Free():
            return near
        case CentreFree():  # the first row exists in every mask
            return torch.cat([near[:1] - near.sum(-2, keepdim=True), near[1:]])
        case _:
            return part


def _block(
    block: Acted,
    count: int,
    generator: torch.Generator,
    dtype: torch.dtype,
    sizes: Mapping[str, int],
) -> Value:
    match block.action:
        case CosetAction(cosets):
            group = sized(cosets.group, sizes)
            return cosets.project(group.random(count, generator=generator, dtype=dtype))
        case _:
            drawn = (_factor(f, count, generator, dtype, sizes) for f in block.space.factors)
            return value_of(tuple(drawn))


def _factor(
    factor: Factor,
    count: int,
    generator: torch.Generator,
    dtype: torch.dtype,
    sizes: Mapping[str, int],
) -> Tensor:
    event = (n if isinstance(n, int) else sizes.get(n, SIZE) for n in factor.shape)
    shape = (count, *event)
    if factor.kind is Kind.BOOLEAN:
        return torch.ones(shape, dtype=torch.bool)
    if factor.kind is Kind.INTEGER:
        return torch.zeros(shape, dtype=torch.int64)
    x = normal(*shape, generator=generator, dtype=factor.kind.dtype(dtype))
    match factor.constraint:
        case CentreFree():
            return x - x.mean(-2, keepdim=True)
        case Orthogonal():
            return orthonormalise(x)
        case _:
            return x
