"""Group actions and the spaces that carry them."""

from markovsym.actions.action import Action, CosetAction
from markovsym.actions.alignment import nearest_isometry, nearest_order
from markovsym.actions.construct import (
    Restricted,
    Together,
    affine,
    restrict,
    restricted,
    together,
)
from markovsym.actions.gspace import Acted, GSpace, coset_space, gspace, regular
from markovsym.actions.images import Shift, Square
from markovsym.actions.matrix import Matrix, matrix
from markovsym.actions.represented import Represented, represented
from markovsym.actions.standard import (
    Permutation,
    Scaling,
    Translation,
    Trivial,
    permutation,
    scaling,
    translation,
    trivial,
)

__all__ = [
    "Acted",
    "Action",
    "CosetAction",
    "GSpace",
    "Matrix",
    "Permutation",
    "Represented",
    "Restricted",
    "Scaling",
    "Shift",
    "Square",
    "Together",
    "Translation",
    "Trivial",
    "affine",
    "coset_space",
    "gspace",
    "matrix",
    "nearest_isometry",
    "nearest_order",
    "permutation",
    "regular",
    "represented",
    "restrict",
    "restricted",
    "scaling",
    "together",
    "translation",
    "trivial",
]
