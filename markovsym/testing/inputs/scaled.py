"""A function that is equivariant by construction, on any space, and that is not the identity."""

from typing import final

from torch import Tensor

from markovsym.actions import (
    Acted,
    Action,
    GSpace,
    Matrix,
    Permutation,
    Restricted,
    Scaling,
    Shift,
    Square,
    Together,
    Translation,
    Trivial,
)
from markovsym.kernels import Deterministic
from markovsym.spaces import Kind, Orthogonal, Value, parts_of, value_of
from markovsym.symmetrise import EquivariantKernel, Theorem
from markovsym.symmetrise.declared import Known

FACTOR = 2.0
"""What is scaled becomes so many times as large."""


def scaled(X: GSpace) -> EquivariantKernel:
    """X -> X, which doubles values where the group acts linearly, else distances from the mean row.

    It leaves alone what neither would be equivariant on, such as cosets and whole numbers.
    """
    kernel = Deterministic(Scaled(X), X, X)
    return Known(kernel, None, Theorem(X.group, "numbers commute with linear and affine maps"))


@final
class Scaled:
    """The function; make the kernel with ``scaled``."""

    def __init__(self, X: GSpace) -> None:
        self.X = X

    def __call__(self, *parts: Tensor) -> Value:
        """The scaled value."""
        pairs = self.X.parts(value_of(parts))
        return value_of(tuple(y for block, x in pairs for y in parts_of(_scaled(block, x))))


def _scaled(block: Acted, x: Value) -> Value:
    match block.space.factors:
        case (factor,) if not isinstance(factor.constraint, Orthogonal):
            (part,) = parts_of(x)
            numbers = factor.kind in (Kind.REAL, Kind.COMPLEX)
            if numbers and _linear(block.action):
                return FACTOR * part
            if numbers and len(factor.shape) > 1 and _by_rows(block.action):
                return part + (FACTOR - 1.0) * (part - part.mean(-2, keepdim=True))
            return x
        case _:
            return x


def _linear(action: Action) -> bool:
    """Whether it is known that every element acts linearly."""
    match action:
        case Together(_, left, right):
            return _linear(left) and _linear(right)
        case Restricted(_, inner):
            return _linear(inner)
        case _:
            return isinstance(action, Trivial | Matrix | Permutation | Scaling | Shift | Square)


def _by_rows(action: Action) -> bool:
    """Whether the mean of moved rows is known to be the mean of the rows, moved."""
    match action:
        case Together(_, left, right):
            return _by_rows(left) and _by_rows(right)
        case Restricted(_, inner):
            return _by_rows(inner)
        case _:
            # a matrix that mixed the rows would not commute with the translations beside it
            return isinstance(action, Trivial | Translation | Matrix | Permutation | Scaling)
