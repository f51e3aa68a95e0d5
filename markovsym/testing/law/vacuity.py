"""Whether a test of equivariance can say anything about a model."""

from collections.abc import Callable

import torch

from markovsym.actions import Action, GSpace, Restricted, Together
from markovsym.actions.standard import Trivial
from markovsym.groups.enumeration import pick
from markovsym.groups.product import alike
from markovsym.kernels import Kernel
from markovsym.spaces import Value, dtype_of, parts_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.effort import Effort, usual
from markovsym.testing.inputs.cases import cases, repeated
from markovsym.testing.inputs.named import Named
from markovsym.testing.inputs.points import points
from markovsym.testing.law.entries import entries
from markovsym.testing.law.same_law import Case, Draws, EResult, compared
from markovsym.testing.outcome import InconclusiveError, NotApplicableError, check
from markovsym.testing.pointwise.functions import drawing
from markovsym.testing.pointwise.gaps import gap_between
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of

OTHERS = 4
"""Random points that one is compared with."""


@check("the model is not vacuous")
def assert_not_vacuous(
    model: Model,
    x: Value | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    effort: Effort | None = None,
) -> EResult:
    """Find out whether the law of the output varies with x, and moves under the group.

    A model whose output layer is zero, or which is looked at where g x = x, passes any test of
    equivariance, right or wrong. So some k(x) must differ in law from another, and some g.k(x) from
    k(x); the latter is not asked for where the group leaves all of Y alone.

    Args:
        model: As for ``equivariance_in_law``.
        x: A point, or several along one batch dimension; by default random ones.
        X: Where the model starts; a kernel brings its own.
        Y: Where it ends; by default X.
        effort: How long to look, and how sure to be; by default ``Effort()``.

    Returns:
        The evidence that the law moves; where the group leaves Y alone, that it varies.

    Raises:
        InconclusiveError: If either was not found.
        NotApplicableError: If the group leaves all of X alone: then equivariance says that k(x) is
            invariant, and moving it would be the mistake.

    Source:
        Verification of this project, section 8.1: what a zero-initialised output layer hides.
    """
    kernel, effort = kernel_of(model, X, Y), effort or usual()
    start, end = ends(kernel)
    if _still(start):
        raise NotApplicableError(
            f"{start.group} leaves all of ({start.space}) alone, so that equivariance says that "
            "k(x) is an invariant law; see assert_invariant_law"
        )
    like = torch.zeros((), dtype=precision_of(model), device=device_of(model))
    tried = cases(start, x, None, effort, like)
    first, *others = _points(start, tried)

    def apart(case: Case) -> tuple[Draws, Draws]:
        return _draws(kernel, first.x, "first", effort), _draws(kernel, case.x, "other", effort)

    def moved(case: Case) -> tuple[Draws, Draws]:
        g = case.named.element
        there = _draws(kernel, case.x, "moved", effort, lambda y: end.act(g, y))
        return there, _draws(kernel, case.x, "still", effort)

    found = compared(apart, others, effort)
    if not found.rejected:
        raise InconclusiveError(
            f"the law of the output does not vary with x, so that it would pass any test: {found}; "
            "give its layers weights, also the last"
        )
    if _still(end):
        return found
    found = compared(moved, tried, effort)
    if not found.rejected:
        why = "they do not move" if _fixed(start, tried) else "their laws do not"
        raise InconclusiveError(
            f"{end.group} does not move k(x) at the points that were tried, since {why}, so that "
            f"it would pass any test: {found}; choose other points, or give its layers weights"
        )
    return found


def _points(X: GSpace, tried: list[Case]) -> list[Case]:
    """The points that are tried, each once; if it is one, random others of its size."""
    found = list({id(one.x): one.x for one in tried}.values())
    if len(found) == 1:
        rng, sizes = derived("others", found[0]), X.space.measure(found[0])[1]
        drawn = alike(points(X, OTHERS, generator=rng, sizes=sizes), found[0])
        found += [pick(drawn, i) for i in range(OTHERS)]
    return [Case(Named(f"points 1 and {i}", ()), x) for i, x in enumerate(found, 1)]


def _draws(
    kernel: Kernel,
    x: Value,
    name: str,
    effort: Effort,
    move: Callable[[Value], Value] = lambda y: y,
) -> Draws:
    rng = derived(name, str(effort.seed), x, device=parts_of(x)[0].device)
    draw, (_, Y) = drawing(kernel, lambda: rng), ends(kernel)
    return lambda count: entries(Y, move(draw(*parts_of(repeated(x, count)))), count)


def _still(X: GSpace) -> bool:
    """Whether the group leaves all of a space alone, as far as can be told from its actions."""
    return all(_leaves(action) for action in X.actions)


def _leaves(action: Action) -> bool:
    match action:
        case Trivial():
            return True
        case Together(left=left, right=right):
            return _leaves(left) and _leaves(right)
        case Restricted(action=inner):
            return _leaves(inner)
        case _:
            return False


def _fixed(X: GSpace, tried: list[Case]) -> bool:
    return all(
        gap_between(X.act(one.named.element, one.x), one.x, "x", dtype_of(one.x)).passes
        for one in tried
    )
