"""Equivariance in law: ``k(g x)`` and ``g k(x)`` are one distribution."""

import math
from contextlib import suppress

import torch

from markovsym.actions import GSpace
from markovsym.kernels import Kernel
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise import EquivariantKernel, Tested, declare_equivariant
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.effort import Effort, usual
from markovsym.testing.inputs.cases import Elements, cases, repeated
from markovsym.testing.inputs.points import simpler
from markovsym.testing.inputs.rounding import same
from markovsym.testing.law.entries import entries
from markovsym.testing.law.same_law import Case, Draws, EResult, compared, evidence, gap
from markovsym.testing.outcome import InconclusiveError, check
from markovsym.testing.pointwise.causes import UNKNOWN, Guess, guesses
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of

HINT = 512
"""Pairs by which a cause is looked for."""

LIKELY = 7.0
"""Evidence against a cause, in nats, up to which it is named: a true one is missed once in e^7."""


@torch.no_grad()
def equivariance_in_law(
    model: Model,
    x: Value | None = None,
    elements: Elements | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    effort: Effort | None = None,
) -> EResult:
    """Look for a difference of the laws of ``g^-1 k(g x)`` and ``k(x)``.

    At each of several points x, and elements g, draws of the one are paired with draws of the
    other, and a classifier bets on which is which. If it wins too much the laws differ.

    Args:
        model: A kernel between spaces with actions of one group; or any torch module or function
            between X and Y, with one batch dimension, that draws from torch's own generator or
            from one that it takes as ``generator``.
        x: A point, or several along one batch dimension; by default random ones.
        elements: Group elements, without batch dimensions; by default random ones, components,
            generators, minus the identity, mirrors and turns of orders 3 and 4.
        X: Where the model starts; a kernel brings its own.
        Y: Where it ends; by default X.
        effort: How long to look, and how sure to be; by default ``Effort()``.

    Raises:
        InconclusiveError: If a draw is not finite, or all draws at all points are one value.

    Source:
        Ville (1939) for the error, which is at most ``alpha`` however many draws are looked at.
    """
    kernel, effort = kernel_of(model, X, Y), effort or usual()
    like = torch.zeros((), dtype=precision_of(model), device=device_of(model))
    tried = cases(ends(kernel)[0], x, elements, effort, like)
    _require_news(kernel, tried)
    return compared(lambda case: sides(kernel, case, effort.seed), tried, effort)


@check("equivariance in law")
@torch.no_grad()
def assert_equivariant_in_law(
    model: Model,
    x: Value | None = None,
    elements: Elements | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    effort: Effort | None = None,
) -> EResult:
    """Fail where the laws of ``g^-1 k(g x)`` and ``k(x)`` differ; see ``equivariance_in_law``.

    Raises:
        AssertionError: With the element, the size of the difference, what may have caused it, and
            the simplest point found.
        InconclusiveError: If a draw is not finite, or all draws at all points are one value.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> noisy = lambda x: x + torch.randn_like(x)
        >>> found = assert_equivariant_in_law(noisy, X=gspace((5, 3), matrix(O(3))))
        >>> found.rejected
        False
    """
    found = equivariance_in_law(model, x, elements, X=X, Y=Y, effort=effort)
    if found.rejected:
        raise AssertionError(_told(kernel_of(model, X, Y), found))
    return found


def equivariant_by_test(
    kernel: Kernel,
    x: Value | None = None,
    elements: Elements | None = None,
    *,
    effort: Effort | None = None,
) -> EquivariantKernel:
    """The kernel, as one that is equivariant because a test did not reject it.

    Args:
        kernel: A kernel between spaces with actions of one group.
        x: As for ``equivariance_in_law``, and so is what follows.
        elements: Group elements.
        effort: How long to look.

    Raises:
        AssertionError: If the test rejects it.
    """
    found = assert_equivariant_in_law(kernel, x, elements, effort=effort)
    group = ends(kernel)[0].group
    return declare_equivariant(kernel, group, Tested(group, found.pairs, found.p))


def sides(kernel: Kernel, case: Case, seed: int) -> tuple[Draws, Draws]:
    """Draws of ``g^-1 k(g x)``, and of ``k(x)``; their noise is a function of x, g and the seed."""
    X, Y = ends(kernel)
    g, x = case.named.element, case.x
    back = X.group.inverse(g)
    there, here = (derived(side, str(seed), x, g, device=_place(x)) for side in ("there", "here"))
    return (
        lambda count: entries(Y, Y.act(back, _draw(kernel, X.act(g, x), count, there)), count),
        lambda count: entries(Y, _draw(kernel, x, count, here), count),
    )


def _draw(kernel: Kernel, x: Value, count: int, generator: torch.Generator) -> Value:
    return kernel.sample(repeated(x, count), generator=generator, batch=(count,))


def _place(x: Value) -> torch.device | None:
    return next((part.device for part in parts_of(x)), None)


def _require_news(kernel: Kernel, tried: list[Case]) -> None:
    """Where points differ, some draw must; or it must be moved, if it ought to be."""
    if all(same(one.x, tried[0].x, 0.0) for one in tried):
        return
    rows = [side(2) for one in tried for side in sides(kernel, one, 0)]
    if all(torch.equal(row, rows[0][:1].expand_as(row)) for row in rows):
        raise InconclusiveError(
            "the model gives one value at all points; give its layers weights, or choose points"
        )


def _told(kernel: Kernel, found: EResult) -> str:
    """What a rejection says."""
    case, effort = found.worst, found.effort
    simplest = _simplest(kernel, found)
    return (
        f"the kernel is not equivariant in law under {ends(kernel)[0].group}: at {found.element} "
        f"the laws of g^-1 k(g x) and k(x) differ, with evidence of "
        f"10^{found.log_e / math.log(10):.1f} where 10^"
        f"{effort.threshold(found.examples) / math.log(10):.1f} rejects; "
        f"{gap(*sides(kernel, case, effort.seed))}; {_cause(kernel, simplest, effort.seed)}; "
        f"the simplest point found is {simplest.x}, with g = {simplest.named.element}"
    )


def _simplest(kernel: Kernel, found: EResult) -> Case:
    """The first of the simpler points at which the laws are found to differ as surely."""
    (X, _), worst, effort = ends(kernel), found.worst, found.effort
    threshold = effort.threshold(found.examples)
    for x in simpler(X, worst.x, generator=derived("simpler", str(X))):
        case = Case(worst.named, x)
        with suppress(Exception):  # a model may refuse points of other sizes
            both = sides(kernel, case, effort.seed)
            if evidence(*both, pairs=effort.pairs, threshold=threshold).largest >= threshold:
                return case
    return worst


def _cause(kernel: Kernel, case: Case, seed: int) -> str:
    """What the difference looks like, if it looks like something known."""
    X, Y = ends(kernel)
    g, x = case.named.element, case.x
    for text, guess in guesses(Y):
        one, other = (derived(side, text, str(seed), device=_place(x)) for side in "ab")

        def there(count: int, rng: torch.Generator = one) -> torch.Tensor:
            return entries(Y, _draw(kernel, X.act(g, x), count, rng), count)

        def guessed(count: int, rng: torch.Generator = other, guess: Guess = guess) -> torch.Tensor:
            return entries(Y, guess(g, _draw(kernel, x, count, rng)), count)

        if evidence(there, guessed, pairs=HINT, threshold=LIKELY).largest < LIKELY:
            return text
    return UNKNOWN
