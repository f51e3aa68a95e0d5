"""Equivariance of densities: p(g y | g x) = p(y | x) / |det g|."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.groups import Element
from markovsym.kernels import Kernel
from markovsym.spaces import Value, parts_of, value_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.density.density_causes import guesses
from markovsym.testing.density.log_probs import HasDensity, LogProb, log_prob_of
from markovsym.testing.inputs.batched import batched
from markovsym.testing.inputs.cases import Elements
from markovsym.testing.inputs.named import Named
from markovsym.testing.inputs.points import points
from markovsym.testing.outcome import InconclusiveError, NotApplicableError, check
from markovsym.testing.pointwise.functions import cast, chosen
from markovsym.testing.pointwise.gaps import Gap, Gaps, growth, rounding
from markovsym.testing.seeds import derived

POINTS = 32
"""So many random points x, each with one y."""


@check("equivariance of the density")
def assert_density_equivariant(
    model: HasDensity,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    *,
    at: tuple[Value, Value] | None = None,
    elements: Elements | None = None,
    seed: int = 0,
) -> Gaps:
    """Fail where log p(g y | g x) is not log p(y | x) - log |det g|, in double precision.

    The determinant is that of g on Y, and on the clouds of N points with their centre at the origin
    where Y has such: to scale them by c takes 3 (N - 1) factors c, not 3 N.

    Args:
        model: A kernel that knows its density, also if it is symmetrised by a gamma of finitely
            many outcomes; or any function of y and x, tensors or tuples of them with one batch
            dimension, whose value is the log density in nats. Of torch modules and of their
            methods a copy is made double; other functions take double precision.
        X: Where the model starts; a kernel brings its own.
        Y: Where it ends; by default X.
        at: Points x and y, alone or along one batch dimension; by default random x and, for y,
            draws of the kernel, or random points where there is a function only.
        elements: Elements of the group in double precision; by default those that have names.
        seed: What points, draws and random elements depend on.

    Returns:
        What was measured for each element: nats, and their size relative to the log densities.

    Raises:
        AssertionError: With the element, the size of the difference and what may have caused it.
        InconclusiveError: If the density is one number at all points, or not finite.
        NotApplicableError: If the model knows no density.

    Example:
        >>> from markovsym.actions import gspace, scaling
        >>> from markovsym.groups import Scalings
        >>> X = gspace((), scaling(Scalings()))
        >>> law = lambda y, x: torch.distributions.Normal(x, x.abs()).log_prob(y)
        >>> gaps = assert_density_equivariant(law, X)  # N(x, x^2)
        >>> max(gap.absolute for gap in gaps) < 1e-12
        True

    Source:
        Change of variables; verification of this project, section 3, for the sign.
    """
    start, end = _ends(model, X, Y)
    rng = derived("density", str(start), str(end), str(seed))
    log_prob = log_prob_of(model)
    x, y = at or _points(model, start, end, rng)
    x = cast(batched(start.space, x), torch.float64)
    y = cast(batched(end.space, y), torch.float64)
    here = log_prob(y, x)
    _require_news(here)
    named = chosen(start @ end, value_of(parts_of(x) + parts_of(y)), elements, rng)
    found = Gaps()
    for one in named:
        there = log_prob(end.act(one.element, y), start.act(one.element, x))
        wanted = here - _volume(end, one.element, y)
        found.append(_gap(there, wanted, one, growth(start.group, one.element)))
        if not found[-1].passes:
            why = _cause(log_prob, start, end, (x, y), [[*named, one], [one]])
            raise AssertionError(_told(found[-1], start, (there, wanted, here), why))
    return found


def _ends(model: object, X: GSpace | None, Y: GSpace | None) -> tuple[GSpace, GSpace]:
    if X is not None:
        return X, Y or X
    if isinstance(model, Kernel):
        return ends(model)
    raise CompositionError(
        "wanted the space in which the model starts, as in X = gspace((20, 3), matrix(O(3))), got "
        "none"
    )


def _points(model: object, X: GSpace, Y: GSpace, rng: torch.Generator) -> tuple[Value, Value]:
    x = points(X, POINTS, generator=rng)
    if not isinstance(model, Kernel):
        return x, points(Y, POINTS, generator=rng)
    return x, copy.deepcopy(model).double().sample(x, generator=rng, batch=(POINTS,))


def _volume(Y: GSpace, g: Element, y: Value) -> Tensor:
    try:
        return Y.log_volume(g, y)
    except CompositionError as error:
        raise NotApplicableError(str(error)) from error


def _gap(there: Tensor, wanted: Tensor, one: Named, grown: float) -> Gap:
    """Where both densities are zero, nothing differs."""
    gaps = torch.where(there == wanted, 0.0, (there - wanted).abs())
    finite = torch.cat([there, wanted])
    scale = max(1.0, float(finite[finite.isfinite()].abs().max()))
    absolute = float(gaps.max())
    tolerance = rounding(torch.float64, grown, one.name)
    return Gap(one.name, torch.float64, absolute, absolute / scale, tolerance)


def _require_news(here: Tensor) -> None:
    if not here.isfinite().any():
        raise InconclusiveError(
            "the density is zero at all points; hand over some where it is not, as in at=(x, y)"
        )
    if len(here) > 1 and bool((here == here[:1]).all()):
        raise InconclusiveError(
            "the density is one number at all points; give its layers weights, or choose points"
        )


def _told(gap: Gap, X: GSpace, logs: tuple[Tensor, Tensor, Tensor], why: str) -> str:
    there, wanted, here = logs
    worst = int(torch.where(there == wanted, 0.0, (there - wanted).abs()).argmax())
    a, b, c = (float(one[worst]) for one in (there, here, here - wanted))
    return (
        f"the density is not equivariant under {X.group}: at {gap.element} log p(g y | g x) is "
        f"{a:.6g} where log p(y | x) - log |det g| is {b:.6g} - {c:.6g} nats; they differ by "
        f"{gap.absolute:.1e} nats, {gap.relative:.1e} of the largest, where rounding explains "
        f"{gap.tolerance:.1e}; {why}"
    )


def _cause(
    log_prob: LogProb,
    X: GSpace,
    Y: GSpace,
    at: tuple[Value, Value],
    among: Sequence[Sequence[Named]],
) -> str:
    """Which wrong law gives what is found at all elements, or else at the last few."""
    for some in among:
        seen = [
            {
                text: _gap(left, right, one, growth(X.group, one.element)).passes
                for text, left, right in guesses(log_prob, X, Y, at, one.element)
            }
            for one in some
        ]
        for text in seen[0]:
            if all(fits[text] for fits in seen):
                return text
    return "it fits none of the usual mistakes"
