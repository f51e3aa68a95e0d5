"""Equivariance of functions, point by point."""

from collections.abc import Sequence

import torch

from markovsym.actions import GSpace
from markovsym.groups.enumeration import each, pick
from markovsym.kernels import Kernel
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.inputs.batched import batched
from markovsym.testing.inputs.cases import Elements
from markovsym.testing.inputs.named import Named
from markovsym.testing.inputs.points import points, simpler
from markovsym.testing.outcome import InconclusiveError, NotApplicableError, check
from markovsym.testing.pointwise.causes import cause
from markovsym.testing.pointwise.functions import Function, cast, chosen, function_of
from markovsym.testing.pointwise.gaps import (
    PATTERNS,
    Gap,
    Gaps,
    gap_between,
    gap_of_steep,
    growth,
    one_unit_away,
)
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, kernel_of

PRECISIONS = (torch.float64, torch.float32)


@check("equivariance of a function")
def assert_equivariant(
    function: Model,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    *,
    x: Value | None = None,
    elements: Elements | None = None,
    seed: int = 0,
) -> Gaps:
    """Fail where f(g x) and g f(x) differ: first in double precision, then in single precision.

    Args:
        function: A deterministic kernel, or a torch module, of which a copy is made double; or any
            function that takes both precisions. It is handed one tensor for each factor of X, with
            one batch dimension.
        X: Where it starts; a kernel brings its own.
        Y: Where it ends; by default X.
        x: A point, or several along one batch dimension; by default eight random ones.
        elements: Elements of the group in double precision; by default those of
            ``named_elements``: the identity, components, generators, random ones.
        seed: What the points and the random elements depend on.

    Returns:
        What was measured, for each element and precision.

    Raises:
        AssertionError: With the element, the size of the difference in both precisions, what may
            have caused it, and the simplest point found.
        InconclusiveError: If the function gives one value at all points, is not finite, or if an
            element is so large that rounding explains everything.
        NotApplicableError: If it draws random numbers.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> gaps = assert_equivariant(lambda x: 2 * x, gspace((5, 3), matrix(O(3))))
        >>> max(gap.relative for gap in gaps)
        0.0

    Source:
        Verification of this project, section 4: tolerances grow with the entries of g and g^-1.
    """
    kernel = kernel_of(function, X, Y)
    start, end = ends(kernel)
    rng = derived("equivariance", str(start), str(seed))
    at = points(start, 8, generator=rng) if x is None else batched(start.space, x)
    at = cast(at, torch.float64)
    named = chosen(start, at, elements, rng)
    _require_function(function_of(kernel, torch.float64), at)
    found = Gaps()
    for dtype in PRECISIONS:
        f = function_of(kernel, dtype)
        for one in named:
            found.append(measured_gap(f, start, end, at, one, dtype))
            if found[-1].of_constants:
                raise InconclusiveError(_of_constants(found[-1]))
            if not found[-1].passes:
                raise AssertionError(_told(kernel, found[-1], at, one, named))
    return found


def measured_gap(
    f: Function, X: GSpace, Y: GSpace, x: Value, named: Named, dtype: torch.dtype
) -> Gap:
    """How far f(g x) is from g f(x) in a precision, at the worst of the points of a batch.

    Where that seems too far, f is asked how much it makes of rounding itself: a network may be so
    steep that orders of summation show.

    Raises:
        InconclusiveError: If a value is not finite, or rounding explains everything.
    """
    g, x = cast(named.element, dtype), cast(x, dtype)
    here = f(*parts_of(x))
    there, moved = f(*parts_of(X.act(g, x))), Y.act(g, here)
    grown = growth(X.group, named.element)
    gap = gap_between(there, moved, named.name, dtype, grown)
    if gap.passes:
        return gap
    others = [f(*parts_of(one_unit_away(x, pattern))) for pattern in PATTERNS]
    return gap_of_steep((there, moved), (here, others), gap)


def _of_constants(gap: Gap) -> str:
    return (
        f"at {gap.element} f(g x) and g f(x) differ {gap}; constants that are rounded to single "
        "precision may explain it: make the model while torch's default precision is double, as "
        "torch.set_default_dtype(torch.float64) makes it"
    )


def _told(kernel: Kernel, gap: Gap, x: Value, one: Named, named: Sequence[Named]) -> str:
    (X, Y), double = ends(kernel), function_of(kernel, torch.float64)
    sizes = [str(gap)]
    if gap.dtype == torch.float64:
        why = cause(double, X, Y, x, one, named)
        try:
            single = function_of(kernel, torch.float32)
            sizes.append(str(measured_gap(single, X, Y, x, one, torch.float32)))
        except InconclusiveError as error:
            sizes.append(f"in single precision {error}")
    else:
        sizes.append(str(measured_gap(double, X, Y, x, one, torch.float64)))
        why = (
            "it is so in single precision only: are matrices multiplied in TF32, or large numbers "
            "taken from each other?"
        )
    return (
        f"the function is not equivariant under {X.group}: at {one.name} f(g x) and g f(x) differ "
        f"{'; and '.join(sizes)}; {why}; {_simplest(kernel, x, one, gap.dtype)}"
    )


def _simplest(kernel: Kernel, x: Value, one: Named, dtype: torch.dtype) -> str:
    """The first of the simpler points at which the function still fails."""
    (X, Y), f = ends(kernel), function_of(kernel, dtype)

    def fails(point: Value) -> bool:
        alone = each(lambda part: part.unsqueeze(0), point)
        try:
            return not measured_gap(f, X, Y, alone, one, dtype).passes
        except Exception:  # a function may refuse points of other sizes
            return False

    alone = (pick(x, i) for i in range(X.space.measure(x)[0][0]))
    failing = next(filter(fails, alone), None)
    if failing is None:
        return "no point shows it alone: does the function mix the points of a batch?"
    found = filter(fails, simpler(X, failing, generator=derived("simpler", str(X))))
    return f"the simplest point found is {next(found, failing)}, with g = {one.element}"


def _require_function(f: Function, x: Value) -> None:
    found, again = f(*parts_of(x)), f(*parts_of(x))
    if not gap_between(again, found, "the identity", torch.float64).passes:
        raise NotApplicableError(
            "two calls at one point give two values: the function draws random numbers; "
            "assert_equivariant_in_law looks at its law"
        )
    rows = parts_of(found)
    if len(rows[0]) > 1 and all(bool((part == part[:1]).all()) for part in rows):
        raise InconclusiveError(
            "the function gives one value at all points; give its layers weights"
        )
