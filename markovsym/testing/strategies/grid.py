"""Hypothesis strategies of tensors whose entries lie on a grid, the special ones first."""

from functools import lru_cache
from math import prod

import torch
from hypothesis import strategies as st
from torch import Tensor

from markovsym.errors import SpaceError
from markovsym.groups import O, U
from markovsym.spaces import CentreFree, Factor, Free, Kind, Orthogonal
from markovsym.testing.strategies.elements import elements

STEP = 0.25
"""Length of a step of the grid, on which sums of entries are exact."""

STEPS = 12
"""Entries are so many steps from zero at most."""

Shape = tuple[int, ...]


@lru_cache(maxsize=256)
def grid_tensors(
    factor: Factor, shape: Shape, dtype: torch.dtype, *, special: bool
) -> st.SearchStrategy[Tensor]:
    """Tensors of a shape, before the centre is fixed. Kept, since each draw asks for them anew.

    Args:
        factor: What they are to be a tensor of.
        shape: The shape, of numbers.
        dtype: Floating point type.
        special: Whether rows may be zero, one row many times, on a line or on a plane; and are so
            more often than not.

    Raises:
        SpaceError: If it is not known how to satisfy the equation of the factor.
    """
    match factor.kind, factor.constraint:
        case (_, Orthogonal()):
            group = U(shape[-1]) if factor.kind is Kind.COMPLEX else O(shape[-1])
            return elements(group, dtype=dtype)
        case (Kind.BOOLEAN, Free()):
            return _whole(shape, 0, 1).map(lambda x: _with_a_row(x == 0))
        case (Kind.INTEGER, Free()):
            return _whole(shape, -3, 3)
        case (Kind.COMPLEX, Free()):
            return _whole((*shape, 2), -STEPS, STEPS).map(
                lambda x: torch.view_as_complex(STEP * x.to(dtype))
            )
        case (Kind.REAL, Free() | CentreFree()):
            steps = _rows(shape) if special and len(shape) > 1 else _whole(shape, -STEPS, STEPS)
            return steps.map(lambda x: STEP * x.to(dtype))
        case _:
            raise SpaceError(f"wanted equations that are known, got {factor.constraint}")


def _whole(shape: Shape, low: int, high: int) -> st.SearchStrategy[Tensor]:
    """Whole numbers."""
    numbers = st.tuples(*[st.integers(low, high)] * prod(shape))
    return numbers.map(lambda x: torch.tensor(x, dtype=torch.int64).reshape(shape))


def _rows(shape: Shape) -> st.SearchStrategy[Tensor]:
    """Rows of whole numbers, special ones first."""
    *before, n = shape
    zero = st.just(torch.zeros(shape, dtype=torch.int64))
    same = _whole((n,), -STEPS, STEPS).map(lambda x: x.expand(shape))
    along = st.tuples(_whole((*before, 1), -3, 3), _whole((n,), -4, 4))
    plane = _whole((*before, n - 1), -STEPS, STEPS)
    return st.one_of(
        zero,
        same,
        along.map(lambda pair: pair[0] * pair[1]),
        plane.map(lambda x: torch.nn.functional.pad(x, (0, 1))),
        _whole(shape, -STEPS, STEPS),
    )


def _with_a_row(mask: Tensor) -> Tensor:
    """The mask, true at the first row at least; of other shapes it is none."""
    return torch.cat([mask.new_ones(1), mask[1:]]) if mask.dim() == 1 else mask
