"""Draws that lie where they should: what no test of equivariance sees."""

from collections.abc import Mapping

import torch
from torch import Tensor

from markovsym.actions import Acted, CosetAction, GSpace
from markovsym.errors import SpaceError
from markovsym.groups.enumeration import each
from markovsym.kernels import Kernel
from markovsym.spaces import CentreFree, Factor, Value, dtype_of, parts_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.inputs.masked import Masks, masks_of, padded_points, padding_of
from markovsym.testing.outcome import check
from markovsym.testing.pointwise.functions import drawing
from markovsym.testing.pointwise.gaps import rounding
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of

DRAWS = 64


@check("draws lie in their space")
def assert_in_space(
    model: Model,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    x: Value | None = None,
    *,
    seed: int = 0,
) -> float:
    """Fail unless 64 draws lie in Y: in shape, kind and number of rows, finite, and constrained.

    A mask is the first boolean factor of one named size, such as ``("atom",)``, of Y or else of X.
    Rows of that name that do not exist must be zero, and centres of mass are those of the others.
    A mean over all rows leaves an equivariant kernel equivariant, so that this alone tells of it.

    Args:
        model: As for ``equivariance_in_law``.
        X: Where it starts; a kernel brings its own.
        Y: Where it ends; by default X.
        x: A point, or several along batch dimensions; by default random ones, of which three in
            four have rows that do not exist if X has a mask.
        seed: What points and draws depend on.

    Returns:
        The largest violation of an equation, relative to the largest entry.

    Raises:
        AssertionError: With the factor, how far it is off, and what may have caused it.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> X = gspace((5, 3), matrix(O(3)), constraint=CentreFree())
        >>> assert_in_space(lambda x: 2 * x, X) < 1e-6
        True

    Source:
        Verification of this project, sections 2.2 and 8.2: the masked-atom leak.
    """
    kernel = kernel_of(model, X, Y)
    start, end = ends(kernel)
    rng = derived("support", str(start), str(end), str(seed))
    at = (
        padded_points(start, DRAWS, generator=rng, dtype=precision_of(model))
        if x is None
        else _many(start, x)
    )
    y = _drawn(kernel, at, derived("draws", at, str(seed), device=device_of(model)))
    masks = {**masks_of(start.space, at), **masks_of(end.space, y)}
    _require_sizes(start.space.measure(at)[1], end.space.measure(y)[1])
    factors = zip(end.space.factors, parts_of(y), strict=True)
    worst = max((_require_factor(factor, part, masks) for factor, part in factors), default=0.0)
    for block, part in end.parts(y):
        _require_elements(block, part)
    return worst


def _many(X: GSpace, x: Value) -> Value:
    """Points along one batch dimension, repeated until they are enough."""
    dims = len(X.space.measure(x)[0])
    flat = each(lambda part: part.flatten(0, dims - 1) if dims else part.unsqueeze(0), x)
    return each(lambda part: part[torch.arange(DRAWS) % len(part)], flat)


def _drawn(kernel: Kernel, x: Value, source: torch.Generator) -> Value:
    kernel.dom.space.measure(x)  # what is wrong after that is wrong with the draws
    try:
        if not parts_of(x):
            return kernel.sample(generator=source, batch=(DRAWS,))
        return drawing(kernel, lambda: source)(*parts_of(x))
    except SpaceError as error:
        raise AssertionError(f"a draw does not lie in its space: {error}") from error


def _require_sizes(given: Mapping[str, int], drawn: Mapping[str, int]) -> None:
    for name in given.keys() & drawn.keys():
        if given[name] != drawn[name]:
            raise AssertionError(
                f"a draw does not lie in its space: wanted {given[name]} for the size {name} of "
                f"the input, got {drawn[name]}"
            )


def _require_factor(factor: Factor, part: Tensor, masks: Masks) -> float:
    """How far the rows that exist are from the equation, if no more than rounding explains."""
    real = part.is_floating_point() or part.is_complex()
    if not real:
        return 0.0
    gone = padding_of(factor, part, masks).expand(part.shape)
    if not bool(part.isfinite().all()):
        where = ", in rows that do not exist" if bool(part[~gone].isfinite().all()) else ""
        raise AssertionError(f"a draw of ({factor}) is not finite{where}")
    left = part[gone].abs()
    if left.numel() and float(left.max()) > 0:
        raise AssertionError(
            f"a draw of ({factor}) has entries up to {float(left.max()):.1e} in rows that do not "
            "exist; wanted zeros there, as torch.where(mask.unsqueeze(-1), y, 0.0) makes"
        )
    return _require_equation(factor, part, gone)


def _require_equation(factor: Factor, part: Tensor, gone: Tensor) -> float:
    off = factor.constraint.violation(part).abs().expand(len(part))
    scale, slack = float(part.abs().max()) or 1.0, rounding(dtype_of(part), 1.0, "a draw")
    if float(off.max()) <= slack * scale:
        return float(off.max()) / scale
    padded = gone.flatten(1).any(1)
    why = ""
    if 0 < int(padded.sum()) < len(part) and float(off[~padded].max()) <= slack * scale:
        why = "; it does where all rows exist: is a mean taken over the others too?"
    elif isinstance(factor.constraint, CentreFree):
        why = "; is the centre of mass taken from all that is drawn and added?"
    raise AssertionError(
        f"a draw of ({factor}) does not satisfy {type(factor.constraint).__name__}: it is off by "
        f"{float(off.max()):.1e}, {float(off.max()) / scale:.1e} of the largest entry, where "
        f"rounding explains {slack:.1e}{why}"
    )


def _require_elements(block: Acted, part: Value) -> None:
    match block.action:
        case CosetAction(cosets) if cosets.plain:
            inside = cosets.representatives.contains(part)
            if not bool(inside.all()):
                raise AssertionError(
                    f"{int((~inside).sum())} of {DRAWS} draws are no elements of "
                    f"{cosets.representatives}"
                )
        case _:
            return
