"""A model broken on purpose: a test that lets it pass would let anything pass."""

from typing import final

from torch import Tensor

from markovsym.actions import Acted, CosetAction, GSpace
from markovsym.actions.standard import Trivial
from markovsym.kernels import Deterministic, Kernel
from markovsym.randomness import normal
from markovsym.spaces import CentreFree, Factor, Free, Kind, Value, parts_of, value_of
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.outcome import NotApplicableError
from markovsym.testing.seeds import derived
from markovsym.testing.subject import Model, kernel_of


def broken(model: Model, X: GSpace | None = None, Y: GSpace | None = None) -> Kernel:
    """The model between two maps that respect no group: every entry is stretched and shifted.

    Raises:
        NotApplicableError: If no real numbers are moved on either side that could be stretched.
    """
    kernel = kernel_of(model, X, Y)
    start, end = ends(kernel)
    if not (_bends(start) or _bends(end)):
        raise NotApplicableError("nothing that the group moves could be stretched and shifted")
    before, after = (Deterministic(Bent(side), side, side) for side in (start, end))
    return before >> kernel >> after


@final
class Bent:
    """The map of a space that stretches each entry and shifts it, each in its own way."""

    def __init__(self, X: GSpace) -> None:
        self.X = X

    def __call__(self, *parts: Tensor) -> Value:
        """Every factor that the group moves, stretched and shifted under its equation."""
        bent = (
            _bent(factor, part) if _moved(block, factor) else part
            for block, value in self.X.parts(parts)
            for factor, part in zip(block.space.factors, parts_of(value), strict=True)
        )
        return value_of(tuple(bent))


def _bends(X: GSpace) -> bool:
    return any(_moved(block, factor) for block in X.blocks for factor in block.space.factors)


def _moved(block: Acted, factor: Factor) -> bool:
    """Whether the group moves the factor, and it is real numbers under an equation we can keep."""
    still = isinstance(block.action, Trivial | CosetAction)
    return (
        not still and factor.kind is Kind.REAL and isinstance(factor.constraint, Free | CentreFree)
    )


def _bent(factor: Factor, part: Tensor) -> Tensor:
    event = part.shape[part.dim() - len(factor.shape) :]
    rng = derived("control", str(tuple(event)), device=part.device)
    if isinstance(factor.constraint, CentreFree):
        # a matrix on the last axis keeps centres, and rows of zeros, where they are
        return part @ (2 * normal(event[-1], event[-1], generator=rng, dtype=part.dtype))
    stretch, shift = normal(2, *event, generator=rng, dtype=part.dtype)
    return part * (1 + stretch) + shift
