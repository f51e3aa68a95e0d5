"""Equivariance of functions, point by point."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from markovsym.actions import GSpace
from markovsym.groups import Element, Group
from markovsym.spaces import Value, parts_of, value_of
from markovsym.testing.points import Named, named_elements, points

Function = Callable[..., Value]

DEPTH = 64
"""How much more than a single map a network may round."""

UNINFORMATIVE = 0.1
"""A relative tolerance above this would let anything pass."""


class InconclusiveError(AssertionError):
    """Nothing was learned from a check, so that it must not pass."""


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


def assert_equivariant(
    function: nn.Module | Function,
    X: GSpace,
    Y: GSpace | None = None,
    *,
    x: Value | None = None,
    elements: Sequence[Named] | None = None,
    seed: int = 0,
) -> list[Gap]:
    """Fail where f(g x) and g f(x) differ: first in double precision, then in single precision.

    Args:
        function: A torch module, of which a copy is made double, or any function that takes both
            precisions; handed one tensor for each factor of X, with one batch dimension.
        X: Where it starts.
        Y: Where it ends; by default X.
        x: Points in double precision, with one batch dimension; by default eight random ones.
        elements: Elements of the group in double precision; by default those of
            ``named_elements``: the identity, components, generators, random ones.
        seed: What the points and the random elements depend on.

    Returns:
        What was measured, for each element and precision.

    Raises:
        AssertionError: With the element, the size of the difference, and what may have caused it.
        InconclusiveError: If the function gives one value at all points, is not finite, or if an
            element is so large that rounding explains everything.

    Source:
        Verification of this project, section 4: tolerances grow with the entries of g and g^-1.
    """
    end, rng = Y or X, torch.Generator().manual_seed(seed)
    at = points(X, 8, generator=rng) if x is None else x
    named = named_elements(X.group, generator=rng) if elements is None else list(elements)
    _require_news(_double(function), at)
    gaps = [_gap(_double(function), X, end, at, one, torch.float64) for one in named]
    gaps += [_gap(_single(function), X, end, at, one, torch.float32) for one in named]
    for gap, one in zip(gaps, named * 2, strict=True):
        if not gap.passes:
            cause = _cause(_double(function), X, end, at, one.element)
            raise AssertionError(
                f"the function is not equivariant under {X.group}: at {gap.element} f(g x) and "
                f"g f(x) differ by {gap.absolute:.1e}, {gap.relative:.1e} of the largest entry, in "
                f"{gap.dtype}, where rounding explains {gap.tolerance:.1e}; {cause}"
            )
    return gaps


@torch.no_grad()
def _gap(f: Function, X: GSpace, Y: GSpace, x: Value, named: Named, dtype: torch.dtype) -> Gap:
    g, x = _cast(named.element, dtype), _cast(x, dtype)
    there, moved = parts_of(f(*parts_of(X.act(g, x)))), parts_of(Y.act(g, f(*parts_of(x))))
    absolute = max(_largest(a, b) for a, b in zip(there, moved, strict=True))
    scale = max((_largest(part) for part in moved), default=0.0)
    if not all(bool(part.isfinite().all()) for part in (*there, *moved)):
        raise InconclusiveError(f"the function is not finite at {named.name} in {dtype}")
    tolerance = DEPTH * 64 * torch.finfo(dtype).eps * _growth(X.group, named.element)
    if tolerance > UNINFORMATIVE:
        raise InconclusiveError(
            f"at {named.name} rounding explains {tolerance:.0e} of the largest entry in {dtype}; "
            "wanted smaller elements"
        )
    return Gap(named.name, dtype, absolute, absolute / scale if scale else absolute, tolerance)


def _growth(G: Group, g: Element) -> float:
    """How much rounding may grow: by the condition of a matrix, by the length of a translation."""
    found = 1.0
    for one, other in zip(parts_of(g), parts_of(G.inverse(g)), strict=True):
        if one.is_floating_point():
            sizes = [max(1.0, _largest(part)) for part in (one, other)]
            found *= sizes[0] * sizes[1] if one.dim() > 1 else max(sizes)
    return found


@torch.no_grad()
def _cause(f: Function, X: GSpace, Y: GSpace, x: Value, g: Element) -> str:
    """What the difference looks like, if it looks like something known."""
    there, here = f(*parts_of(X.act(g, x))), f(*parts_of(x))
    guesses = {
        "it moves by the inverse of g: is a matrix transposed, or an inverse missing?": Y.act(
            Y.group.inverse(g), here
        ),
        "it is invariant there: has the output the action that was declared?": here,
        "it has the opposite sign: does the output turn round under reflections?": value_of(
            tuple(-part for part in parts_of(Y.act(g, here)))
        ),
    }
    for guess, value in guesses.items():
        pairs = zip(parts_of(there), parts_of(value), strict=True)
        if all(torch.allclose(a, b, rtol=1e-6, atol=1e-8) for a, b in pairs):
            return guess
    return "it fits none of the usual mistakes"


def _require_news(f: Function, x: Value) -> None:
    with torch.no_grad():
        found = parts_of(f(*parts_of(x)))
    if all(bool((part == part[:1]).all()) for part in found):
        raise InconclusiveError(
            "the function gives one value at all points; give its layers weights"
        )


def _double(function: nn.Module | Function) -> Function:
    return copy.deepcopy(function).double() if isinstance(function, nn.Module) else function


def _single(function: nn.Module | Function) -> Function:
    return copy.deepcopy(function).float() if isinstance(function, nn.Module) else function


def _cast(value: Value, dtype: torch.dtype) -> Value:
    return value_of(
        tuple(part.to(dtype) if part.is_floating_point() else part for part in parts_of(value))
    )


def _largest(a: Tensor, b: Tensor | None = None) -> float:
    gap = a if b is None else a.double() - b.double()
    return float(gap.abs().max()) if gap.numel() else 0.0
