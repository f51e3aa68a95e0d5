"""Invariance of a law: draws of it and moved draws of it have one distribution."""

import math
from collections.abc import Callable
from functools import partial

import torch

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.kernels import Kernel
from markovsym.spaces import Value, parts_of
from markovsym.testing.effort import Effort, usual
from markovsym.testing.inputs.cases import Elements, cases
from markovsym.testing.law.entries import entries
from markovsym.testing.law.same_law import Case, Draws, EResult, compared, gap
from markovsym.testing.outcome import InconclusiveError, check
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Sampler, device_of

Law = Kernel | Callable[..., Value]
"""A kernel that starts in the unit; or a function of the number of draws, that draws from torch's
own generator or from one that it takes as ``generator``."""


@torch.no_grad()
def invariance_of_law(
    law: Law,
    X: GSpace | None = None,
    elements: Elements | None = None,
    *,
    effort: Effort | None = None,
) -> EResult:
    """Look for a difference of the laws of ``g y`` and ``y``, for y drawn from a law.

    Args:
        law: A kernel that starts in the unit; or a function of the number of draws, that draws
            from torch's own generator or from one that it takes as ``generator``.
        X: Where the draws lie; a kernel that ends in a space with an action brings its own.
        elements: Group elements, without batch dimensions; by default random ones, components,
            generators, minus the identity, mirrors and turns of orders 3 and 4.
        effort: How long to look, and how sure to be; by default ``Effort()``.

    Raises:
        CompositionError: If nobody says how a group moves the draws, or the kernel needs an input.
        InconclusiveError: If a draw is not finite.
    """
    Y, effort = end_of(law, X), effort or usual()
    one = _drawn(law, Y, 1, derived("one draw", str(effort.seed), device=device_of(law)))
    # a draw tells sizes, precision and device; the law has no point to be tried at
    tried = cases(Y, one, elements, effort, torch.zeros(()))
    return compared(
        lambda case: _sides(law, Y, case, effort.seed),
        [Case(case.named, ()) for case in tried],
        effort,
    )


@check("invariance of a law")
def assert_invariant_law(
    law: Law,
    X: GSpace | None = None,
    elements: Elements | None = None,
    *,
    effort: Effort | None = None,
) -> EResult:
    """Fail where the laws of ``g y`` and ``y`` differ; see ``invariance_of_law``.

    Raises:
        AssertionError: With the element and the size of the difference.
        InconclusiveError: If a draw is not finite, or all draws are one value.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> found = assert_invariant_law(lambda n: torch.randn(n, 3), gspace((3,), matrix(O(3))))
        >>> found.rejected
        False
    """
    found = invariance_of_law(law, X, elements, effort=effort)
    require_not_rejected("the law", law, end_of(law, X), found)
    _require_news(law, end_of(law, X), found.effort)
    return found


def end_of(law: Law, X: GSpace | None = None) -> GSpace:
    """Where the draws of a law lie, and how a group moves them.

    Raises:
        CompositionError: If nobody says how, or the kernel needs an input.
    """
    if isinstance(law, Kernel) and law.dom.space.factors:
        raise CompositionError(f"wanted a law, as a kernel from the unit, got one from ({law.dom})")
    if X is not None:
        return X
    if isinstance(law, Kernel) and isinstance(law.cod, GSpace):
        return law.cod
    raise CompositionError(
        "wanted the space of the draws and how a group moves it, as in "
        "X = gspace((20, 3), matrix(O(3))), got none"
    )


def require_not_rejected(what: str, law: Law, Y: GSpace, found: EResult) -> None:
    """Raise ``AssertionError`` if the laws of ``g y`` and ``y`` were found to differ."""
    if not found.rejected:
        return
    case, effort = found.worst, found.effort
    told = gap(*_sides(law, Y, case, effort.seed))
    raise AssertionError(
        f"{what} is not invariant under {Y.group}: at {found.element} the laws of g y and y "
        f"differ, with evidence of 10^{found.log_e / math.log(10):.1f} where 10^"
        f"{effort.threshold(found.examples) / math.log(10):.1f} rejects; {told}; "
        f"g = {case.named.element}"
    )


def _sides(law: Law, Y: GSpace, case: Case, seed: int) -> tuple[Draws, Draws]:
    """Draws of ``g y``, and of ``y``; their noise is a function of g and the seed."""
    g = case.named.element
    place = next((part.device for part in parts_of(g)), None)
    there, here = (derived(side, str(seed), g, device=place) for side in ("there", "here"))
    return (
        lambda count: entries(Y, Y.act(g, _drawn(law, Y, count, there)), count),
        lambda count: entries(Y, _drawn(law, Y, count, here), count),
    )


def _drawn(law: Law, Y: GSpace, count: int, generator: torch.Generator) -> Value:
    kernel = law if isinstance(law, Kernel) else Sampler(partial(law, count), Y.unit, Y)
    return kernel.sample((), generator=generator, batch=(count,))


def _require_news(law: Law, Y: GSpace, effort: Effort) -> None:
    """Some draw must be another; one value at all draws is what a network without weights gives."""
    rng = derived("news", str(effort.seed), device=device_of(law))
    rows = entries(Y, _drawn(law, Y, 64, rng), 64)
    if torch.equal(rows, rows[:1].expand_as(rows)):
        raise InconclusiveError("the law gives one value in all draws; give its layers weights")
