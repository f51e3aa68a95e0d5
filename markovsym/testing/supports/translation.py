"""Points that are moved by a vector: a model moves its output along, or leaves it alone."""

from dataclasses import replace

import torch

from markovsym.actions import GSpace
from markovsym.spaces import Value, dtype_of, parts_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.effort import usual
from markovsym.testing.inputs.batched import batched
from markovsym.testing.inputs.masked import masks_of
from markovsym.testing.inputs.moved_points import still, translated, vectors
from markovsym.testing.inputs.named import Named
from markovsym.testing.inputs.points import points
from markovsym.testing.law.in_law import equivariance_in_law
from markovsym.testing.law.same_law import EResult
from markovsym.testing.outcome import NotApplicableError, check
from markovsym.testing.pointwise.deterministic import measured_gap
from markovsym.testing.pointwise.functions import Function, drawing
from markovsym.testing.pointwise.gaps import Gaps, gap_between
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of


@check("translation")
def assert_translation_invariant(
    model: Model,
    x: Value | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    seed: int = 0,
) -> Gaps | EResult:
    """Fail unless a vector added to all points of the input is added to the output, or to none.

    The spaces say which. Where their group has translations, as E(3) and T(3) have, it moves the
    factors as it says; a model whose output does not move, such as a force, is declared by Y =
    gspace((5, 3), trivial(T(3))). Where it has none, as O(3), all points that it turns and that may
    lie anywhere are taken to be moved, on both sides.

    Draws of one seed are compared first. If they differ and the model is random its laws are, since
    a model may spend its noise otherwise at another place.

    Args:
        model: As for ``equivariance_in_law``.
        x: A point, or several along one batch dimension, of which all rows exist; by default
            random ones.
        X: Where the model starts; a kernel brings its own.
        Y: Where it ends; by default X.
        seed: What points, vectors and draws depend on.

    Returns:
        What was measured for each vector, or what comparing laws showed.

    Raises:
        AssertionError: With the vector, the size of the difference and what may have caused it.
        NotApplicableError: If no factor of X is moved.
        ValueError: If rows of x do not exist.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> moved = assert_translation_invariant(lambda x: x, X=gspace((5, 3), matrix(O(3))))
        >>> len(moved)
        3
    """
    start, end = translated(*ends(kernel_of(model, X, Y)))
    kernel = kernel_of(model, start, end)
    rng = derived("translation", str(start), str(end), str(seed))
    if x is None:
        at = points(start, 8, generator=rng, dtype=precision_of(model))
    else:
        at = batched(start.space, x)
    tried = vectors(start, at, rng)
    _require_moved(start, at, tried)
    fixed, other = (
        drawing(kernel, lambda name=name: derived(name, str(seed), device=device_of(model)))
        for name in ("draws", "other draws")
    )
    gaps = Gaps(measured_gap(fixed, start, end, at, one, dtype_of(at)) for one in tried)
    bad = [(gap, one) for gap, one in zip(gaps, tried, strict=True) if not gap.passes]
    if not bad:
        return gaps
    y, again = fixed(*parts_of(at)), other(*parts_of(at))
    if gap_between(again, y, "a point", dtype_of(at)).passes:
        gap, one = bad[0]
        raise AssertionError(
            f"the output does not go where it should if a vector is added to all points: at "
            f"{gap.element} it is off {gap}; {_cause(fixed, start, end, at, one)}"
        )
    found = equivariance_in_law(
        model, at, tried, X=start, Y=end, effort=replace(usual(), seed=seed)
    )
    if found.rejected:
        raise AssertionError(
            f"the law of the output does not go where it should if a vector is added to all "
            f"points: {found}; {_cause(fixed, start, end, at, bad[0][1])}"
        )
    return found


def _require_moved(X: GSpace, x: Value, tried: list[Named]) -> None:
    moved = (parts_of(X.act(one.element, x)) for one in tried)
    if all(torch.equal(a, b) for parts in moved for a, b in zip(parts, parts_of(x), strict=True)):
        raise NotApplicableError(
            f"no factor of ({X.space}) holds points that may lie anywhere; hand over X and Y with "
            "actions of T(n) that say which do, as in gspace((5, 3), translation(T(3)))"
        )
    if not all(bool(mask.all()) for mask in masks_of(X.space, x).values()):
        raise ValueError("wanted points of which all rows exist; see assert_padding_invariant")


def _cause(f: Function, X: GSpace, Y: GSpace, x: Value, one: Named) -> str:
    if measured_gap(f, X, still(Y), x, one, dtype_of(x)).passes:
        return (
            "it stays where it is: if it should, declare Y with trivial(T(n)); if not, add what "
            "was taken from the input, such as its centre"
        )
    return "is it made of places, where it should be made of differences of places?"
