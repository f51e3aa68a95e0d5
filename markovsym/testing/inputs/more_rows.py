"""More rows that do not exist change no law."""

import math
from collections.abc import Collection

import torch
from torch import Tensor

from markovsym.groups.enumeration import pick
from markovsym.kernels import Kernel
from markovsym.spaces import Factor, Space, Value, parts_of, value_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.effort import Effort
from markovsym.testing.inputs.cases import repeated
from markovsym.testing.inputs.named import Named
from markovsym.testing.law.entries import entries
from markovsym.testing.law.same_law import Case, Draws, EResult, compared, gap
from markovsym.testing.pointwise.functions import drawing
from markovsym.testing.seeds import derived

MORE = 2
"""So many rows are added."""

TRIED = 4
"""At so many points at most."""


def require_no_change(kernel: Kernel, x: Value, names: Collection[str], effort: Effort) -> EResult:
    """Fail where rows that do not exist, added to those that are there, change the law of draws.

    Args:
        kernel: A kernel between spaces of a group.
        x: Points, along one batch dimension.
        names: Of the sizes that tell how many rows there are.
        effort: How long to look.
    """
    count = min(TRIED, len(parts_of(x)[0]))
    tried = [Case(Named(f"point {i + 1}", ()), pick(x, i)) for i in range(count)]
    found = compared(lambda case: _sides(kernel, case, names, effort), tried, effort)
    if found.rejected:
        raise AssertionError(
            f"{MORE} more rows that do not exist change the law of the draws at {found.element}, "
            f"with evidence of 10^{found.log_e / math.log(10):.1f} where 10^"
            f"{effort.threshold(found.examples) / math.log(10):.1f} rejects; "
            f"{gap(*_sides(kernel, found.worst, names, effort))}; is something divided by the "
            "number of all rows, or by what depends on it?"
        )
    return found


def _sides(
    kernel: Kernel, case: Case, names: Collection[str], effort: Effort
) -> tuple[Draws, Draws]:
    """Draws at a point with more rows, and at the point, of the rows that both have."""
    X, Y = ends(kernel)
    longer, (_, sizes) = _longer(X.space, case.x, names), X.space.measure(case.x)
    device = parts_of(case.x)[0].device
    rngs = [derived(one, case.x, str(effort.seed), device=device) for one in ("more", "as is")]
    there, here = drawing(kernel, lambda: rngs[0]), drawing(kernel, lambda: rngs[1])

    def cut(factor: Factor, part: Tensor) -> Tensor:
        for axis, name in enumerate(factor.shape, start=-len(factor.shape)):
            if name in names:
                part = part.narrow(axis, 0, sizes[str(name)])
        return part

    def moved(count: int) -> Tensor:
        drawn = parts_of(there(*parts_of(repeated(longer, count))))
        factors = zip(Y.space.factors, drawn, strict=True)
        return entries(Y, value_of(tuple(cut(factor, part) for factor, part in factors)), count)

    return moved, lambda count: entries(Y, here(*parts_of(repeated(case.x, count))), count)


def _longer(space: Space, x: Value, names: Collection[str]) -> Value:
    """A point without batch dimensions with more rows, of zeros."""
    factors = zip(space.factors, parts_of(x), strict=True)
    return value_of(tuple(_stretched(factor, part, names) for factor, part in factors))


def _stretched(factor: Factor, part: Tensor, names: Collection[str]) -> Tensor:
    added = [MORE if name in names else 0 for name in reversed(factor.shape)]
    return torch.nn.functional.pad(part, [n for many in added for n in (0, many)])
