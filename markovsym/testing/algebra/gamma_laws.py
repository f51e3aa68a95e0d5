"""What gamma: X -> G/H promises: it draws cosets, equivariantly, at every point."""

import math
from dataclasses import replace

import torch

from markovsym.actions import GSpace, coset_space
from markovsym.errors import CompositionError, NoGammaError
from markovsym.groups import Cosets, Group, PairGroup, TranslationGroup
from markovsym.groups.product import alike, is_compact
from markovsym.kernels import Kernel
from markovsym.symmetrise import cosets_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.algebra.coset_draws import require_cosets
from markovsym.testing.effort import Effort, usual
from markovsym.testing.inputs.cases import cases, repeated
from markovsym.testing.inputs.points import points
from markovsym.testing.inputs.special_points import special_points
from markovsym.testing.law.in_law import sides
from markovsym.testing.law.same_law import Case, EResult, compared, gap
from markovsym.testing.outcome import NotApplicableError, check
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of

DRAWS = 64
"""Draws that must be cosets, at random points and at each special one."""

ELEMENTS = 4
"""Random elements at each special point."""


@check("gamma")
@torch.no_grad()
def check_gamma(
    gamma: Model,
    X: GSpace | None = None,
    *,
    cosets: Cosets | None = None,
    effort: Effort | None = None,
) -> EResult:
    """Fail where gamma draws what is no coset, or is not equivariant in law.

    The kernel that it symmetrises may hide that it is not, by being equivariant already. It is
    tried at random points; and, where every stabiliser is compact, so that some gamma exists at
    every point, at special ones: two points at one place, all in a plane, in pairs x and -x, on a
    line, at zero. There it may refuse by ``NoGammaError``, and must not fail otherwise. What
    rounding in single precision makes of cosets is not held against it.

    Args:
        gamma: A kernel X -> G/H; or any torch module or function between X and the cosets, with one
            batch dimension, that draws from torch's own generator or from one that it takes as
            ``generator``.
        X: Where it starts; a kernel brings its own.
        cosets: Where it ends; a kernel brings its own.
        effort: How long to look, and how sure to be; by default ``Effort()``.

    Returns:
        What was found at random points.

    Raises:
        AssertionError: With the points, and what was drawn there.
        CompositionError: If nobody says where gamma starts and ends.
        NotApplicableError: If there is only one coset.

    Source:
        Theory of this project, T4 and T16; verification of this project, section 4.
    """
    kernel, cosets = _typed(gamma, X, cosets)
    start, _ = ends(kernel)
    if not cosets.space.factors:
        raise NotApplicableError(f"there is one coset of {cosets.phi}, so that every gamma will do")
    effort = effort or usual()
    effort = replace(effort, alpha=effort.alpha / 2)  # random points, and special ones
    like = torch.zeros((), dtype=precision_of(gamma), device=device_of(gamma))
    rng = derived("gamma", str(start), str(effort.seed))
    require_cosets(
        kernel, cosets, alike(points(start, DRAWS, generator=rng), like), "random points"
    )
    tried = [("random points", case) for case in cases(start, None, None, effort, like)]
    found = _compared(kernel, tried, effort)
    _check_special_points(kernel, cosets, effort, like)
    return found


def _typed(gamma: Model, X: GSpace | None, cosets: Cosets | None) -> tuple[Kernel, Cosets]:
    if X is None and isinstance(gamma, Kernel):
        own = cosets_of(gamma)
        if cosets not in (None, own):
            raise CompositionError(f"gamma ends in {own}, not in {cosets}")
        return gamma, own
    if X is None or cosets is None:
        raise CompositionError(
            "wanted the space in which gamma starts and the cosets in which it ends, as in "
            "X = gspace((20, 3), matrix(O(3))) and cosets = Cosets(FromTrivial(O(3)))"
        )
    return kernel_of(gamma, X, coset_space(cosets)), cosets


def _check_special_points(
    gamma: Kernel, cosets: Cosets, effort: Effort, like: torch.Tensor
) -> None:
    """The same where elements may leave a point where it is."""
    (X, _), rng = ends(gamma), derived("special points", str(gamma.dom), str(effort.seed))
    special = special_points(X, generator=rng) if _stabilisers_are_compact(X.group) else {}
    tried: list[tuple[str, Case]] = []
    for name, x in special.items():
        at = alike(x, like)
        try:
            require_cosets(gamma, cosets, repeated(at, DRAWS), name)
        except NoGammaError:
            continue  # it says so itself
        tried += [(name, case) for case in cases(X, at, None, effort, like)[:ELEMENTS]]
    if tried:
        _compared(gamma, tried, effort)


def _compared(gamma: Kernel, tried: list[tuple[str, Case]], effort: Effort) -> EResult:
    """Fail where the laws of ``g^-1 gamma(g x)`` and ``gamma(x)`` differ, at points with names."""
    found = compared(
        lambda case: sides(gamma, case, effort.seed), [case for _, case in tried], effort
    )
    if not found.rejected:
        return found
    where = next(name for name, case in tried if case is found.worst)
    case = found.worst
    raise AssertionError(
        f"gamma is not equivariant in law under {ends(gamma)[0].group}: at {found.element}, with "
        f"{where}, the laws of g^-1 gamma(g x) and gamma(x) differ, with evidence of "
        f"10^{found.log_e / math.log(10):.1f} where "
        f"10^{effort.threshold(found.examples) / math.log(10):.1f} rejects; "
        f"{gap(*sides(gamma, case, effort.seed))}; x = {case.x}, with g = {case.named.element}"
    )


def _stabilisers_are_compact(G: Group) -> bool:
    """Whether they are on spaces where translations move points; so there is a gamma everywhere."""
    if isinstance(G, PairGroup):
        return all(map(_stabilisers_are_compact, G.factors))
    return isinstance(G, TranslationGroup) or is_compact(G)
