"""Differences of values, against what rounding explains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.groups import Element, Group
from markovsym.spaces import Value, parts_of, value_of
from markovsym.testing.outcome import InconclusiveError

DEPTH = 64
"""How much more than a single map a network may round."""

FINER = torch.finfo(torch.float32).eps / torch.finfo(torch.float64).eps
"""So much finer are numbers in double precision."""

CONSTANTS = 1e-5
"""A larger difference is not for rounded constants to explain, whatever the element."""

STEEP = 16.0
"""Rounding explains so many times what a function makes of one unit in the last place."""

PATTERNS = (1, 3, 1 << 60)
"""Numbers are moved by a unit up and down in turn, so many at a time, and all up at last."""

UNINFORMATIVE = 0.1
"""A relative tolerance above this would let anything pass."""


@final
@dataclass(frozen=True)
class Gap:
    """How far f(g x) is from g f(x), at the worst of some points."""

    element: str
    """What g is."""
    dtype: torch.dtype
    """The precision."""
    absolute: float
    """The largest difference of two entries."""
    relative: float
    """The same over the largest entry of g f(x)."""
    tolerance: float
    """What rounding may make of the relative one."""

    @property
    def passes(self) -> bool:
        """Whether rounding explains it."""
        return self.relative <= self.tolerance

    @property
    def of_constants(self) -> bool:
        """Whether constants that were rounded to single precision explain it, in double."""
        single = min(self.tolerance / DEPTH * FINER, CONSTANTS)
        return self.dtype == torch.float64 and not self.passes and self.relative <= single

    def __str__(self) -> str:
        return (
            f"by {self.absolute:.1e}, {self.relative:.1e} of the largest entry, in {self.dtype}, "
            f"where rounding explains {self.tolerance:.1e}"
        )


@final
class Gaps(list[Gap]):
    """What was measured, for each element and precision."""

    def __str__(self) -> str:
        largest = {dtype: max(gap.relative for gap in self if gap.dtype == dtype)
                   for dtype in dict.fromkeys(gap.dtype for gap in self)}  # fmt: skip
        sizes = " and ".join(f"{most:.0e} in {dtype}" for dtype, most in largest.items())
        return f"at most {sizes} of the largest entry, at {len({g.element for g in self})} elements"


def gap_between(
    there: Value, moved: Value, element: str, dtype: torch.dtype, grown: float = 1.0
) -> Gap:
    """How far values are from those they should be, against what rounding explains.

    Args:
        there: The values.
        moved: What they should be.
        element: What was done, for messages.
        dtype: The precision they were found in.
        grown: How much rounding may have grown.

    Raises:
        InconclusiveError: If a value is not finite, or rounding explains everything.
    """
    pairs = list(zip(parts_of(there), parts_of(moved), strict=True))
    if not all(bool(part.isfinite().all()) for one in pairs for part in one):
        raise InconclusiveError(f"the function is not finite at {element} in {dtype}")
    tolerance = rounding(dtype, grown, element)
    absolute = max((_largest(a, b) for a, b in pairs), default=0.0)
    scale = max((_largest(part) for _, part in pairs), default=0.0)
    return Gap(element, dtype, absolute, absolute / scale if scale else absolute, tolerance)


def gap_of_steep(
    values: tuple[Value, Value], nearby: tuple[Value, Sequence[Value]], found: Gap
) -> Gap:
    """The same gap where it is hardest to explain, if each point explains what it must.

    Args:
        values: What is there, and what it should be, one row for each point.
        nearby: What the function makes of the points, and of some one unit in the last place away.
        found: The gap at the worst of all points, that rounding did not seem to explain.

    Raises:
        InconclusiveError: If most of the points explain everything.
    """
    (there, moved), (here, others) = values, nearby
    scale = max(_largest(part) for part in parts_of(moved)) or 1.0
    apart = _rows(there, moved) / scale
    steep = torch.stack([_rows(here, other) for other in others]).amax(0) / scale
    explained = (STEEP * steep).clamp(min=found.tolerance)
    told = explained <= UNINFORMATIVE
    if told.double().mean() < 0.5:
        raise InconclusiveError(
            f"at {found.element} the function is so steep that rounding explains everything in "
            f"{found.dtype}; wanted other points, or smaller weights"
        )
    worst = int(torch.where(told, apart / explained, -1.0).argmax())
    relative = float(apart[worst])
    return Gap(found.element, found.dtype, relative * scale, relative, float(explained[worst]))


def one_unit_away(x: Value, pattern: int) -> Value:
    """Every number one unit in its last place away, up and down in turn."""
    return value_of(tuple(_one_unit_away(part, pattern) for part in parts_of(x)))


def _one_unit_away(part: Tensor, pattern: int) -> Tensor:
    if not part.is_floating_point():
        return part
    places = torch.arange(part.numel(), device=part.device).view(part.shape)
    sides = 1 - 2 * (places // pattern % 2)
    return part * (1 + torch.finfo(part.dtype).eps * sides.to(part.dtype))


def rounding(dtype: torch.dtype, grown: float, element: str) -> float:
    """The relative difference that rounding explains; ``InconclusiveError`` if it is anything."""
    tolerance = DEPTH * 64 * torch.finfo(dtype).eps * grown
    if tolerance > UNINFORMATIVE:
        raise InconclusiveError(
            f"at {element} rounding explains {tolerance:.0e} of the largest entry in {dtype}; "
            "wanted smaller elements"
        )
    return tolerance


def growth(G: Group, g: Element) -> float:
    """How much rounding may grow: by the condition of a matrix, by the length of a translation."""
    found = 1.0
    for one, other in zip(parts_of(g), parts_of(G.inverse(g)), strict=True):
        if one.is_floating_point():
            sizes = [max(1.0, _largest(part)) for part in (one, other)]
            found *= sizes[0] * sizes[1] if one.dim() > 1 else max(sizes)
    return found


def _rows(left: Value, right: Value) -> Float[Tensor, "point"]:
    """The largest difference of two entries, for each point."""
    pairs = zip(parts_of(left), parts_of(right), strict=True)
    apart = [_apart(a, b).reshape(len(a), -1) for a, b in pairs if a.numel()]
    return torch.cat(apart, -1).amax(-1)


def _largest(a: Tensor, b: Tensor | None = None) -> float:
    if not a.numel():
        return 0.0
    return float(_apart(a, torch.zeros_like(a) if b is None else b).max())


def _apart(a: Tensor, b: Tensor) -> Tensor:
    """The difference of each entry, also of truth values and of integers, in double precision."""
    wide = torch.complex128 if a.is_complex() else torch.float64
    return (a.to(wide) - b.to(wide)).abs()
