"""Group actions and the spaces that carry them."""

from markovsym.actions.action import Action, GSpace, gspace
from markovsym.actions.construct import Restricted, Together, restrict, together
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
    "together",
    "trivial",
]
