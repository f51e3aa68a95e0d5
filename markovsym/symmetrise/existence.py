"""Whether an equivariant gamma exists: what the stabiliser of a point allows."""

import torch
from jaxtyping import Bool
from torch import Tensor

from markovsym.actions import GSpace, Trivial, coset_space, restrict
from markovsym.errors import NoGammaError
from markovsym.groups import (
    Cosets,
    FactorInclusion,
    Group,
    Homomorphism,
    NonCompactGroup,
    PairGroup,
    Same,
)
from markovsym.spaces import Value, parts_of, repeated

TOLERANCE = 1e-6
"""A point is fixed if no entry of it moves by more than this part of its largest entry."""


def stabiliser(
    X: GSpace, x: Value, *, tolerance: float = TOLERANCE
) -> Bool[Tensor, "*batch element"]:
    """Which elements of a finite group leave each point of a batch where it is.

    Args:
        X: A space of the group.
        x: A point of it; batch dimensions lead.
        tolerance: How far a fixed point may move, as a part of its largest entry.

    Returns:
        True where ``X.group.elements()`` of that number fixes the point.

    Raises:
        NotFiniteError: If the elements of the group cannot be listed.
    """
    batch, _ = X.space.measure(x)
    elements = X.group.elements(device=parts_of(x)[0].device)
    return _fixed(X, repeated(x, len(batch), _count(elements)), _over(elements, batch), tolerance)


def require_gamma(
    X: GSpace, cosets: Cosets, x: Value | None = None, *, deterministic: bool = False
) -> None:
    """Check that some gamma: X -> G/H may be equivariant.

    Without a point, it is checked that no factor of G that is not compact leaves all of X alone and
    moves G/H: then gamma(x) would have to be a probability that such a factor does not change, and
    there is none. With a point, and if gamma is to be deterministic, the stabiliser of that point
    must fix a coset.

    Args:
        X: Where gamma starts.
        cosets: Where it ends.
        x: A point, without batch dimensions; the group must be finite.
        deterministic: Whether gamma(x) must be a single coset.

    Raises:
        NoGammaError: If there is none, and why.
        NotFiniteError: If a point was given and the elements of the group cannot be listed.

    Source:
        Theory of this project, T16: gamma(x) is a Stab(x)-invariant law on G/H.
    """
    for phi in _parts(X.group):
        if _idle(restrict(X, phi)) and not _idle(restrict(coset_space(cosets), phi)):
            raise NoGammaError(
                f"{phi.dom} is not compact and leaves every point of ({X}) alone: no probability "
                f"on the cosets {cosets} is invariant under the stabiliser of a point; symmetrise "
                "along a homomorphism whose image holds that group"
            )
    if deterministic and x is not None:
        _require_fixed_coset(X, cosets, x)


def _require_fixed_coset(X: GSpace, cosets: Cosets, x: Value) -> None:
    if not cosets.space.factors:
        return  # there is only one coset
    G = X.group
    fixing = stabiliser(X, x)
    every = G.elements()
    count = _count(every)
    G_H = coset_space(cosets)
    # row: an element; column: the coset of an element
    rows = repeated(every, 1, count)
    columns = repeated(cosets.project(every), 0, count)
    keeps = _fixed(G_H, columns, rows, TOLERANCE)
    if not bool((keeps | ~fixing.unsqueeze(-1)).all(0).any()):
        raise NoGammaError(
            f"{int(fixing.sum())} elements of {G} leave the point where it is and fix none of the "
            f"cosets {cosets}: a deterministic gamma cannot be equivariant there; use one that "
            "draws, such as haar"
        )


def _parts(G: Group) -> list[Homomorphism]:
    """The factors of a group that are not compact, or the group itself."""
    if isinstance(G, PairGroup):
        sides = [FactorInclusion(G, side) for side in ("left", "right")]
        return [inner >> phi for phi in sides for inner in _parts(phi.dom)]
    return [Same(G)] if isinstance(G, NonCompactGroup) else []


def _idle(X: GSpace) -> bool:
    return all(isinstance(one.action, Trivial) or not one.space.factors for one in X.blocks)


def _count(elements: Value) -> int:
    parts = parts_of(elements)
    return len(parts[0]) if parts else 1


def _over(elements: Value, batch: tuple[int, ...]) -> Value:
    for size in reversed(batch):
        elements = repeated(elements, 0, size)
    return elements


def _fixed(X: GSpace, x: Value, g: Value, tolerance: float) -> Bool[Tensor, "*batch"]:
    batch, _ = X.space.measure(x)
    found = torch.ones(batch, dtype=torch.bool, device=parts_of(x)[0].device)
    for before, after in zip(parts_of(x), parts_of(X.act(g, x)), strict=True):
        apart = (after.double() - before.double()).abs().reshape(*batch, -1).amax(-1)
        size = before.double().abs().reshape(*batch, -1).amax(-1)
        found = found & (apart <= tolerance * size)
    return found
