"""Exact one-sample tests of the Haar measure of O(n) and of SO(n)."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from scipy import stats
from torch import Tensor

from markovsym.actions import Action, CosetAction, GSpace, Together, Trivial
from markovsym.groups import Group, OrthogonalGroup, SpecialOrthogonalGroup
from markovsym.spaces import Value, parts_of

DRAWS = 2000
"""Enough for a p-value of 10^-9 where one determinant in fourteen is of the wrong sign."""

DIAGONAL = 3**-0.5
DIRECTIONS = (
    ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((DIAGONAL, DIAGONAL, DIAGONAL), (0.0, 0.0, 1.0)),
    ((0.0, 0.0, 1.0), (0.0, 0.0, 1.0)),
)
"""Unit vectors u and v for which u^T R v is looked at."""


def require_haar(U: GSpace, draws: Value, alpha: float) -> None:
    """Check those parts of noise that are O(n) or SO(n), moved by multiplication from the left.

    The law of such a part can only be invariant if it is the Haar measure. Its determinant is
    positive half the time for O(n); and u^T R v is uniform on [-1, 1] for n = 3, as a coordinate of
    a uniform point on the sphere is.

    Args:
        U: Where the noise lies.
        draws: Draws of it, along one batch dimension.
        alpha: Chance of failing noise that is Haar, all parts together.

    Raises:
        AssertionError: With the part, what was found, and what was wanted.

    Source:
        Archimedes, On the sphere and cylinder; verification of this project, section 4.
    """
    moved = ((_matrices(block.action), part) for block, part in U.parts(draws))
    parts = [(group, parts_of(part)[0]) for group, part in moved if group]
    for G, R in parts:
        strangers = int((~G.contains(R)).sum())
        if strangers:
            raise AssertionError(
                f"the noise is not invariant under {U.group}: {strangers} of {len(R)} draws are no "
                f"elements of {G}"
            )
        ps = dict(_p_values(G, R))
        found = min(ps, key=lambda name: ps[name], default=None)
        if found and ps[found] * len(ps) * len(parts) < alpha:
            raise AssertionError(
                f"the noise is not invariant under {U.group}: on {G} it would have to be the Haar "
                f"measure, where {found}; in {len(R)} draws that has p = {ps[found]:.1e}"
            )


def _p_values(
    G: OrthogonalGroup | SpecialOrthogonalGroup, R: Float[Tensor, "draw n n"]
) -> Iterator[tuple[str, float]]:
    """What holds of the Haar measure, and the chance of draws that look as little like it."""
    if isinstance(G, OrthogonalGroup):
        positive = int((torch.linalg.det(R) > 0).sum())
        p = float(stats.binomtest(positive, len(R)).pvalue)
        yield f"half the determinants are positive, but {positive} of {len(R)} are", p
    for u, v in DIRECTIONS if G.n == 3 else ():
        heights = torch.einsum("i,nij,j->n", R.new_tensor(u), R, R.new_tensor(v))
        p = float(stats.kstest(heights.cpu().numpy(), stats.uniform(-1, 2).cdf).pvalue)
        yield f"u^T R v is uniform on [-1, 1] for u = {_row(u)} and v = {_row(v)}", p


def _row(vector: tuple[float, ...]) -> str:
    return f"({', '.join(f'{one:.3g}' for one in vector)})"


def _matrices(action: Action) -> OrthogonalGroup | SpecialOrthogonalGroup | None:
    """The group whose elements are multiplied from the left by any of its own, if it is such."""
    match action:
        case Together(left=Trivial(), right=inner) | Together(left=inner, right=Trivial()):
            return _matrices(inner)
        case CosetAction(cosets) if cosets.plain:
            return _orthogonal(cosets.representatives)
        case _:
            return None


def _orthogonal(G: Group) -> OrthogonalGroup | SpecialOrthogonalGroup | None:
    return G if isinstance(G, OrthogonalGroup | SpecialOrthogonalGroup) else None
