"""Rows that do not exist change nothing."""

import math
from collections.abc import Callable
from dataclasses import replace

import torch
from jaxtyping import Bool
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.randomness import normal
from markovsym.spaces import Value, dtype_of, parts_of, value_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.effort import usual
from markovsym.testing.inputs.masked import Masks, filled, padding_of, with_masks
from markovsym.testing.inputs.more_rows import require_no_change
from markovsym.testing.law.same_law import EResult
from markovsym.testing.outcome import InconclusiveError, check
from markovsym.testing.pointwise.functions import Function, drawing
from markovsym.testing.pointwise.gaps import gap_between
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, device_of, kernel_of, precision_of

GARBAGE = {"1000": 1e3, "-7": -7.0, "NaN": torch.nan, "infinity": torch.inf}
"""What is put where no row exists."""

READ = "is a mask left out of a sum, a mean or an attention?"
KEPT = "a product with the mask keeps what is not finite: wanted torch.where or masked_fill"
WITHIN, OUTSIDE = "also in rows that exist", "in rows that do not exist only"


@check("padding does not matter")
def assert_padding_invariant(
    model: Model,
    x: Value | None = None,
    *,
    X: GSpace | None = None,
    Y: GSpace | None = None,
    mask: Bool[Tensor, "point row"] | None = None,
    seed: int = 0,
) -> EResult | None:
    """Fail where what stands in rows that do not exist, or how many there are, changes a draw.

    First such rows are filled with large numbers, NaN and infinity, and whole numbers and booleans
    with others: under the same seed no entry of the draws may change, also none in those rows.
    Then two more are added, and the law of the draws of all others may not change.

    Args:
        model: As for ``equivariance_in_law``.
        x: A point, or several along one batch dimension; by default random ones, of which some
            have rows that do not exist.
        X: Where the model starts; a kernel brings its own. The first boolean factor of one named
            size, such as ``("atom",)``, tells which rows exist.
        Y: Where it ends; by default X.
        mask: Which rows exist of the one named size of X, if no factor of X tells and the model
            knows; no rows are added then.
        seed: What points and draws depend on.

    Returns:
        What adding rows showed; nothing, if none were added.

    Raises:
        AssertionError: With what was put into the rows and how much that changed.
        InconclusiveError: If all rows exist, if draws are not finite anyway, or if they do not
            depend on the rows that exist either.
        NotApplicableError: If nothing tells which rows exist.
    """
    kernel = kernel_of(model, X, Y)
    start, end = ends(kernel)
    rng = derived("padding", str(start), str(end), str(seed))
    at, masks = with_masks(start, x, mask, precision_of(model), rng)
    fixed = drawing(kernel, lambda: derived("draws", str(seed), device=device_of(model)))
    y = fixed(*parts_of(at))
    _require_news(fixed, start, at, y, masks, rng)
    changed = {
        name: fixed(*parts_of(filled(start.space, at, masks, _filling(number))))
        for name, number in GARBAGE.items()
    }
    _require_same(end, y, changed, masks)
    if mask is not None:
        return None
    return require_no_change(kernel, at, masks, replace(usual(), seed=seed))


def _filling(number: float) -> Callable[[Tensor], Tensor]:
    """The number; where it cannot be, a whole number that is in use elsewhere, or the opposite."""

    def fill(part: Tensor) -> Tensor:
        if part.dtype == torch.bool:
            return ~part
        if part.is_floating_point() or part.is_complex():
            return torch.full_like(part, number)
        return torch.full_like(part, max(1, int(part.max())))

    return fill


def _require_news(
    f: Function, X: GSpace, x: Value, y: Value, masks: Masks, rng: torch.Generator
) -> None:
    if not all(bool(part.isfinite().all()) for part in parts_of(y)):
        raise InconclusiveError("the draws are not finite, whatever the padding holds")

    def noise(part: Tensor) -> Tensor:
        real = part.is_floating_point() or part.is_complex()
        drawn = normal(*part.shape, generator=rng, dtype=part.dtype) if real else part
        return drawn.to(part.device)

    others = filled(X.space, x, {name: ~mask for name, mask in masks.items()}, noise)
    pairs = zip(parts_of(f(*parts_of(others))), parts_of(y), strict=True)
    if all(torch.equal(a, b) for a, b in pairs):
        raise InconclusiveError(
            "the draws do not depend on the rows that exist either; give the model weights"
        )


def _require_same(Y: GSpace, y: Value, changed: dict[str, Value], masks: Masks) -> None:
    """Fail where a draw is another than it was; what is not finite is told from the rest."""
    told = {name: _told(name, Y, z, y, masks) for name, z in changed.items()}
    bad = [name for name, one in told.items() if one]
    if bad:
        read = any(math.isfinite(GARBAGE[name]) for name in bad)
        raise AssertionError(
            f"what stands in rows that do not exist changes the draws: "
            f"{'; '.join(told[name] for name in bad)}; {READ if read else KEPT}"
        )


def _told(name: str, Y: GSpace, z: Value, y: Value, masks: Masks) -> str:
    """What a draw has become; nothing, if rounding explains it."""
    if not (size := _difference(z, y)):
        return ""
    factors = zip(Y.space.factors, parts_of(z), parts_of(y), strict=True)
    kept = tuple(
        torch.where(padding_of(factor, old, masks), old, new) for factor, new, old in factors
    )
    return f"{name} there makes {size}, {WITHIN if _difference(value_of(kept), y) else OUTSIDE}"


def _difference(z: Value, y: Value) -> str:
    if not all(bool(part.isfinite().all()) for part in parts_of(z)):
        return "them not finite"
    gap = gap_between(z, y, "a draw", dtype_of(y))
    return "" if gap.passes else f"them differ {gap}"
