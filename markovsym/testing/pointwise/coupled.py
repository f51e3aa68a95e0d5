"""Equivariance draw by draw: f(g x, g u) = g f(x, u), for noise u whose law no g changes."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from markovsym.actions import Acted, GSpace, trivial
from markovsym.kernels import Kernel, Randomness
from markovsym.spaces import Value
from markovsym.testing.effort import Effort, usual
from markovsym.testing.inputs.cases import Elements
from markovsym.testing.inputs.named import Named
from markovsym.testing.law.invariant_law import end_of, invariance_of_law, require_not_rejected
from markovsym.testing.law.same_law import EResult
from markovsym.testing.outcome import check
from markovsym.testing.pointwise.causes import UNKNOWN, cause
from markovsym.testing.pointwise.coupling import Coupling, coupling_of, require_function
from markovsym.testing.pointwise.deterministic import PRECISIONS, measured_gap
from markovsym.testing.pointwise.functions import Function, chosen
from markovsym.testing.pointwise.gaps import Gap, Gaps
from markovsym.testing.pointwise.orthogonal_noise import DRAWS, require_haar
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model

PAIRS = 64
"""Points, each with its own noise."""

ONLY_IN_LAW = (
    "it fits none of the usual mistakes; assert_equivariant_in_law tells whether the kernel is "
    "equivariant in law, although not with this noise moved so"
)


@check("invariance of the noise")
@torch.no_grad()
def assert_noise_invariant(
    noise: Kernel, elements: Elements | None = None, *, effort: Effort | None = None
) -> EResult:
    """Fail where the laws of ``g u`` and ``u`` differ, for noise u.

    It looks as ``assert_invariant_law`` does. Where a part of the noise is O(n) or SO(n), moved by
    multiplication from the left, that law must be the Haar measure, so that single draws tell.

    Args:
        noise: A kernel from the unit into a space that says how a group moves the noise.
        elements: Group elements, without batch dimensions; by default random ones and those that
            have names.
        effort: How long to look, and how sure to be; by default ``Effort()``.

    Raises:
        AssertionError: With what was wanted, and what was found.
        CompositionError: If nobody says how a group moves the noise.
        InconclusiveError: If a draw is not finite.
    """
    U, effort = end_of(noise), effort or usual()
    rng = derived("single draws", str(effort.seed))
    require_haar(U, noise.draw((), Randomness(rng, (DRAWS,), torch.float64)), effort.alpha)
    found = invariance_of_law(noise, elements=elements, effort=effort)
    require_not_rejected("the noise", noise, U, found)
    return found


@check("equivariance draw by draw")
def assert_equivariant_coupled(
    model: Model,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    *,
    noise: Kernel | None = None,
    elements: Elements | None = None,
    seed: int = 0,
) -> Gaps:
    """Fail where f(g x, g u) and g f(x, u) differ, or the laws of the noises u and g u.

    Both together make the kernel x -> f(x, u) equivariant in law, and neither does alone. The
    converse does not hold: a kernel may be equivariant in law only, as one with R and its transpose
    exchanged is if R is drawn from Haar.

    Args:
        model: A kernel that ``outsourced`` can rewrite, which brings its own spaces and noise; or
            a torch module, of which a copy is made double, or any function that takes both
            precisions. That is handed one tensor for each factor of X, and then for each factor of
            the noise, with one batch dimension, and draws nothing.
        X: Where the function starts.
        Y: Where it ends; by default X.
        noise: The law of the noise, a kernel from the unit into a space that says how the group
            moves it, such as ``haar_noise(O(3)) @ normal_noise(gspace((20, 3), trivial(O(3))))``.
        elements: Elements of the group in double precision; by default those of
            ``named_elements``: the identity, components, generators, random ones.
        seed: What points, noise and random elements depend on.

    Returns:
        What was measured, for each element and precision.

    Raises:
        AssertionError: With the element, the size of the difference, and what may have caused it.
        InconclusiveError: If the model gives one value everywhere, is not finite, or if an element
            is so large that rounding explains everything.
        NotApplicableError: If it is not known which noise the model draws.

    Source:
        Verification of this project, sections 1 and 4.
    """
    tried = coupling_of(model, X, Y, noise)
    assert_noise_invariant(tried.noise, elements, effort=replace(usual(), seed=seed))
    rng = derived("draw by draw", str(tried.start), str(seed))
    z = tried.points(PAIRS, rng)
    named = chosen(tried.start, z, elements, rng)
    require_function(tried.function(torch.float64), z)
    gaps = Gaps()
    for dtype in PRECISIONS:
        f = tried.function(dtype)
        for one in named:
            gaps.append(measured_gap(f, tried.start, tried.Y, z, one, dtype))
            if not gaps[-1].passes:
                raise AssertionError(_told(tried, gaps[-1], z, one, named))
    return gaps


def _told(tried: Coupling, gap: Gap, z: Value, one: Named, named: Sequence[Named]) -> str:
    f = tried.function(torch.float64)
    return (
        f"the model is not equivariant draw by draw under {tried.X.group}: at {one.name} "
        f"f(g x, g u) and g f(x, u) differ {gap}; {_why(f, tried, z, one, named)}"
    )


def _why(f: Function, tried: Coupling, z: Value, one: Named, named: Sequence[Named]) -> str:
    U = end_of(tried.noise)
    for i, block in enumerate(U.blocks):
        still = Acted(block.space, trivial(U.group))
        Z = tried.X @ replace(U, blocks=(*U.blocks[:i], still, *U.blocks[i + 1 :]))
        if still != block and all(
            measured_gap(f, Z, tried.Y, z, g, torch.float64).passes for g in named
        ):
            return f"it is so if part {i + 1} of the noise, {block.label}, is not moved"
    found = cause(f, tried.start, tried.Y, z, one, named)
    return ONLY_IN_LAW if found == UNKNOWN and U.blocks else found
