"""Group actions and the spaces that carry them."""

from markovsym.actions.action import ActedFactor, Action, GSpace, gspace
from markovsym.actions.construct import Restricted, Together, restrict, restricted, together
from markovsym.actions.standard import (
    CosetAction,
    Matrix,
    Permutation,
    Trivial,
    coset_space,
    matrix,
    permutation,
    regular,
    trivial,
)

__all__ = [
    "ActedFactor",
    "Action",
    "CosetAction",
    "GSpace",
    "Matrix",
    "Permutation",
    "Restricted",
    "Together",
    "Trivial",
    "coset_space",
    "gspace",
    "matrix",
    "permutation",
    "regular",
    "restrict",
    "restricted",
    "together",
    "trivial",
]
