"""What a function does instead of moving with the group is named."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    GSpace,
    affine,
    gspace,
    matrix,
    permutation,
    regular,
    together,
)
from markovsym.groups import C, E, O, S
from markovsym.testing.pointwise.deterministic import assert_equivariant

POINTS = gspace((6, 3), matrix(O(3)))
VECTOR = gspace((3,), matrix(O(3)))
MOTIONS = gspace((5, 2), affine(E(2)))
ROWS = gspace((4, 2), permutation(S(4)))
MOLECULES = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
MOVING = gspace((4, 2), together(permutation(S(4)), affine(E(2))))


GUESSES: dict[str, tuple[Callable[[Tensor], Tensor], GSpace, GSpace, str]] = {
    "invariants": (
        lambda x: (x @ x.mT)[:, 0, :3],
        POINTS,
        VECTOR,
        "it is invariant there: has the output",
    ),
    "a cross product": (
        lambda x: torch.linalg.cross(x[:, 0], x[:, 1]),
        POINTS,
        VECTOR,
        "it has the opposite sign: does the output turn round",
    ),
    "an inverse": (
        lambda g: (-g) % 5,
        regular(C(5)),
        regular(C(5)),
        "it moves by the inverse of g: is a matrix transposed",
    ),
    "translations forgotten": (
        lambda x: x - x.mean(-2, keepdim=True),
        MOTIONS,
        MOTIONS,
        r"it does not move with the part of g in T\(2\): is that forgotten",
    ),
    "a sum over rows": (
        lambda x: (
            x.sum(-2, keepdim=True) * torch.ones(4, 1, dtype=x.dtype)
            + x.square().sum((-2, -1), keepdim=True) * torch.ones(4, 1, dtype=x.dtype)
        ),
        MOLECULES,
        MOLECULES,
        "it fits none of the usual mistakes",
    ),
    "rows that are sorted": (
        lambda x: x[torch.arange(len(x))[:, None], x.square().sum(-1).argsort(-1)],
        MOLECULES,
        MOLECULES,
        r"it does not move with the part of g in S\(4\): is that forgotten",
    ),
    "rotations forgotten": (
        lambda x: x.square().sum(-1, keepdim=True).expand(-1, -1, 3),
        MOLECULES,
        MOLECULES,
        r"it does not move with the part of g in O\(3\): is that forgotten",
    ),
    "translations forgotten, deep down": (
        lambda x: x - x.mean(-2, keepdim=True),
        MOVING,
        MOVING,
        r"it does not move with the part of g in T\(2\): is that forgotten",
    ),
}


@pytest.mark.parametrize("name", GUESSES)
def test_a_usual_mistake_is_named(name: str) -> None:
    function, X, Y, guess = GUESSES[name]
    with pytest.raises(AssertionError, match=guess):
        assert_equivariant(function, X, Y)


def ordered(x: Tensor, *, right: bool) -> Tensor:
    """Rows by their length, then cumulated, then put back to their places, or not."""
    order = x.square().sum(-1).argsort(-1)
    back = order.argsort(-1) if right else order
    rows = torch.arange(len(x))[:, None]
    return x[rows, order].cumsum(-2)[rows, back]


@pytest.mark.parametrize("X", [ROWS, MOLECULES], ids=str)
def test_rows_that_are_permuted_the_wrong_way_are_named(X: GSpace) -> None:
    assert_equivariant(lambda x: ordered(x, right=True), X)
    with pytest.raises(AssertionError, match="its entries are right and stand in wrong places"):
        assert_equivariant(lambda x: ordered(x, right=False), X)
